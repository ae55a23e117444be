import type { PlanarTrajectory } from '../../slam/datasets/mrclam.ts';
import type { PlanarPose } from '../../slam/team/colocaliser.ts';

/** Interpolated; of the nearest end outside. */
export function poseAt({ times, x, y, yaw }: PlanarTrajectory, time: number): PlanarPose {
  let after = times.findIndex((other) => other >= time);
  if (after < 0) after = times.length - 1;
  const before = Math.max(0, after - 1);
  const span = times[after] - times[before];
  const share = span > 0 ? Math.min(1, (time - times[before]) / span) : 0;
  const between = (values: Float64Array) => values[before] + share * (values[after] - values[before]);
  const turned = Math.atan2(Math.sin(yaw[after] - yaw[before]), Math.cos(yaw[after] - yaw[before]));
  return [between(x), between(y), yaw[before] + share * turned];
}

/** Holds a robot's positions against the truth at each of the truth's times, without alignment. */
export class PlanarJudge {
  private readonly truth: PlanarTrajectory;
  private readonly first: number;
  private at: number;
  private sum = 0;

  /** @param from seconds; what is before does not count */
  constructor(truth: PlanarTrajectory, from: number) {
    this.truth = truth;
    const first = truth.times.findIndex((time) => time >= from);
    this.first = first < 0 ? truth.times.length : first;
    this.at = this.first;
  }

  /** When the estimate is wanted next; undefined where that is not before `until`. */
  next(until: number): number | undefined {
    const time = this.truth.times[this.at];
    return time < until ? time : undefined;
  }

  /** The estimate at the time that was wanted. */
  hear(pose: ArrayLike<number>): void {
    this.sum += this.squaredError(this.at++, pose[0], pose[1]);
  }

  /** Of what was heard, metres; null where nothing was. */
  rmse(): number | null {
    return this.at > this.first ? Math.sqrt(this.sum / (this.at - this.first)) : null;
  }

  /** Of another estimate at the same times. @param posesAt x, y, yaw at each of them */
  rmseOf(posesAt: (times: Float64Array) => Float64Array): number | null {
    const count = this.at - this.first;
    if (count === 0) return null;
    const poses = posesAt(this.truth.times.subarray(this.first, this.at));
    let sum = 0;
    for (let i = 0; i < count; i++) sum += this.squaredError(this.first + i, poses[3 * i], poses[3 * i + 1]);
    return Math.sqrt(sum / count);
  }

  private squaredError(i: number, x: number, y: number): number {
    const [dx, dy] = [x - this.truth.x[i], y - this.truth.y[i]];
    return dx * dx + dy * dy;
  }
}

/** Root of the mean of the squares of those that are known; null where none is. */
export function rootMeanSquare(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return Math.sqrt(known.reduce((sum, value) => sum + value * value, 0) / known.length);
}
