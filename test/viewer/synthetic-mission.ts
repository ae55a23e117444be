import type { MissionEvent } from '../../agents/events.ts';
import type { Task, TrackingState } from '../../base/allocation.ts';
import { Random } from '../../base/random.ts';
import { between, identity, type Pose, planarPose, poseOf } from '../../base/se3.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { MapChanges } from '../../slam/types.ts';

/**
 * A mission that never was: robots drive rounds of an office, see points on its walls, drift a little; one loses its
 * way from 30 s to 45 s and a teammate watches it. Only the events are made up, nothing is estimated. The same
 * arguments give the same events.
 */
const RATE_HZ = 10;
const SPEED = 0.7;
const WALL_HEIGHT = 2.6;
const SEEING_RANGE = 4.5;
const LOST_FROM = 30;
const LOST_UNTIL = 45;
const LOST_AGENT = 2;
const HELPER = 1;

/** x, y, z, hx, hy, hz, yaw a box. */
const OFFICE = [
  ...wall(-2, -10, 28, -10),
  ...wall(-2, 10, 28, 10),
  ...wall(-2, -10, -2, 10),
  ...wall(28, -10, 28, 10),
  ...[0, 1, 2].flatMap((room) => {
    const x = -2 + 10 * room;
    return [-2, 2].flatMap((y) => [...wall(x, y, x + 4, y), ...wall(x + 5.4, y, x + 10, y)]);
  }),
  ...[8, 18].flatMap((x) => [...wall(x, -10, x, -2), ...wall(x, 2, x, 10)]),
  ...[0, 10, 20].flatMap((x) => [desk(x + 1, 7.5, 0.2), desk(x + 4, 5.5, 1.3), desk(x + 2, -6, -0.4)].flat()),
];

const ROUNDS = [
  [0, 0, 12.7, 0, 12.7, 4, 10, 8, 16, 8, 12.7, 4, 12.7, 0, 26, 0],
  [0, 0.8, 2.7, 0.8, 2.7, 4, 0, 8.5, 5.5, 8.5, 2.7, 4, 2.7, 0.8, 24, 0.8],
  [0, -0.8, 22.7, -0.8, 22.7, -4, 20, -8, 26, -8, 22.7, -4, 22.7, -0.8, 0, -0.8],
  [0, -1.4, 2.7, -1.4, 2.7, -4, 0, -8, 6, -8, 2.7, -4, 2.7, -1.4, 14, -1.4],
];

const NO_IDS = new Int32Array(0);
const NO_POSES = { ids: NO_IDS, poses: new Float64Array(0) };

export function profileOf(id: number): RobotProfile {
  return {
    id,
    name: ['Ada', 'Bea', 'Cleo', 'Dora', 'Eve', 'Fay', 'Gro', 'Hedy'][id % 8],
    rig: {
      kind: 'rgbd',
      width: 640,
      height: 480,
      fx: 460,
      fy: 460,
      cx: 319.5,
      cy: 239.5,
      baseline: 0.08,
      closeDepth: 3.2,
      bodyFromCamera: poseOf(0.15, 0, 0.4, -0.5, 0.5, -0.5, 0.5),
      pyramid: { levels: 8, scaleFactor: 1.2 },
    },
    cameraRateHz: RATE_HZ,
    radius: 0.25,
    maxSpeed: 0.8,
    maxTurnRate: 1.5,
    scan: { fov: 1.5, maxRange: 6 },
    sighting: { fov: 1.2, minRange: 0.5, maxRange: 8 },
    start: planarPose(0, 0, 0),
  };
}

/** @param agents 1…4 */
export function* syntheticMission({
  agents = 4,
  seconds = 60,
  seed = 1,
  samples = 9000,
} = {}): Generator<MissionEvent> {
  const random = new Random(seed);
  const surface = surfaceSamples(random.fork('surface'), samples);
  const robots = Array.from(
    { length: agents },
    (_, id) => new SyntheticRobot(id, surface, random.fork(`robot${id}`)),
  );
  yield {
    type: 'start',
    time: 0,
    scenario: 'office',
    policy: 'synthetic',
    seed,
    duration: seconds,
    agents: robots.map(({ id }) => profileOf(id)),
  };
  yield {
    type: 'scene',
    time: 0,
    bounds: { minX: -2, minY: -10, maxX: 28, maxY: 10 },
    boxes: Float32Array.from(OFFICE),
  };
  for (const { id } of robots) yield taskEvent(0, id, { kind: 'map' }, { kind: 'map' });

  for (let tick = 1; tick <= seconds * RATE_HZ; tick++) {
    const time = tick / RATE_HZ;
    for (const robot of robots) yield* robot.step(time);
    if (agents > LOST_AGENT) yield* rescue(tick, time, robots);
    if (tick % RATE_HZ === 0) yield metricsAt(time, seconds);
  }
  yield { type: 'end', time: seconds, reason: 'finished' };
}

