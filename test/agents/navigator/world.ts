import { Navigator, type NavigatorOutput, type Teammate } from '../../../agents/navigator/navigator.ts';
import type { Task, TrackingState } from '../../../base/allocation.ts';
import { Random } from '../../../base/random.ts';
import { between, identity, type Pose, planarPose } from '../../../base/se3.ts';
import type { DepthScan, PeerSighting } from '../../../base/sensors.ts';
import type { RobotProfile } from '../../../base/world.ts';

export type Segment = readonly [number, number, number, number];

const DT = 0.1;
const RAYS = 61;
const RADIUS = 0.22;
const COVER_CELL = 0.2;
/** Side of the square of cells in which coverage is counted, centred on the origin. */
const SPAN = 1000;

export function profileOf(id: number): RobotProfile {
  return {
    id,
    name: `robot ${id}`,
    rig: {
      kind: 'rgbd',
      width: 640,
      height: 480,
      fx: 500,
      fy: 500,
      cx: 320,
      cy: 240,
      baseline: 0.08,
      closeDepth: 4,
      bodyFromCamera: identity(),
      pyramid: { levels: 8, scaleFactor: 1.2 },
    },
    cameraRateHz: 10,
    radius: RADIUS,
    maxSpeed: 0.7,
    maxTurnRate: 1.5,
    scan: { fov: 1.5, maxRange: 6 },
    sighting: { fov: 1.2, minRange: 0.5, maxRange: 6 },
  };
}

export interface Walker {
  readonly id: number;
  readonly navigator?: Navigator;
  readonly profile: RobotProfile;
  x: number;
  y: number;
  yaw: number;
  linear: number;
  angular: number;
  bumped: boolean;
  /** Times it ran into a wall or another robot. */
  collisions: number;
  distance: number;
  /** Seconds for which it does not move though its wheels turn. */
  heldFor: number;
  /** Motion of the wheels that did not move it. */
  spun: number;
  /** What the robot believes: its estimate and its state. */
  believe: (truth: Pose, time: number) => { pose: Pose; state: TrackingState; sigma: number };
  task: Task;
  output?: NavigatorOutput;
  before: Pose;
}

/** A flat world of wall segments and disc-shaped robots: ray-cast scans, unicycles that stop where they run into something. */
export class FlatWorld {
  readonly walls: Segment[];
  readonly walkers: Walker[] = [];
  time = 0;
  /** What the team's scans have passed through, by cell. */
  readonly seen = new Uint8Array(SPAN * SPAN);
  /** Every command given so far, for comparing runs. */
  readonly commands: number[] = [];
  stepMs: number[] = [];
  /** People and the like: discs that scans see and robots run into. */
  discs: [number, number, number][] = [];
  /** Discs that robots run into and scans look over. */
  unseen: [number, number, number][] = [];
  share = true;
  private readonly random: Random;

  constructor(walls: Segment[], seed = 1) {
    this.walls = walls;
    this.random = new Random(seed);
  }

  add(id: number, x: number, y: number, yaw: number, options: { inert?: boolean; task?: Task } = {}): Walker {
    const profile = profileOf(id);
    const walker: Walker = {
      id,
      profile,
      navigator: options.inert ? undefined : new Navigator(profile, this.random.fork(`navigator${id}`)),
      x,
      y,
      yaw,
      linear: 0,
      angular: 0,
      bumped: false,
      collisions: 0,
      distance: 0,
      heldFor: 0,
      spun: 0,
      believe: (truth) => ({ pose: truth, state: 'tracking', sigma: 0.05 }),
      task: options.task ?? { kind: 'map' },
      before: planarPose(x, y, yaw),
    };
    this.walkers.push(walker);
    return walker;
  }

  run(seconds: number, until: () => boolean = () => false): number {
    const end = this.time + seconds - 1e-9;
    while (this.time < end && !until()) this.step();
    return this.time;
  }

  step(): void {
    this.time += DT;
    const reports = this.walkers.map((w) => this.report(w));
    for (const walker of this.walkers) {
      if (!walker.navigator) continue;
      const truth = planarPose(walker.x, walker.y, walker.yaw);
      const odometry = { delta: between(walker.before, truth), covariance: new Float64Array(36) };
      odometry.delta[0] += walker.spun;
      walker.spun = 0;
      walker.before = truth;
      const belief = walker.believe(truth, this.time);
      const scan = this.scan(walker);
      const input = {
        time: this.time,
        worldFromBody: belief.pose,
        positionSigma: belief.sigma,
        state: belief.state,
        scan,
        bumped: walker.bumped,
        odometry,
        sightings: this.sightings(walker),
        task: walker.task,
        teammates: this.share ? reports.filter((r) => r.agent !== walker.id) : [],
      };
      const start = performance.now();
      walker.output = walker.navigator.step(input);
      this.stepMs.push(performance.now() - start);
      this.commands.push(walker.output.command.linear, walker.output.command.angular);
      const explored = walker.navigator.takeExplored();
      if (this.share)
        for (const other of this.walkers) if (other !== walker) other.navigator?.addExplored(explored);
    }
    for (const walker of this.walkers) if (walker.navigator) this.move(walker);
  }

