import type { Task, TrackingState } from '../../base/allocation.ts';
import { sameTask } from '../../base/allocation.ts';
import type { Random } from '../../base/random.ts';
import { type Pose, yawOf } from '../../base/se3.ts';
import type { DepthScan, OdometryIncrement, PeerSighting } from '../../base/sensors.ts';
import type { RobotProfile, VelocityCommand } from '../../base/world.ts';
import { Chart } from './chart.ts';
import { Contacts, type Teammate } from './contacts.ts';
import { CostField } from './cost-field.ts';
import { Explorer } from './explorer.ts';
import { Guard } from './guard.ts';
import { Meeting } from './meeting.ts';
import { Observer } from './observer.ts';
import { Recovery } from './recovery.ts';
import { RightOfWay } from './right-of-way.ts';
import type { Route } from './route.ts';
import { SETTINGS } from './settings.ts';
import { type Situation, standStill, type Wish } from './situation.ts';
import { Surroundings } from './surroundings.ts';
import { Unsticker } from './unsticker.ts';

export type { Teammate } from './contacts.ts';

/** What a navigator is told in one step; lengths in metres, team frame unless said. */
export interface NavigatorInput {
  /** Seconds, rising. */
  readonly time: number;
  /** The robot's own estimate. */
  readonly worldFromBody: Pose;
  readonly positionSigma: number;
  readonly state: TrackingState;
  readonly scan?: DepthScan;
  readonly bumped: boolean;
  /** Motion since the previous step. */
  readonly odometry: OdometryIncrement;
  readonly sightings: readonly PeerSighting[];
  readonly task: Task;
  /** Latest report of each teammate ever heard. */
  readonly teammates: readonly Teammate[];
}

export interface NavigatorOutput {
  readonly command: VelocityCommand;
  /** Where it is going to explore, if it is. */
  readonly claim?: readonly [number, number];
  /** Set when the path changed: x, y pairs. Empty when there is none any more. */
  readonly path?: Float32Array;
  /** Set in the step in which an `observe` task is over; given the same task on, it begins anew. */
  readonly ended?: 'done' | 'timeout';
  /** Square metres of unknown ground close behind reachable frontiers, less what teammates have explored. */
  readonly frontier: number;
  /** Metres still to drive to where the task leads; 0 where the one to be observed is in view, NaN where nothing leads anywhere. */
  readonly distanceLeft: number;
}

/** Steps longer than this are pauses, seconds. */
const LONGEST_STEP = 0.5;
/** A robot's own body, mast and all, may stand in the map this far around it, metres. */
const BODY = 0.5;
/** Metres: no robot gets there. */
const FARTHEST = 1e5;

/** Drives one robot: from its task, its own scans and its own estimate of where it is to velocity commands. */
export class Navigator {
  private readonly profile: RobotProfile;
  private readonly chart: Chart;
  private readonly field: CostField;
  private readonly surroundings = new Surroundings();
  private readonly contacts = new Contacts();
  private readonly unsticker: Unsticker;
  private readonly recovery = new Recovery();
  private readonly rightOfWay = new RightOfWay();
  private readonly meeting = new Meeting();
  private readonly explorer: Explorer;
  private readonly guard = new Guard();
  private observer?: Observer;
  private task: Task = { kind: 'map' };
  private before = Number.NaN;
  /** How much of the first look around is left, radians. */
  private lookLeft: number;
  private readonly odometry = { x: 0, y: 0, yaw: 0 };
  private shown?: Route;

  constructor(profile: RobotProfile, random: Random) {
    this.profile = profile;
    this.chart = new Chart(profile.radius);
    this.field = new CostField(this.chart.grid, profile.radius);
    this.explorer = new Explorer(this.chart.grid, this.chart.explored, this.field);
    this.unsticker = new Unsticker(random.fork('unsticker'));
    this.lookLeft = Math.max(0, 2 * Math.PI - 0.8 * profile.scan.fov);
  }

  /** One step: takes in what was sensed, lets the most urgent behaviour wish for a motion, and makes it a safe command. */
  step(input: NavigatorInput): NavigatorOutput {
    const s = this.perceive(input);
    const ended = this.followTask(s, input);
    const { wish, route } = this.behave(s, input);
    if (route && this.guard.heldFor > SETTINGS.drive.heldSearch) route.isStale = true;
    const restrained = this.rightOfWay.restrain(s, wish, route);
    const command = this.guard.shape(s, restrained);
    const claim = this.task.kind === 'map' ? this.explorer.claim : undefined;
    const path = this.changedPath(route);
    const frontier = this.explorer.openArea;
    const distanceLeft = this.distanceLeft(s);
    return {
      command,
      frontier,
      distanceLeft,
      ...(claim && { claim }),
      ...(path && { path }),
      ...(ended && { ended }),
    };
  }

  /** Coarse cells (1 m) newly explored since the last call, as packed int16 x, y pairs; sent by radio. */
  takeExplored(): Int16Array {
    return this.chart.explored.take();
  }

  /** What a teammate says it has explored: no need to go there. */
  addExplored(cells: Int16Array): void {
    this.chart.explored.add(cells);
  }