/** The helper turns to the lost robot, sees it twice a second, and goes back to mapping. */
function* rescue(tick: number, time: number, robots: SyntheticRobot[]): Generator<MissionEvent> {
  const helping: Task = { kind: 'observe', peer: LOST_AGENT };
  if (tick === (LOST_FROM + 2) * RATE_HZ) yield taskEvent(time, HELPER, helping, { kind: 'map' });
  if (tick === (LOST_UNTIL + 3) * RATE_HZ) yield taskEvent(time, HELPER, { kind: 'map' }, helping);
  if (time > LOST_UNTIL - 5 && time < LOST_UNTIL + 3 && tick % 5 === 0)
    yield {
      type: 'sighting',
      time,
      observer: HELPER,
      peer: LOST_AGENT,
      bodyFromPeer: between(robots[HELPER].truth, robots[LOST_AGENT].truth),
    };
}

class SyntheticRobot {
  readonly id: number;
  truth: Pose = identity();
  private readonly surface: Float32Array;
  private readonly random: Random;
  private readonly round: number[];
  private readonly idOfSample = new Map<number, number>();
  private travelled = 0;
  private driftX = 0;
  private driftY = 0;
  private nextPoint = 0;
  private nextKeyframe = 0;
  private travelledAtKeyframe = -1;

  constructor(id: number, surface: Float32Array, random: Random) {
    this.id = id;
    this.surface = surface;
    this.random = random;
    this.round = ROUNDS[id];
  }

  *step(time: number): Generator<MissionEvent> {
    const lost = this.id === LOST_AGENT && time > LOST_FROM && time < LOST_UNTIL;
    this.travelled += (lost ? 0.25 : 1) * (SPEED / RATE_HZ);
    this.truth = this.onRound(this.travelled);
    this.driftX += this.random.normal(lost ? 0.05 : 0.004);
    this.driftY += this.random.normal(lost ? 0.05 : 0.004);
    if (time > LOST_UNTIL) {
      this.driftX *= 0.9;
      this.driftY *= 0.9;
    }
    const estimate = this.truth.slice();
    estimate[0] += this.driftX;
    estimate[1] += this.driftY;
    const state: TrackingState =
      time < 0.5 ? 'initialising' : lost ? (time < LOST_FROM + 3 ? 'blind' : 'lost') : 'tracking';
    const expected = 180 + this.random.int(60);

    yield { type: 'truth', time, agent: this.id, worldFromBody: this.truth };
    yield {
      type: 'pose',
      time,
      agent: this.id,
      state,
      worldFromBody: estimate,
      positionSigma: lost ? 0.1 + 0.06 * (time - LOST_FROM) : 0.03,
      expected,
      inliers: lost ? 0 : expected - 20 - this.random.int(30),
      referenceKeyframe: this.nextKeyframe - 1,
      keyframeFromBody: identity(),
      trackedPixels: new Float32Array(2 * 120).fill(100),
      trackMs: 1.5,
    };
    if (!lost && this.travelled - this.travelledAtKeyframe > 0.8) {
      this.travelledAtKeyframe = this.travelled;
      yield { type: 'map', time, agent: this.id, changes: this.makeKeyframe(estimate) };
      yield { type: 'plan', time, agent: this.id, path: this.ahead() };
    }
  }