  /** Share of the cells a robot could stand on (flooded from a point) that the team has seen. */
  coverage(x: number, y: number): number {
    const reachable = this.reachable(x, y);
    let seen = 0;
    for (const key of reachable) seen += this.seen[key];
    return seen / reachable.length;
  }

  reachable(x: number, y: number): number[] {
    const first = coverKey(x, y);
    const found = new Set([first]);
    const queue = [first];
    for (let k = 0; k < queue.length; k++) {
      const column = Math.floor(queue[k] / SPAN) - SPAN / 2;
      const row = (queue[k] % SPAN) - SPAN / 2;
      for (const [i, j] of [
        [column + 1, row],
        [column - 1, row],
        [column, row + 1],
        [column, row - 1],
      ]) {
        const key = (i + SPAN / 2) * SPAN + j + SPAN / 2;
        if (found.has(key)) continue;
        if (this.wallDistance((i + 0.5) * COVER_CELL, (j + 0.5) * COVER_CELL) < RADIUS) continue;
        found.add(key);
        queue.push(key);
      }
    }
    return queue;
  }

  /** Whether nothing stands between two points. */
  isVisible(x0: number, y0: number, x1: number, y1: number): boolean {
    const distance = Math.hypot(x1 - x0, y1 - y0);
    return castWalls(this.walls, x0, y0, (x1 - x0) / distance, (y1 - y0) / distance) >= distance;
  }

  wallDistance(x: number, y: number): number {
    let least = Infinity;
    for (const segment of this.walls) least = Math.min(least, distanceTo(segment, x, y));
    return least;
  }

  private report(w: Walker): Teammate {
    const { pose, state, sigma } = w.believe(planarPose(w.x, w.y, w.yaw), this.time);
    return {
      agent: w.id,
      time: this.time - 0.3,
      x: pose[0],
      y: pose[1],
      yaw: w.yaw,
      positionSigma: sigma,
      state,
      claim: w.output?.claim,
      task: w.task,
    };
  }

  private scan(w: Walker): DepthScan {
    const { fov, maxRange } = w.profile.scan;
    const ranges = new Float32Array(RAYS);
    const angleStep = fov / (RAYS - 1);
    const near = this.walls.filter((segment) => distanceTo(segment, w.x, w.y) <= maxRange);
    const counts = Math.round(this.time / DT) % 3 === 0;
    for (let i = 0; i < RAYS; i++) {
      const angle = w.yaw - fov / 2 + i * angleStep;
      const dx = Math.cos(angle);
      const dy = Math.sin(angle);
      let range = castWalls(near, w.x, w.y, dx, dy);
      for (const other of this.walkers) {
        if (other !== w) range = Math.min(range, castDisc(w.x, w.y, dx, dy, other.x, other.y, RADIUS));
      }
      for (const [x, y, r] of this.discs) range = Math.min(range, castDisc(w.x, w.y, dx, dy, x, y, r));
      const noisy = range + this.random.normal(0.01);
      ranges[i] = range > maxRange ? Infinity : Math.max(0.05, noisy);
      const length = counts ? Math.min(range, maxRange) : 0;
      for (let t = 0; t < length; t += COVER_CELL / 2) this.seen[coverKey(w.x + t * dx, w.y + t * dy)] = 1;
    }
    return { angleMin: -fov / 2, angleStep, maxRange, ranges };
  }

  private sightings(w: Walker): PeerSighting[] {
    const { fov, minRange, maxRange } = w.profile.sighting;
    const seen: PeerSighting[] = [];
    for (const other of this.walkers) {
      if (other === w) continue;
      const range = Math.hypot(other.x - w.x, other.y - w.y);
      if (range < minRange || range > maxRange) continue;
      const bodyFromPeer = between(planarPose(w.x, w.y, w.yaw), planarPose(other.x, other.y, other.yaw));
      if (Math.abs(Math.atan2(bodyFromPeer[1], bodyFromPeer[0])) > fov / 2) continue;
      if (!this.isVisible(w.x, w.y, other.x, other.y)) continue;
      if (this.random.chance(0.8))
        seen.push({ peer: other.id, bodyFromPeer, covariance: new Float64Array(36) });
    }
    return seen;
  }

  private move(w: Walker): void {
    const { linear, angular } = w.output!.command;
    w.linear += Math.max(-0.2, Math.min(0.2, linear - w.linear));
    w.angular += Math.max(-0.4, Math.min(0.4, angular - w.angular));
    const yaw = w.yaw + w.angular * DT;
    const x = w.x + w.linear * DT * Math.cos((w.yaw + yaw) / 2);
    const y = w.y + w.linear * DT * Math.sin((w.yaw + yaw) / 2);
    w.yaw = yaw;
    if (w.heldFor > 0) {
      w.heldFor -= DT;
      w.spun = w.linear * DT;
      return;
    }
    const touching = this.touches(w, x, y);
    if (touching && !w.bumped) w.collisions++;
    w.bumped = touching;
    if (touching) {
      w.linear = 0;
      return;
    }
    w.distance += Math.hypot(x - w.x, y - w.y);
    w.x = x;
    w.y = y;
  }