  /** As `PairView.lineOfSight`: between two points, metres, team frame, short of what stands at them. */
  lineOfSight(x0: number, y0: number, x1: number, y1: number): number {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const short = BODY / Math.max(2 * BODY, Math.sqrt(dx * dx + dy * dy));
    const [sx, sy] = [short * dx, short * dy];
    return this.chart.grid.openness(x0 + sx, y0 + sy, x1 - sx, y1 - sy);
  }

  private perceive(input: NavigatorInput): Situation {
    const { time, odometry, scan, worldFromBody } = input;
    const dt = Math.max(0, Math.min(LONGEST_STEP, Number.isNaN(this.before) ? 0.1 : time - this.before));
    this.before = time;
    const turned = yawOf(odometry.delta);
    this.reckon(odometry.delta, turned);
    this.surroundings.advance(odometry);
    this.surroundings.observe(scan, time);
    // An estimate that is no number, or nowhere on Earth, is no estimate.
    const [x, y] = worldFromBody;
    const known = Math.abs(x) + Math.abs(y) < FARTHEST && Number.isFinite(yawOf(worldFromBody));
    const s: Situation = {
      profile: this.profile,
      time,
      dt,
      x: known ? x : this.odometry.x,
      y: known ? y : this.odometry.y,
      yaw: known ? yawOf(worldFromBody) : this.odometry.yaw,
      state: known ? input.state : 'lost',
      sigma: input.positionSigma,
      bumped: input.bumped,
      odoX: this.odometry.x,
      odoY: this.odometry.y,
      odoYaw: this.odometry.yaw,
      odoTurned: turned,
      odoMoved: odometry.delta[0],
      grid: this.chart.grid,
      explored: this.chart.explored,
      field: this.field,
      surroundings: this.surroundings,
      contacts: this.contacts,
    };
    if (known && s.state !== 'lost')
      this.contacts.update(input.teammates, input.sightings, worldFromBody, time);
    if (this.chart.update(s, scan)) this.explorer.drop(s, false);
    return s;
  }

  private reckon(delta: Pose, turned: number): void {
    const { odometry } = this;
    const c = Math.cos(odometry.yaw);
    const sn = Math.sin(odometry.yaw);
    odometry.x += c * delta[0] - sn * delta[1];
    odometry.y += sn * delta[0] + c * delta[1];
    odometry.yaw += turned;
  }

  /** Starts and ends `observe` tasks. */
  private followTask(s: Situation, input: NavigatorInput): 'done' | 'timeout' | undefined {
    const { task } = input;
    if (!sameTask(task, this.task)) {
      this.explorer.drop(s, false);
      this.observer = undefined;
      this.task = task;
    }
    if (task.kind === 'map') return undefined;
    this.observer ??= new Observer(task.peer, s.time);
    const ended = this.observer.judge(s, input.sightings);
    if (ended) this.observer = undefined;
    return ended;
  }

  /** The most urgent behaviour first. */
  private behave(s: Situation, { teammates, sightings }: NavigatorInput): { wish: Wish; route?: Route } {
    const loose = this.unsticker.step(s, this.guard.command, this.isHeldUp(s));
    if (loose?.began) this.explorer.drop(s, this.unsticker.isStubborn);
    if (loose) return loose;

    const meeting = this.meeting.step(s, teammates, sightings);
    const recovery = this.recovery.step(s, this.hasCompany(s));
    if (recovery?.began) this.explorer.drop(s, true);
    if (recovery) return recovery;

    const first = this.lookAroundFirst(s);
    if (first) return { wish: first };

    const way = this.rightOfWay.giveWay(s);
    if (way?.began) this.explorer.drop(s, true);
    if (way) return { wish: way.wish, route: this.rightOfWay.route };

    if (meeting?.began) this.explorer.drop(s, false);
    if (meeting) return { wish: meeting.wish };

    if (this.task.kind === 'map') return { wish: this.explorer.step(s), route: this.explorer.route };
    if (this.observer) return { wish: this.observer.step(s), route: this.observer.route };
    return { wish: standStill() };
  }

  /** Whether it is seen by a teammate or sees one: then being blind alone is no reason to turn back. */
  private hasCompany(s: Situation): boolean {
    return this.meeting.hasCompany || this.observer?.hasInView(s) === true;
  }

  /** Whether only backing off helps: where another robot is in the way, right of way finds a solution. */
  private isHeldUp(s: Situation): boolean {
    return this.guard.heldFor > SETTINGS.drive.heldBackOff && !this.rightOfWay.hasCompany(s);
  }

  /** A robot that sees only ahead turns around once before it sets off, so that there is a map to plan on. */
  private lookAroundFirst(s: Situation): Wish | undefined {
    if (this.lookLeft <= 0) return undefined;
    this.lookLeft -= Math.abs(s.odoTurned);
    return { linear: 0, angular: SETTINGS.drive.lookTurn };
  }

  private distanceLeft(s: Situation): number {
    const route = this.task.kind === 'map' ? this.explorer.route : this.observer?.route;
    if (route?.active) return route.lengthLeft(s);
    return this.observer?.hasInView(s) ? 0 : Number.NaN;
  }

  private changedPath(route: Route | undefined): Float32Array | undefined {
    if (!route) return undefined;
    const changed = route.changed || route !== this.shown;
    this.shown = route;
    route.changed = false;
    return changed ? route.path : undefined;
  }
}
