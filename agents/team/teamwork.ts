import type { Random } from '../../base/random.ts';
import { angleBetween, compose, distance, inverse, type Pose } from '../../base/se3.ts';
import type { CameraRig, SensorPacket } from '../../base/sensors.ts';
import type { Link, RadioMessage, RobotProfile } from '../../base/world.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { positionSigma, propagate } from '../../slam/optimize/covariance.ts';
import type { Slam } from '../../slam/slam.ts';
import type { EdgeVerdict } from '../../slam/team/solution.ts';
import { TEAM_FRAME } from '../../slam/team/solution.ts';
import type { TrackingReport } from '../../slam/types.ts';
import { Backbone } from './backbone.ts';
import type { Entry, SightingEntry } from './entries.ts';
import { JointMap } from './joint-map.ts';
import type { LedgerEntry } from './ledger.ts';
import { PlaceTalk } from './place-talk.ts';
import { SightingRecord } from './sighting-record.ts';
import type { AgentSolution } from './solution.ts';
import { TeamRadio } from './team-radio.ts';

export interface TeamworkOptions {
  readonly profile: RobotProfile;
  readonly slam: Slam;
  readonly link: Link;
  readonly kernels: Kernels;
  readonly random: Random;
  /** What is known of the team before the mission, this robot included. */
  readonly team: readonly Pick<RobotProfile, 'id' | 'rig'>[];
}

/** What a frame brought about in the joint map. */
export interface TeamStep {
  /** Why messages were dropped. */
  readonly dropped: readonly string[];
  /** The map was put where the team has it. */
  readonly correction?: Correction;
  /** This robot has optimised the joint map: what ties the robots, and whether that counts. */
  readonly ties?: readonly EdgeVerdict[];
}

export interface Correction {
  readonly solver: number;
  readonly frame: number;
  /** Metres by which the robot's pose moved; σ of its position before and after. */
  readonly moved: number;
  readonly sigmaBefore: number;
  readonly sigmaAfter: number;
}

/** What makes a correction worth the unrest: metres and radians by which something moves, or the share that is left of σ. */
const MATTERS = { way: 0.03, turn: 0.01, sigma: 0.8 };
const STAY: ReadonlyMap<number, Pose> = new Map();
/** Seconds between two optimisations: the more there is to optimise, the longer. */
const SOLVE_INTERVAL = 2;
const NODES_A_SECOND = 200;
/** Seconds between two sightings of one teammate that are told. */
const SIGHTING_INTERVAL = 0.5;
const SAME_TIME = 1e-6;

/**
 * One robot's part in the team's joint map: it tells of its own way, of whom it sees and of what places look like; takes in what
 * teammates tell; optimises the whole where it is the one to do so; and puts its own map where the team has it.
 */
export class Teamwork {
  /** The robot in whose map's frame this robot's map is; `TEAM_FRAME` where starts are known. */
  frame: number;
  private readonly id: number;
  private readonly slam: Slam;
  private readonly radio: TeamRadio;
  private readonly backbone: Backbone;
  private readonly joint: JointMap;
  private readonly places: PlaceTalk;
  private readonly sightedAt = new Map<number, number>();
  private readonly seen = new SightingRecord();
  /** Nodes told of, in their order. */
  private readonly nodes = new Set<number>();
  /** Sightings of this robot that it has not answered yet. */
  private unanswered: {
    readonly observer: number;
    readonly number: number;
    readonly sighting: SightingEntry;
  }[] = [];
  private solvedAt = Number.NEGATIVE_INFINITY;
  /** When it began, and now, on its own clock, seconds. */
  private startedAt = Number.NaN;
  private time = Number.NaN;
  private pending: (AgentSolution & { readonly solver: number }) | undefined;

  constructor({ profile, slam, link, kernels, random, team }: TeamworkOptions) {
    const { id, start } = profile;
    this.id = id;
    this.slam = slam;
    this.frame = start ? TEAM_FRAME : id;
    this.radio = new TeamRadio({ id, team: team.map((mate) => mate.id), link });
    this.joint = new JointMap({
      kernels,
      startsKnown: start !== undefined,
      refused: (reason) => this.radio.refusals.note('a measurement', reason),
    });
    const rigs = new Map<number, CameraRig>(team.map((mate) => [mate.id, mate.rig]));
    this.places = new PlaceTalk({ slam, rigs, kernels, random: random.fork('places') });
    this.backbone = new Backbone(id, slam, ({ node, edges }) => {
      if (node.keyframe >= 0 || edges.some(({ kind }) => kind !== 'vision')) this.nodes.add(node.index);
      this.append({ kind: 'node', node, edges });
    });
  }

  /** The lowest id known to live. */
  get leader(): number {
    return this.radio.leader;
  }

  /** By teammate, map points that are one: own id, the teammate's id, and so on. */
  get sharedPoints(): ReadonlyMap<number, readonly number[]> {
    return this.places.sharedPoints;
  }

  /** Map points that this robot's map and a teammate's both hold. */
  sharedWith(agent: number): number {
    return (this.sharedPoints.get(agent)?.length ?? 0) / 2;
  }

  /** Seconds since one robot of the team last saw another, as far as was told; NaN where it never did. */
  sinceSeen(observer: number, peer: number): number {
    return this.time - this.seen.lastSeen(observer, peer);
  }

  /** Seconds since a teammate last saw this robot; since the start where none did. */
  get sinceObserved(): number {
    return this.time - Math.max(this.startedAt, this.seen.lastSeenByAny(this.id));
  }

