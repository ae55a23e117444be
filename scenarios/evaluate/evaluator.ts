import type { MissionEvent, MissionListener, PoseEvent, ScanEvent, TeamEvent } from '../../agents/events.ts';
import { compose, distance, inverse, type Pose } from '../../base/se3.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { Scene } from '../../sim/scene.ts';
import { TEAM_FRAME } from '../../slam/team/solution.ts';
import type { Trajectory } from '../../slam/trajectory.ts';
import { Anchors } from './anchors.ts';
import { Coverage, type RangeSigma } from './coverage.ts';
import { MapPoints } from './map-points.ts';
import { type RescueCount, Rescues } from './rescues.ts';
import { sceneEventOf } from './scene-event.ts';
import { Surfaces } from './surfaces.ts';
import { teamError } from './team-error.ts';
import { AgentTrack } from './track.ts';
import type { Trajectory as Matrices } from './trajectory.ts';

export interface EvaluatorOptions {
  readonly scene: Scene;
  /** Where robots truly are now; asked whenever an agent tells its pose. */
  readonly truth: { sceneFromBody(agent: number): Pose };
  /** The team; the first robot's starting frame is the team frame. */
  readonly agents: readonly RobotProfile[];
  /** Planned length of the mission, seconds. */
  readonly duration: number;
  /** Noise of the depth scan, for choosing between views of a surface. */
  readonly rangeSigma?: RangeSigma;
  /** Hears `scene` once, `truth` with every pose and `metrics` every second. */
  readonly emit?: MissionListener;
}

/** Lengths in metres, times in seconds; shares 0…1. NaN where there is nothing to measure. */
export interface EvaluatorProgress {
  /** Share of the reachable true surface cells placed accurately. */
  readonly accurateCoverage: number;
  /** Mean of accurate coverage over the planned mission. */
  readonly accurateCoverageAuc: number;
  /** Position RMSE of the whole team under one alignment, at every true pose of whoever joined the first robot's frame. */
  readonly teamAte: number;
  /** Summed over robots: time lost or blind. */
  readonly timeLostS: number;
}

export interface EvaluatorResult extends EvaluatorProgress {
  /** Reachable true surface cells, and the share of them seen. */
  readonly cells: number;
  readonly coverage: number;
  /** Robots whose map is in the first robot's frame by the end. */
  readonly framesJoined: number;
  readonly rescues: RescueCount;
  /** Share of the map points that lie nowhere near a surface. */
  readonly ghosts: number;
  readonly agents: readonly AgentResult[];
}

export interface AgentResult {
  readonly id: number;
  /** Under the agent's own alignment; NaN where it told no pose. */
  readonly ateRmse: number;
  /** Metres a frame. */
  readonly rpeTrans: number;
  readonly timeLostS: number;
  /** Every pose as the map has it at the end, and the truth at the same times, both in the team frame. */
  readonly trajectory: Trajectory;
  readonly truth: Trajectory;
}

/** Depth noise of a structured-light camera (Nguyen, Izadi, Lovell, 3DIMPVT 2012), near enough for choosing views. */
const RANGE_SIGMA: RangeSigma = [0.0012, 0.0019];
/** Seconds between samples of the metrics. */
const SAMPLE = 1;
const EPSILON = 1e-6;

/**
 * Holds a mission against the truth: a listener of its events that alone knows where things are. Make it while the world
 * still stands at the start; call `finish` once at the end.
 */
export class Evaluator {
  private readonly options: EvaluatorOptions;
  private readonly teamFromScene: Pose;
  private readonly indexOf: ReadonlyMap<number, number>;
  private readonly anchors: readonly Anchors[];
  private readonly points: readonly MapPoints[];
  private readonly tracks: readonly AgentTrack[];
  /** Whose frame each agent's map is in. */
  private readonly frames: number[];
  private readonly rescues = new Rescues();
  private readonly surfaces: Surfaces;
  private readonly covered: Coverage;
  private time = 0;
  private nextSample = SAMPLE;
  private last = { time: 0, accurate: 0 };
  private area = 0;

  constructor(options: EvaluatorOptions) {
    const { scene, truth, agents, duration } = options;
    this.options = options;
    const starts = agents.map(({ id }) => truth.sceneFromBody(id).slice());
    this.teamFromScene = inverse(starts[0]);
    this.indexOf = new Map(agents.map(({ id }, index) => [id, index]));
    this.anchors = agents.map(() => new Anchors());
    this.points = agents.map(() => new MapPoints());
    this.tracks = agents.map(({ id }, index) => new AgentTrack(id, this.anchors[index], duration));
    this.frames = agents.map(({ id, start }) => (start ? TEAM_FRAME : id));
    this.surfaces = new Surfaces(scene, {
      starts: starts.map(([x, y]) => [x, y]),
      radius: Math.min(...agents.map(({ radius }) => radius)),
      range: Math.max(...agents.map(({ scan }) => scan.maxRange)),
    });
    this.covered = new Coverage(this.surfaces, this.anchors, options.rangeSigma ?? RANGE_SIGMA);
  }

