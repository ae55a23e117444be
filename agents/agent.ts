import type { AllocationView, Allocator } from '../base/allocation.ts';
import type { Random } from '../base/random.ts';
import { yawOf } from '../base/se3.ts';
import type { SensorPacket } from '../base/sensors.ts';
import type { Body, Link, RadioMessage, RobotProfile } from '../base/world.ts';
import type { Kernels } from '../slam/kernels/kernels.ts';
import { positionSigma } from '../slam/optimize/covariance.ts';
import { Slam } from '../slam/slam.ts';
import type { TrackingReport } from '../slam/types.ts';
import type { MissionListener } from './events.ts';
import { Health } from './health.ts';
import { Navigator, type NavigatorOutput } from './navigator/navigator.ts';
import { type PairKnowledge, pairsOf } from './pairs.ts';
import { Radio } from './radio/radio.ts';
import type { Report } from './radio/report.ts';
import { Refusals } from './refusals.ts';
import { sensibleSightings } from './sightings.ts';
import { type DecisionReason, type Override, Tasks } from './tasks.ts';
import { packTies } from './team/pack-ties.ts';
import { Teamwork } from './team/teamwork.ts';
import { TeammatesInView } from './teammates-in-view.ts';

export interface AgentOptions {
  readonly body: Body;
  readonly link: Link;
  readonly kernels: Kernels;
  readonly allocator: Allocator;
  readonly random: Random;
  /** Keypoints wanted of an image, where the camera delivers images; absent: what the SLAM takes by itself. */
  readonly features?: number;
  /** Seconds between decisions, and mission length. */
  readonly epoch: number;
  readonly duration: number;
  /** Seconds that a robot may spend in `observe`. */
  readonly observeBudget: number;
  readonly overrides: readonly Override[];
  /** What is known of the team before the mission. */
  readonly team: readonly RobotProfile[];
  /** Absent: nothing is told, and nothing is kept to be told. */
  readonly emit?: MissionListener;
}

/** Keyframes a robot remembers: a mission may last. */
const MOST_KEYFRAMES = 600;

/** What runs on one robot: SLAM, navigator, radio and the task at hand, over a body. */
export class Agent {
  readonly profile: RobotProfile;
  readonly slam: Slam;
  readonly tasks: Tasks;
  readonly trackMs: number[] = [];
  readonly frames = { tracked: 0, lost: 0 };
  /** When the last packet came, mission time. */
  heardAt = 0;
  private readonly body: Body;
  private readonly link: Link;
  private readonly radio: Radio;
  readonly teamwork: Teamwork;
  private readonly team: ReadonlySet<number>;
  private readonly refusals = new Refusals();
  private readonly navigator: Navigator;
  private readonly inView: TeammatesInView;
  private readonly health: Health;
  private readonly knowledge: PairKnowledge;
  private readonly emit?: MissionListener;
  private motion: NavigatorOutput | null = null;
  /** What was perceived in this tick, and what about it asks for a decision. */
  private now?: { readonly packet: SensorPacket; readonly tracking: TrackingReport };
  due: DecisionReason | null = null;

  constructor(options: AgentOptions) {
    const { body, kernels, emit, random, features } = options;
    const { profile } = body;
    this.body = body;
    this.link = options.link;
    this.profile = profile;
    this.emit = emit;
    this.team = new Set(options.team.map(({ id }) => id));
    this.slam = new Slam({
      rig: profile.rig,
      kernels,
      worldFromStart: profile.start,
      settings: { mostKeyframes: MOST_KEYFRAMES, ...(features && { features }) },
    });
    this.slam.map.recordChanges = emit !== undefined;
    this.radio = new Radio(
      profile.id,
      options.team.map(({ id }) => id),
      options.link,
    );
    this.teamwork = new Teamwork({ ...options, profile, slam: this.slam, random: random.fork('team') });
    this.inView = new TeammatesInView(profile.rig);
    this.navigator = new Navigator(profile, random.fork('navigator'));
    this.tasks = new Tasks({ ...options, agent: profile.id });
    this.health = new Health(this.slam.map);
    this.knowledge = {
      sharedPoints: (peer) => this.teamwork.sharedWith(peer),
      sinceSeen: (observer, peer) => this.teamwork.sinceSeen(observer, peer),
      link: (peer) => this.radio.qualityOf(peer, this.heardAt),
      lineOfSight: (...ends) => this.navigator.lineOfSight(...ends),
    };
  }

  /**
   * Takes in what the robot sensed since the last tick and what it was told.
   * @param time mission time, seconds: what is decided and shown carries it; `sensed.time` is the robot's own clock
   */
  perceive(sensed: SensorPacket, time: number): void {
    this.heardAt = time;
    const sifted = this.sift(sensed);
    const messages = this.link.receive(this.profile.id);
    const localised = this.localise(sifted);
    const packet = { ...sifted, odometry: localised.odometry ?? sifted.odometry };
    const tracking = this.cooperate(packet, localised, messages);
    this.hear(messages);
    this.due = this.tasks.due(time, tracking.state, this.motion?.ended);
    this.now = { packet, tracking };
  }

  /** What it would decide by now. Once it has perceived anything. */
  view(): AllocationView {
    const self = this.reportOf(this.now!.tracking);
    const peers = this.radio.teammates(this.teamwork.frame);
    return this.tasks.view(self, peers, pairsOf(self, peers, this.knowledge));
  }