  private touches(w: Walker, x: number, y: number): boolean {
    if (this.wallDistance(x, y) < RADIUS && this.wallDistance(x, y) <= this.wallDistance(w.x, w.y))
      return true;
    const discs = this.walkers.filter((o) => o !== w).map((o) => [o.x, o.y, RADIUS]);
    return [...discs, ...this.discs, ...this.unseen].some(
      ([ox, oy, r]) =>
        Math.hypot(ox - x, oy - y) < RADIUS + r &&
        Math.hypot(ox - x, oy - y) < Math.hypot(ox - w.x, oy - w.y),
    );
  }
}

function distanceTo([ax, ay, bx, by]: Segment, x: number, y: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  const ox = ax + t * dx - x;
  const oy = ay + t * dy - y;
  return Math.sqrt(ox * ox + oy * oy);
}

function castWalls(walls: readonly Segment[], x: number, y: number, dx: number, dy: number): number {
  let least = Infinity;
  for (const [ax, ay, bx, by] of walls) {
    const ex = bx - ax;
    const ey = by - ay;
    const cross = dx * ey - dy * ex;
    if (Math.abs(cross) < 1e-12) continue;
    const t = ((ax - x) * ey - (ay - y) * ex) / cross;
    const u = ((ax - x) * dy - (ay - y) * dx) / cross;
    if (t >= 0 && u >= 0 && u <= 1 && t < least) least = t;
  }
  return least;
}

function castDisc(
  x: number,
  y: number,
  dx: number,
  dy: number,
  cx: number,
  cy: number,
  radius: number,
): number {
  const along = (cx - x) * dx + (cy - y) * dy;
  const square = (cx - x) * (cx - x) + (cy - y) * (cy - y) - along * along;
  if (along < 0 || square > radius * radius) return Infinity;
  return Math.max(0, along - Math.sqrt(radius * radius - square));
}

function coverKey(x: number, y: number): number {
  return (Math.floor(x / COVER_CELL) + SPAN / 2) * SPAN + Math.floor(y / COVER_CELL) + SPAN / 2;
}

/** A wall with gaps: from a to b along one axis, doors given as start and end along it. */
export function wall(
  axis: 'x' | 'y',
  at: number,
  from: number,
  to: number,
  doors: readonly (readonly [number, number])[] = [],
): Segment[] {
  const pieces: Segment[] = [];
  let start = from;
  for (const [open, close] of [...doors, [to, to] as const]) {
    if (open > start) pieces.push(axis === 'x' ? [start, at, open, at] : [at, start, at, open]);
    start = close;
  }
  return pieces;
}

export function box(x0: number, y0: number, x1: number, y1: number): Segment[] {
  return [
    ...wall('x', y0, x0, x1),
    ...wall('x', y1, x0, x1),
    ...wall('y', x0, y0, y1),
    ...wall('y', x1, y0, y1),
  ];
}

/** Four rooms around a corridor, 12 × 9 m. */
export function fourRooms(): Segment[] {
  return [
    ...box(0, 0, 12, 9),
    ...wall('x', 3.6, 0, 12, [
      [2.5, 3.5],
      [8.5, 9.5],
    ]),
    ...wall('x', 5.4, 0, 12, [
      [3.5, 4.5],
      [9, 10],
    ]),
    ...wall('y', 6, 0, 3.6),
    ...wall('y', 6, 5.4, 9),
    ...box(1, 1, 2, 1.6),
    ...box(9, 7, 10.5, 7.8),
  ];
}

/** An office of 30 × 22 m: two corridors, rooms on both sides, desks. */
export function office(): Segment[] {
  const doors = (from: number, to: number, pitch: number, offset: number) => {
    const gaps: [number, number][] = [];
    for (let x = from + offset; x + 1 < to; x += pitch) gaps.push([x, x + 0.95]);
    return gaps;
  };
  const walls = [
    ...box(0, 0, 30, 22),
    ...wall('x', 5.5, 0, 30, doors(0, 30, 5, 1)),
    ...wall('x', 7.5, 0, 30, doors(0, 30, 7.5, 4)),
    ...wall('x', 14.5, 0, 30, doors(0, 30, 7.5, 2)),
    ...wall('x', 16.5, 0, 30, doors(0, 30, 5, 3)),
  ];
  for (let x = 5; x < 30; x += 5) walls.push(...wall('y', x, 0, 5.5), ...wall('y', x, 16.5, 22));
  for (let x = 7.5; x < 30; x += 7.5) walls.push(...wall('y', x, 7.5, 14.5, x === 15 ? [[10.5, 11.5]] : []));
  for (let x = 0; x < 30; x += 5) {
    walls.push(...box(x + 3, 0.4, x + 4.4, 1.1), ...box(x + 0.5, 19.5, x + 1.2, 21));
  }
  for (let x = 0; x < 30; x += 7.5) walls.push(...box(x + 3, 10, x + 5, 11.2));
  return walls;
}