  /** Sees what of the surface is near and in front; refines some points and drops a few, as local mapping does. */
  private makeKeyframe(estimate: Pose): MapChanges {
    const added: number[] = [];
    const addedAt: number[] = [];
    const moved: number[] = [];
    const movedTo: number[] = [];
    const removed: number[] = [];
    const [cx, cy] = this.truth;
    const forwardX = 1 - 2 * this.truth[5] * this.truth[5];
    const forwardY = 2 * this.truth[5] * this.truth[6];
    for (let s = 0; s < this.surface.length / 3; s++) {
      const dx = this.surface[3 * s] - cx;
      const dy = this.surface[3 * s + 1] - cy;
      const range = Math.sqrt(dx * dx + dy * dy);
      if (range > SEEING_RANGE || dx * forwardX + dy * forwardY < 0.6 * range) continue;
      const known = this.idOfSample.get(s);
      const noise = known === undefined ? 0.05 : 0.02;
      const at = [
        this.surface[3 * s] + this.driftX + this.random.normal(noise),
        this.surface[3 * s + 1] + this.driftY + this.random.normal(noise),
        this.surface[3 * s + 2] + this.random.normal(noise),
      ];
      if (known === undefined && this.random.chance(0.6)) {
        this.idOfSample.set(s, this.nextPoint);
        added.push(this.nextPoint++);
        addedAt.push(...at);
      } else if (known !== undefined && this.random.chance(0.05)) {
        this.idOfSample.delete(s);
        removed.push(known);
      } else if (known !== undefined) {
        moved.push(known);
        movedTo.push(...at);
      }
    }
    return {
      keyframesAdded: { ids: Int32Array.of(this.nextKeyframe++), poses: estimate.slice() },
      keyframesMoved: NO_POSES,
      keyframesRemoved: NO_IDS,
      pointsAdded: { ids: Int32Array.from(added), positions: Float32Array.from(addedAt) },
      pointsMoved: { ids: Int32Array.from(moved), positions: Float32Array.from(movedTo) },
      pointsRemoved: Int32Array.from(removed),
      covisibilityAdded:
        this.nextKeyframe > 1 ? Int32Array.of(this.nextKeyframe - 2, this.nextKeyframe - 1) : NO_IDS,
    };
  }

  /** The pose so many metres along the round, which is driven to and fro. */
  private onRound(metres: number): Pose {
    const corners = this.round.length / 2;
    let left = metres;
    for (let leg = 0; ; leg++) {
      const a = triangle(leg, corners - 1);
      const b = triangle(leg + 1, corners - 1);
      const dx = this.round[2 * b] - this.round[2 * a];
      const dy = this.round[2 * b + 1] - this.round[2 * a + 1];
      const length = Math.sqrt(dx * dx + dy * dy);
      if (left <= length) {
        const share = left / length;
        return planarPose(
          this.round[2 * a] + share * dx,
          this.round[2 * a + 1] + share * dy,
          Math.atan2(dy, dx),
        );
      }
      left -= length;
    }
  }

  private ahead(): Float32Array {
    return Float32Array.from(
      Array.from({ length: 12 }, (_, i) => this.onRound(this.travelled + 0.4 * i)).flatMap((pose) => [
        pose[0],
        pose[1],
      ]),
    );
  }
}

function taskEvent(time: number, agent: number, task: Task, previous: Task): MissionEvent {
  const values = [
    { task: { kind: 'map' } as const, value: 0.4 },
    { task, value: 0.7 },
  ];
  return {
    type: 'task',
    time,
    agent,
    reason: time === 0 ? 'start' : 'epoch',
    decision: { task, values },
    previous,
  };
}

function metricsAt(time: number, seconds: number): MissionEvent {
  const coverage = 1 - Math.exp((-3 * time) / seconds);
  const trouble =
    time > LOST_FROM && time < LOST_UNTIL + 5 ? 0.15 * Math.sin(((time - LOST_FROM) / 20) * Math.PI) : 0;
  return {
    type: 'metrics',
    time,
    coverage,
    accurateCoverage: Math.max(0, 0.92 * coverage - trouble),
    teamAte: 0.04 + 0.0004 * time + 2 * trouble,
  };
}

function surfaceSamples(random: Random, count: number): Float32Array {
  const boxes = OFFICE.length / 7;
  return Float32Array.from(
    Array.from({ length: count }, () => {
      const at = 7 * random.int(boxes);
      const [x, y, z, hx, hy, hz, yaw] = OFFICE.slice(at, at + 7);
      const u = random.chance(hx / (hx + hy)) ? [random.uniform(-hx, hx), hy] : [hx, random.uniform(-hy, hy)];
      const side = random.chance(0.5) ? 1 : -1;
      const [px, py] = [side * u[0], side * u[1]];
      return [
        x + Math.cos(yaw) * px - Math.sin(yaw) * py,
        y + Math.sin(yaw) * px + Math.cos(yaw) * py,
        z + random.uniform(-hz, hz),
      ];
    }).flat(),
  );
}

function wall(x1: number, y1: number, x2: number, y2: number): number[] {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const middle = [(x1 + x2) / 2, (y1 + y2) / 2, WALL_HEIGHT / 2];
  return [...middle, length / 2 + 0.06, 0.06, WALL_HEIGHT / 2, Math.atan2(y2 - y1, x2 - x1)];
}

function desk(x: number, y: number, yaw: number): number[] {
  return [x, y, 0.37, 0.8, 0.4, 0.37, yaw];
}

/** 0, 1, … n, n−1, … 0, 1, … */
function triangle(i: number, n: number): number {
  const phase = i % (2 * n);
  return phase <= n ? phase : 2 * n - phase;
}