  /** Share of the reachable surface seen so far. */
  get coverage(): number {
    return this.covered.seen;
  }

  /** How the mission goes by now: what takes a look at the map, as of the last full second. */
  soFar(): EvaluatorProgress {
    return {
      accurateCoverage: this.last.accurate,
      accurateCoverageAuc: this.area / this.options.duration,
      teamAte: this.teamAteSampled(),
      timeLostS: this.timeLost(),
    };
  }

  readonly listener: MissionListener = (event) => {
    this.sampleUntil(event.time);
    if (event.type === 'start')
      this.options.emit?.(sceneEventOf(this.options.scene, this.teamFromScene, event.time));
    else if (event.type === 'end') this.time = Math.max(this.time, event.time);
    else if (event.type === 'team') this.takeCorrection(event);
    else if (event.type === 'pose' || event.type === 'map' || event.type === 'scan') this.take(event);
  };

  private takeCorrection({ agent, frame }: TeamEvent): void {
    const index = this.indexOf.get(agent);
    if (index === undefined) return;
    this.frames[index] = frame;
    this.rescues.help(agent);
  }

  private take(event: Extract<MissionEvent, { type: 'pose' | 'map' | 'scan' }>): void {
    const index = this.indexOf.get(event.agent);
    if (index === undefined) return;
    this.time = Math.max(this.time, event.time);
    if (event.type === 'pose') this.takePose(index, event);
    else if (event.type === 'scan') this.takeScan(index, event);
    else {
      this.anchors[index].apply(event.changes);
      this.points[index].apply(event.changes);
    }
  }

  private takePose(index: number, event: PoseEvent): void {
    const { agent, time } = event;
    this.anchors[index].meet(event.referenceKeyframe, event.worldFromBody, event.keyframeFromBody);
    const teamFromBody = this.teamFromBody(agent);
    this.tracks[index].add(event, teamFromBody);
    if (this.isJoined(index)) {
      const error = distance(event.worldFromBody, teamFromBody);
      this.rescues.note(agent, time, event.state === 'tracking', error);
    }
    this.options.emit?.({ type: 'truth', time, agent, worldFromBody: teamFromBody });
  }

  private takeScan(index: number, event: ScanEvent): void {
    const pose = this.tracks[index].latest;
    // A scan counts where its robot knew where it was: with the pose of its own moment.
    if (pose?.time !== event.time) return;
    const sceneFromBody = this.options.truth.sceneFromBody(event.agent);
    this.covered.observe(index, event, pose, sceneFromBody, this.teamFromBody(event.agent));
  }

  private teamFromBody(agent: number): Pose {
    return compose(this.teamFromScene, this.options.truth.sceneFromBody(agent));
  }

  /** Whether an agent's map is in the first robot's frame. */
  private isJoined(index: number): boolean {
    return this.frames[index] === this.frames[0];
  }

  /** Of those who joined: who never did has no error that could be compared. */
  private teamAte(estimate: (track: AgentTrack) => Matrices, truth: (track: AgentTrack) => Matrices): number {
    const joined = this.tracks.filter((_, index) => this.isJoined(index));
    return teamError(joined.map(estimate), joined.map(truth));
  }

  private sampleUntil(time: number): void {
    while (time > this.nextSample + EPSILON) {
      this.sample(this.nextSample);
      this.nextSample += SAMPLE;
    }
  }

  private sample(time: number): void {
    const accurate = this.covered.accurate();
    this.area += 0.5 * (accurate + this.last.accurate) * (time - this.last.time);
    this.last = { time, accurate };
    this.options.emit?.({
      type: 'metrics',
      time,
      coverage: this.covered.seen,
      accurateCoverage: accurate,
      teamAte: this.teamAteSampled(),
    });
  }

  private teamAteSampled(): number {
    return this.teamAte(
      (track) => track.sampled(),
      (track) => track.sampledTruth(),
    );
  }

  private timeLost(): number {
    return this.tracks.reduce((sum, { timeLost }) => sum + timeLost, 0);
  }

  /** What the mission came to. A mission cut short leaves the rest of its planned time uncovered in the mean. */
  finish(): EvaluatorResult {
    this.sampleUntil(this.time);
    this.sample(this.time);
    const { scene, duration } = this.options;
    const points = this.points.reduce((sum, { count }) => sum + count, 0);
    const sceneFromTeam = inverse(this.teamFromScene);
    const ghosts = this.points.reduce((sum, each) => sum + each.ghosts(scene, sceneFromTeam), 0);
    return {
      cells: this.surfaces.count,
      coverage: this.covered.seen,
      accurateCoverage: this.last.accurate,
      accurateCoverageAuc: this.area / duration,
      teamAte: this.teamAte(
        (track) => track.estimate(),
        (track) => track.truth(),
      ),
      framesJoined: this.tracks.filter((_, index) => this.isJoined(index)).length,
      rescues: this.rescues.count(),
      timeLostS: this.timeLost(),
      ghosts: ghosts / points,
      agents: this.tracks.map((track) => track.result()),
    };
  }
}
