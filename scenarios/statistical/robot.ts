import { SETTINGS } from '../../agents/navigator/settings.ts';
import { type PairKnowledge, pairsOf } from '../../agents/pairs.ts';
import { type DecisionReason, type TaskOptions, Tasks } from '../../agents/tasks.ts';
import { type AgentReport, type AllocationView, sameTask, type Task } from '../../base/allocation.ts';
import type { Random } from '../../base/random.ts';
import { wrapAngle } from '../../base/se3.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { RobotSetup } from '../../sim/options.ts';
import { Camera } from './camera.ts';
import { Drift } from './drift.ts';
import { Driver } from './driver.ts';
import type { JointEstimate } from './estimate.ts';
import { Explorer } from './explorer.ts';
import { Health } from './health.ts';
import { Knowledge } from './knowledge.ts';
import { Meeting } from './meeting.ts';
import { Observer } from './observer.ts';
import type { Radio } from './radio.ts';
import { Recovery } from './recovery.ts';
import type { Site } from './site.ts';
import type { Tables } from './tables.ts';
import type { Anchor } from './team-map.ts';
import type { Word } from './words.ts';

/** A sighting outranks what a teammate tells for this long, seconds. */
const SIGHTING_LASTS = 2;
/** Radians: turns add up to that. */
const SAME_ANGLE = 1e-6;

export interface RobotOptions extends TaskOptions {
  readonly site: Site;
  readonly estimate: JointEstimate;
  readonly tables: Tables;
  readonly setup: RobotSetup;
  /** Its place in the team. */
  readonly index: number;
  readonly radio: Radio;
  readonly random: Random;
}

/** One robot: where it is, what its SLAM makes of that, what it knows and what it is about. */
export class Robot {
  readonly profile: RobotProfile;
  readonly index: number;
  readonly diesAt: number;
  readonly driver: Driver;
  readonly camera: Camera;
  readonly drift: Drift;
  readonly health: Health;
  readonly knowledge: Knowledge;
  readonly tasks: Tasks;
  /** The anchor that its map hangs on here. */
  anchor: Anchor;
  /** Latest word of each teammate ever heard, by rising id. */
  words: readonly Word[] = [];
  /** Teammates it has seen: when, and where they really were then. */
  readonly seen = new Map<number, { readonly time: number; readonly x: number; readonly y: number }>();
  due: DecisionReason | null = null;
  /** When each robot last saw each other, [observer][peer] by index, as far as it was told: seconds. */
  readonly sightedAt: Float64Array;
  private readonly options: RobotOptions;
  private readonly pairKnowledge: PairKnowledge;
  private readonly explorer: Explorer;
  private readonly recovery: Recovery;
  private readonly meeting = new Meeting();
  private observer?: Observer;
  private task: Task = { kind: 'map' };
  private time = 0;
  private firstLook: number;
  private isLookingBack = false;
  private rate: number = SETTINGS.drive.lookTurn;

  constructor(options: RobotOptions) {
    const { site, setup, tables, random, index } = options;
    const [x, y, yaw] = setup.pose;
    this.options = options;
    this.index = index;
    this.profile = setup.profile;
    this.diesAt = setup.diesAt ?? Infinity;
    this.driver = new Driver(site, setup.pose);
    this.camera = new Camera(tables, random.fork('camera'));
    this.drift = new Drift(site.options.wheels, tables, random.fork('wheels'));
    this.health = new Health(tables, this.camera);
    this.knowledge = new Knowledge(site);
    this.explorer = new Explorer(site, this.knowledge, this.driver);
    this.recovery = new Recovery(site, this.knowledge, this.driver);
    this.tasks = new Tasks(options);
    this.firstLook = Math.max(0, 2 * Math.PI - 0.8 * this.profile.scan.fov);
    const count = site.profiles.length;
    this.sightedAt = new Float64Array(count * count).fill(Number.NaN);
    this.pairKnowledge = {
      sharedPoints: (peer) => options.radio.shared(index, site.indexOf(peer)),
      sinceSeen: (observer, peer) =>
        this.time - this.sightedAt[site.indexOf(observer) * count + site.indexOf(peer)],
      link: (peer) => options.radio.link(index, site.indexOf(peer)),
      lineOfSight: (...ends) => this.openness(...ends),
    };
    this.anchor = { pose: options.estimate.clone(index), x, y, yaw, robot: index, time: 0, textured: true };
  }

  get id(): number {
    return this.profile.id;
  }

  /** Whether it can still be seen, and heard. */
  isAlive(time: number): boolean {
    return time < this.diesAt - 1e-9;
  }

  get positionSigma(): number {
    return Math.sqrt(this.options.estimate.variance(this.index)[0]);
  }

  /** Moves as it last decided to, and errs by that. */
  move(seconds: number): void {
    const { driver, drift, camera, options } = this;
    const { maxSpeed, maxTurnRate } = this.profile;
    const speed = options.tables.speed[camera.tracks ? 'tracking' : 'blind'];
    const limit = this.recovery.isRetreating ? SETTINGS.recover.retreatSpeed : maxSpeed;
    driver.advance(seconds, Math.min(limit, speed * maxSpeed), Math.min(this.rate, maxTurnRate));
    const { x, y, metres, radians } = driver.moved;
    drift.move(metres, radians, driver.yaw, camera.tracks);
    options.estimate.move(this.index, x, y, drift.noise, drift.believed);
  }

