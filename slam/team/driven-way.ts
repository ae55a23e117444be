import { planarPose, wrapAngle } from '../../base/se3.ts';
import type { PlanarPose } from './colocaliser.ts';
import type { TeamGraph } from './team-graph.ts';
import { CALIBRATION_SIZE, WheelIncrement, type WheelNoise } from './wheel-increment.ts';
import { type WheelCommands, WheelRecord } from './wheel-record.ts';

/** All that one robot did. */
export interface DrivenRobot {
  readonly start: PlanarPose;
  /** Seconds. */
  readonly startTime: number;
  readonly commands: WheelCommands;
  /** By `CALIBRATION`: what was found on the way. */
  readonly calibration: ArrayLike<number>;
}

/** Sightings of a robot, by it or of it, within so many seconds hang on one node of its trajectory. */
const NODE_S = 1;
/** Wheels are never surer than this of a way: metres and radians. */
const STILL = 1e-4;

/** A robot saw or was seen, and was thought to be somewhere. */
export interface Moment {
  readonly time: number;
  readonly pose: PlanarPose;
}

/** One robot's trajectory by its wheels alone, and where on it the nodes of the graph are. */
export class DrivenWay {
  /** Of the nodes. */
  readonly times: Float64Array;
  readonly robot: DrivenRobot;
  private readonly noise: WheelNoise;
  private readonly delay: number;
  /** By wheels alone at the nodes, 3 each. */
  private readonly reckoned: Float64Array;
  /** By wheels alone at the moments of sightings. */
  private readonly seenFrom = new Map<number, PlanarPose>();
  /** Of each node, the last moment in its cell. */
  private readonly last = new Map<number, Moment>();

  constructor(robot: DrivenRobot, moments: readonly Moment[], noise: WheelNoise, delay: number) {
    this.robot = robot;
    this.noise = noise;
    this.delay = delay;
    const cells = new Set(moments.map(({ time }) => this.cellOf(time)));
    const middles = [...cells].sort((a, b) => a - b).map((cell) => this.middleOf(cell));
    this.times = Float64Array.of(robot.startTime, ...middles);
    this.reckoned = this.reckon(this.times);
    const times = Float64Array.from(new Set(moments.map(({ time }) => time))).sort();
    const there = this.reckon(times);
    times.forEach((time, i) => {
      this.seenFrom.set(time, [there[3 * i], there[3 * i + 1], there[3 * i + 2]]);
    });
    for (const moment of moments) this.last.set(this.near(moment.time).index, moment);
  }

  addTo(graph: TeamGraph, agent: number): void {
    const { times } = this;
    const way = new WheelIncrement(this.noise);
    const record = new WheelRecord(this.robot.commands, this.delay);
    for (let index = 0; index < times.length; index++) {
      const worldFromBody = planarPose(...this.thoughtAt(index));
      graph.addNode({ agent, index, time: times[index], keyframe: -1, worldFromBody });
      if (index === 0) continue;
      way.restart(this.robot.calibration);
      record.drive(times[index - 1], times[index], way);
      graph.addEdge({
        kind: 'wheels',
        from: { agent, index: index - 1 },
        to: { agent, index },
        fromFromTo: planarPose(way.x, way.y, way.yaw),
        covariance: planar(covarianceFromEnd(way)),
        byCalibration: calibrationFromEnd(way),
      });
    }
  }

  /** The node a moment of a sighting hangs on, and the robot's pose then in that node's frame. */
  near(time: number): { index: number; nodeFromThen: PlanarPose } {
    const index = this.times.indexOf(this.middleOf(this.cellOf(time)));
    const [x, y, yaw] = this.seenFrom.get(time)!;
    const [nx, ny, nyaw] = this.reckoned.subarray(3 * index, 3 * index + 3);
    const [c, s] = [Math.cos(nyaw), Math.sin(nyaw)];
    return { index, nodeFromThen: [c * (x - nx) + s * (y - ny), c * (y - ny) - s * (x - nx), yaw - nyaw] };
  }

  /** Where the robot was thought to be at a node. */
  private thoughtAt(index: number): PlanarPose {
    const moment = this.last.get(index);
    if (!moment) return this.robot.start;
    const [x, y, yaw] = this.near(moment.time).nodeFromThen;
    const heading = moment.pose[2] - yaw;
    const [c, s] = [Math.cos(heading), Math.sin(heading)];
    return [moment.pose[0] - c * x + s * y, moment.pose[1] - s * x - c * y, heading];
  }