  /** Chooses its task anew. @param reason what asked for it */
  decide(reason: DecisionReason): void {
    this.due = null;
    const record = this.tasks.decide(reason, this.view());
    this.emit?.({ type: 'task', ...record });
  }

  /** Ends the tick: a command to its body, and word to its teammates. */
  act(): void {
    const { packet, tracking } = this.now!;
    this.move(packet, tracking);
    this.tell(tracking);
  }

  /** The mission is over: the map comes to rest. */
  finish(): void {
    this.slam.finish();
    this.showMap();
  }

  /** Only sightings that make sense go on. */
  private sift(sensed: SensorPacket): SensorPacket {
    const sightings = sensibleSightings(sensed.sightings, this.profile.id, this.team, this.refusals);
    this.warn(this.refusals.take());
    return { ...sensed, sightings };
  }

  private localise(packet: SensorPacket): TrackingReport {
    const { time, camera, odometry } = packet;
    const tracking = this.slam.track({ time, camera, odometry, moving: this.inView.boxes(packet) });
    this.health.follow(tracking, odometry, this.heardAt);
    this.trackMs.push(tracking.trackMs);
    if (tracking.state === 'tracking') this.frames.tracked++;
    else this.frames.lost++;
    this.showTracking(packet, tracking);
    return tracking;
  }

  private hear(messages: readonly RadioMessage[]): void {
    const { explored, dropped } = this.radio.hear(messages, this.heardAt);
    for (const { frame, cells } of explored)
      if (frame === this.teamwork.frame) this.navigator.addExplored(cells);
    this.warn(dropped);
  }

  /** Takes part in the joint map of the team. @returns where the robot is by that */
  private cooperate(
    packet: SensorPacket,
    tracking: TrackingReport,
    messages: readonly RadioMessage[],
  ): TrackingReport {
    const { dropped, correction, ties } = this.teamwork.step(packet, tracking, messages);
    this.warn(dropped);
    const agent = this.profile.id;
    const time = this.heardAt;
    if (correction) {
      this.showMap();
      this.emit?.({ type: 'team', time, agent, ...correction });
    }
    if (ties) this.emit?.({ type: 'ties', time, agent, ties: packTies(ties) });
    return correction ? { ...tracking, ...this.slam.whereabouts } : tracking;
  }

  private warn(dropped: readonly string[]): void {
    for (const text of dropped)
      this.emit?.({ type: 'log', time: this.heardAt, agent: this.profile.id, level: 'warning', text });
  }

  private move(packet: SensorPacket, tracking: TrackingReport): void {
    const time = this.heardAt;
    const { state, worldFromBody, covariance } = tracking;
    const { scan, bumped, odometry, sightings } = packet;
    const motion = this.navigator.step({
      time,
      worldFromBody,
      positionSigma: positionSigma(covariance),
      state,
      scan,
      bumped,
      odometry,
      sightings,
      task: this.tasks.task,
      teammates: this.radio.teammates(this.teamwork.frame),
    });
    this.motion = motion;
    this.body.drive(motion.command);
    if (motion.path) this.emit?.({ type: 'plan', time, agent: this.profile.id, path: motion.path });
  }

  private tell(tracking: TrackingReport): void {
    if (!this.radio.isDue(this.heardAt)) return;
    this.radio.tell(this.reportOf(tracking), this.navigator.takeExplored());
  }

  private reportOf(tracking: TrackingReport): Report {
    const time = this.heardAt;
    const { state, worldFromBody, covariance, expected, inliers } = tracking;
    const { map } = this.slam;
    return {
      agent: this.profile.id,
      frame: this.teamwork.frame,
      time,
      state,
      x: worldFromBody[0],
      y: worldFromBody[1],
      yaw: yawOf(worldFromBody),
      positionSigma: positionSigma(covariance),
      trackedShare: expected > 0 ? inliers / expected : 0,
      inliers,
      keyframes: map.keyframeCount,
      mapPoints: map.pointCount,
      frontier: this.motion?.frontier ?? 0,
      task: this.tasks.task,
      taskAge: time - this.tasks.since,
      distanceLeft: this.motion?.distanceLeft ?? Number.NaN,
      health: this.health.of(tracking, this.teamwork.sinceObserved),
      claim: this.motion?.claim,
    };
  }

  private showTracking(packet: SensorPacket, tracking: TrackingReport): void {
    const { emit } = this;
    if (!emit) return;
    const agent = this.profile.id;
    const time = this.heardAt;
    const { state, worldFromBody, covariance, expected, inliers } = tracking;
    const { referenceKeyframe, keyframeFromBody, trackedPixels, trackMs } = tracking;
    if (tracking.createdKeyframe >= 0) this.showMap();
    emit({
      type: 'pose',
      time,
      agent,
      state,
      worldFromBody,
      positionSigma: positionSigma(covariance),
      expected,
      inliers,
      referenceKeyframe,
      keyframeFromBody,
      trackedPixels,
      trackMs,
    });
    if (packet.scan) emit({ type: 'scan', time, agent, ...packet.scan });
    for (const { peer, bodyFromPeer } of packet.sightings)
      emit({ type: 'sighting', time, observer: agent, peer, bodyFromPeer });
  }

  private showMap(): void {
    const changes = this.slam.map.takeChanges();
    this.emit?.({ type: 'map', time: this.heardAt, agent: this.profile.id, changes });
  }
}