  /** The tick's end: what asks for a decision. @param faces seen for the first time, with something on them */
  perceive(time: number, seconds: number, faces: number): void {
    const { metres, radians } = this.driver.moved;
    this.time = time;
    this.firstLook -= radians;
    this.health.follow(time, metres, faces);
    const watcher = this.meeting.watcher?.report.agent ?? -1;
    this.meeting.spend(seconds, metres, this.isLookingBack, this.seen.get(watcher)?.time === time);
    const ended = this.observer?.judge(time);
    if (ended) this.observer = undefined;
    this.due = this.tasks.due(time, this.camera.tracks ? 'tracking' : 'blind', ended);
  }

  /** It has recognised a teammate. */
  sight(peer: number, time: number, x: number, y: number): void {
    const { index, site } = this;
    this.seen.set(peer, { time, x, y });
    this.sightedAt[index * site.profiles.length + site.indexOf(peer)] = time;
    if (this.observer?.peer === peer) this.observer.note(time);
  }

  view(): AllocationView {
    const self = this.word().report;
    const peers = this.words.map(({ report }) => report);
    return this.tasks.view(self, peers, pairsOf(self, peers, this.pairKnowledge));
  }

  decide(reason: DecisionReason): void {
    this.due = null;
    this.tasks.decide(reason, this.view());
  }

  /** What to do until the next tick: the most urgent first. */
  act(): void {
    this.followTask();
    const { time, camera, driver } = this;
    const isUnsure = !camera.tracks || this.positionSigma > SETTINGS.meet.unsure;
    const lookBack = this.meeting.step(
      { agent: this.id, x: driver.x, y: driver.y },
      this.words,
      time,
      isUnsure,
    );
    const hasCompany = this.meeting.watcher !== undefined || this.observer?.hasInView(time) === true;
    this.isLookingBack = false;
    this.rate = camera.tracks ? SETTINGS.drive.turn : SETTINGS.drive.thinTurn;
    if (this.recovery.step(time, camera.tracks, hasCompany)) this.recover();
    else if (this.firstLook > SAME_ANGLE) this.lookAround();
    else if (lookBack) this.lookBackAt(this.meeting.watcher!);
    else if (this.observer) this.observer.step(time, this.whereabouts(this.observer.peer), this);
    else this.explorer.step(time, this.words);
  }

  /** What it tells of itself. */
  word(): Word {
    const { driver, options, health, camera, tasks, time } = this;
    const { site, estimate, index } = options;
    const { error } = estimate;
    const x = driver.x + error[3 * index];
    const y = driver.y + error[3 * index + 1];
    const [teamX, teamY] = site.toTeam(x, y);
    const report: AgentReport = {
      agent: this.id,
      time,
      state: camera.tracks ? 'tracking' : 'blind',
      x: teamX,
      y: teamY,
      yaw: wrapAngle(driver.yaw + error[3 * index + 2] - site.options.robots[0].pose[2]),
      positionSigma: this.positionSigma,
      trackedShare: camera.tracks ? camera.sample('trackedShare') : 0,
      inliers: camera.tracks ? Math.round(camera.sample('inliers')) : 0,
      keyframes: health.keyframes,
      mapPoints: Math.round(health.mapPoints),
      frontier: this.explorer.openArea,
      task: tasks.task,
      taskAge: time - tasks.since,
      distanceLeft: driver.hasArrived ? Number.NaN : driver.metresLeft,
      health: health.report(),
    };
    const claim = tasks.task.kind === 'map' ? this.explorer.claim : undefined;
    return { report, x, y, ...(claim && { claim }) };
  }

  get site(): Site {
    return this.options.site;
  }

  /** As `PairView.lineOfSight`, by what it has seen itself; team frame, metres. */
  private openness(x0: number, y0: number, x1: number, y1: number): number {
    const { site, knowledge } = this;
    const [ax, ay] = site.fromTeam(x0, y0);
    const [bx, by] = site.fromTeam(x1, y1);
    return site.openness(ax, ay, bx, by, knowledge.seen);
  }

  private followTask(): void {
    const { task } = this.tasks;
    if (!sameTask(task, this.task)) {
      this.explorer.drop();
      this.observer = undefined;
      this.task = task;
    }
    if (task.kind === 'observe') this.observer ??= new Observer(task.peer, this.time);
  }

  private recover(): void {
    this.rate = SETTINGS.recover.lookTurn;
    this.explorer.drop();
  }

  private lookAround(): void {
    this.rate = SETTINGS.drive.lookTurn;
    this.driver.face(this.driver.yaw + Math.min(this.firstLook, Math.PI / 2));
  }

  private lookBackAt(watcher: Word): void {
    const [x, y] = this.whereabouts(watcher.report.agent)!;
    this.isLookingBack = true;
    this.driver.face(this.driver.headingTo(x, y));
  }

  /** Where a teammate seems to be, scene frame, as true as the robot's own pose is; undefined where it never told. */
  private whereabouts(peer: number): readonly [number, number] | undefined {
    const seen = this.seen.get(peer);
    if (seen && this.time - seen.time <= SIGHTING_LASTS) return [seen.x, seen.y];
    const word = this.words.find(({ report }) => report.agent === peer);
    if (!word) return undefined;
    const { error } = this.options.estimate;
    const { driver, index } = this;
    const [dx, dy] = [word.x - driver.x - error[3 * index], word.y - driver.y - error[3 * index + 1]];
    const turn = error[3 * index + 2];
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    return [driver.x + c * dx + s * dy, driver.y - s * dx + c * dy];
  }
}