  private cellOf(time: number): number {
    return Math.floor((time - this.robot.startTime) / NODE_S);
  }

  private middleOf(cell: number): number {
    return this.robot.startTime + (cell + 0.5) * NODE_S;
  }

  /** The way by wheels, bent so that it leads through the nodes. */
  blend(nodes: readonly PlanarPose[], times: Float64Array, calibration: Float64Array): Float64Array {
    const atNodes = this.reckon(this.times, calibration);
    const out = this.reckon(times, calibration);
    let before = 0;
    for (let i = 0; i < times.length; i++) {
      while (before + 1 < nodes.length && this.times[before + 1] <= times[i]) before++;
      const after = Math.min(before + 1, nodes.length - 1);
      const span = this.times[after] - this.times[before];
      const share = span > 0 ? Math.max(0, times[i] - this.times[before]) / span : 0;
      const there = out.subarray(3 * i, 3 * i + 3);
      const a = carried(atNodes.subarray(3 * before), nodes[before], there);
      const b = carried(atNodes.subarray(3 * after), nodes[after], there);
      for (let k = 0; k < 3; k++) there[k] = a[k] + share * (b[k] - a[k]);
    }
    return out;
  }

  /** By wheels alone from the start on, at times that rise, 3 each. */
  private reckon(times: Float64Array, calibration: ArrayLike<number> = this.robot.calibration): Float64Array {
    const { start, startTime, commands } = this.robot;
    const record = new WheelRecord(commands, this.delay);
    const way = new WheelIncrement(this.noise, calibration);
    const [c, s] = [Math.cos(start[2]), Math.sin(start[2])];
    const out = new Float64Array(3 * times.length);
    let now = startTime;
    for (let i = 0; i < times.length; i++) {
      record.drive(now, times[i], way);
      now = Math.max(now, times[i]);
      out[3 * i] = start[0] + c * way.x - s * way.y;
      out[3 * i + 1] = start[1] + s * way.x + c * way.y;
      out[3 * i + 2] = start[2] + way.yaw;
    }
    return out;
  }
}

/** Where a pose by wheels is if a node is not where wheels had it, at `reckoned`, but at `node`. */
function carried(reckoned: ArrayLike<number>, node: PlanarPose, there: ArrayLike<number>): PlanarPose {
  const turned = wrapAngle(node[2] - reckoned[2]);
  const [c, s] = [Math.cos(turned), Math.sin(turned)];
  const [dx, dy] = [there[0] - reckoned[0], there[1] - reckoned[1]];
  return [node[0] + c * dx - s * dy, node[1] + s * dx + c * dy, there[2] + turned];
}

/** A way's covariance as a right perturbation: in the frame of its end. */
function covarianceFromEnd({ yaw, covariance: q }: WheelIncrement): number[] {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const still = STILL * STILL;
  const xx = c * c * q[0] + 2 * c * s * q[1] + s * s * q[4] + still;
  const xy = c * s * (q[4] - q[0]) + (c * c - s * s) * q[1];
  const yy = s * s * q[0] - 2 * c * s * q[1] + c * c * q[4] + still;
  const xt = c * q[2] + s * q[5];
  const yt = c * q[5] - s * q[2];
  return [xx, xy, xt, xy, yy, yt, xt, yt, q[8] + still];
}

/** How a way's end moves with the calibration, 6×k, as a right perturbation. */
function calibrationFromEnd({ yaw, byCalibration: j }: WheelIncrement): Float64Array {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const out = new Float64Array(6 * CALIBRATION_SIZE);
  for (let k = 0; k < CALIBRATION_SIZE; k++) {
    out[k] = c * j[k] + s * j[3 + k];
    out[CALIBRATION_SIZE + k] = c * j[3 + k] - s * j[k];
    out[5 * CALIBRATION_SIZE + k] = j[6 + k];
  }
  return out;
}

/** 6×6 of a pose on the plane from 3×3 of x, y, yaw; the rest is certain. */
export function planar(covariance: readonly number[]): Float64Array {
  const axes = [0, 1, 5];
  const out = new Float64Array(36);
  axes.forEach((i, r) => {
    axes.forEach((k, c) => {
      out[6 * i + k] = covariance[3 * r + c];
    });
  });
  return out;
}