  step(packet: SensorPacket, tracking: TrackingReport, messages: readonly RadioMessage[]): TeamStep {
    const { time } = packet;
    this.time = time;
    if (Number.isNaN(this.startedAt)) this.startedAt = time;
    const { entries, solution, dropped } = this.radio.hear(messages, time);
    if (solution) this.pending = solution;
    this.backbone.follow(tracking, packet.odometry);
    this.tellSightings(packet);
    this.tellPlace(tracking);
    for (const entry of entries) this.take(entry);
    this.answer();
    this.recognise(time);
    const ties = this.solve(time);
    const correction = this.correct(tracking);
    this.radio.tell(time);
    return { dropped, ...(correction && { correction }), ...(ties && { ties }) };
  }

  private append(entry: Entry): void {
    const known = this.radio.append(entry);
    if (known) this.joint.take(known);
  }

  private take(known: LedgerEntry): void {
    this.joint.take(known);
    const { owner, number, entry } = known;
    if (entry.kind === 'place') this.places.hear(owner, entry);
    if (entry.kind !== 'sighting') return;
    this.noteSeen(owner, entry);
    if (entry.peer === this.id) this.unanswered.push({ observer: owner, number, sighting: entry });
  }

  private noteSeen(observer: number, { peer, time }: SightingEntry): void {
    const seenAt = this.radio.clockOf(observer)?.toOwn(time).time ?? this.time;
    this.seen.note(observer, peer, Math.min(seenAt, this.time));
  }

  private tellSightings({ time, sightings }: SensorPacket): void {
    for (const { peer } of sightings) this.seen.note(this.id, peer, time);
    const due = sightings.filter(
      ({ peer }) =>
        time - (this.sightedAt.get(peer) ?? Number.NEGATIVE_INFINITY) >= SIGHTING_INTERVAL - SAME_TIME,
    );
    if (due.length === 0) return;
    const node = this.backbone.instant(time);
    if (node === undefined) return;
    for (const { peer, bodyFromPeer, covariance } of due) {
      this.sightedAt.set(peer, time);
      this.append({ kind: 'sighting', node, peer, time, bodyFromPeer, covariance });
    }
  }

  /** Says where this robot was when it was seen, once clocks can be compared and the way up to then is told. */
  private answer(): void {
    this.unanswered = this.unanswered.filter(({ observer, number, sighting }) => {
      const clock = this.radio.clockOf(observer);
      if (!clock) return true;
      const { time, sigma } = clock.toOwn(sighting.time);
      const node = this.backbone.instant(time, sigma);
      if (node === undefined) return !this.backbone.isPast(time);
      this.append({ kind: 'answer', observer, sighting: number, node });
      return false;
    });
  }

  private tellPlace({ createdKeyframe }: TrackingReport): void {
    const place = createdKeyframe >= 0 ? this.places.describe(createdKeyframe) : undefined;
    if (place) this.append(place);
  }

  private recognise(time: number): void {
    const match = this.places.recognise(time);
    if (match) this.append(match);
  }

  private solve(time: number): readonly EdgeVerdict[] | undefined {
    const interval = Math.max(SOLVE_INTERVAL, this.joint.size / NODES_A_SECOND);
    if (this.leader !== this.id || !this.joint.isStale || time - this.solvedAt < interval) return undefined;
    this.solvedAt = time;
    const { solution, byAgent } = this.joint.solve();
    this.radio.publish(byAgent);
    const own = byAgent.find(({ agent }) => agent === this.id);
    if (own) this.pending = { ...own, solver: this.id };
    return solution.verdicts;
  }

  /** Puts the map where the team has it, and what was told of it since along with what came before. */
  private correct({ state, worldFromBody, covariance }: TrackingReport): Correction | undefined {
    const { pending, slam } = this;
    this.pending = undefined;
    if (!pending) return undefined;
    const { frame, solver } = pending;
    const poses = this.completed(pending.poses);
    if (!poses) return undefined;
    const newest = Math.max(...pending.poses.keys());
    const body = this.bodyAt(poses, newest, pending.covariance);
    const surer = body && positionSigma(body.covariance) < MATTERS.sigma * positionSigma(covariance);
    const moves = frame !== this.frame || this.isMove(poses);
    if (!moves && !surer) return undefined;
    slam.reshape(moves || state !== 'tracking' ? poses : STAY, new Map([[newest, pending.covariance]]), body);
    this.frame = frame;
    const now = slam.whereabouts;
    return {
      solver,
      frame,
      moved: distance(worldFromBody, now.worldFromBody),
      sigmaBefore: positionSigma(covariance),
      sigmaAfter: positionSigma(now.covariance),
    };
  }

  /** Where all nodes are to be: those that the solution does not have yet go along with the last that it has. */
  private completed(solved: ReadonlyMap<number, Pose>): Map<number, Pose> | undefined {
    const { map } = this.slam;
    const poses = new Map<number, Pose>();
    let correction: Pose | undefined;
    for (const index of this.nodes) {
      const now = map.keyframePose(index);
      const pose = solved.get(index);
      if (pose) correction = compose(pose, inverse(now));
      if (pose ?? correction) poses.set(index, pose ?? compose(correction!, now));
    }
    return correction && poses;
  }

  private isMove(poses: ReadonlyMap<number, Pose>): boolean {
    const { map } = this.slam;
    return [...poses].some(([index, pose]) => {
      const now = map.keyframePose(index);
      return distance(now, pose) > MATTERS.way || angleBetween(now, pose) > MATTERS.turn;
    });
  }

  private bodyAt(poses: ReadonlyMap<number, Pose>, newest: number, covariance: Float64Array) {
    const at = this.backbone.latest;
    const pose = at && poses.get(at.node);
    if (!pose) return undefined;
    const worldFromBody = compose(pose, at.nodeFromBody);
    return {
      worldFromBody,
      covariance: propagate(this.backbone.carry(covariance, newest), at.nodeFromBody, at.covariance),
    };
  }
}
