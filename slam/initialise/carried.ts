import { between, compose, distance, type Pose } from '../../base/se3.ts';
import type { OdometryIncrement } from '../../base/sensors.ts';
import { propagate } from '../optimize/covariance.ts';

/** Where the body was at a frame, as far as wheels tell: without, it stands still. */
export interface Carried {
  /** The frame's place in the order of all frames. */
  readonly index: number;
  readonly worldFromBody: Pose;
  /** 6×6 of `worldFromBody`, right perturbation. */
  readonly covariance: Float64Array;
  /** Odometry since the newest keyframe; null where there are no wheels, or nothing happened yet. */
  readonly sinceKeyframe: OdometryIncrement | null;
}

/** What wheels measured between two frames, neither of them a keyframe yet; null where there are no wheels. */
export function incrementBetween(earlier: Carried, later: Carried): OdometryIncrement | null {
  if (!later.sinceKeyframe) return null;
  const delta = between(earlier.worldFromBody, later.worldFromBody);
  const until = earlier.sinceKeyframe?.covariance ?? new Float64Array(36);
  const grown = propagate(until, delta, new Float64Array(36));
  return { delta, covariance: later.sinceKeyframe.covariance.map((value, i) => value - grown[i]) };
}

/** Metres between two frames' cameras as wheels have it; infinite where there are none. */
export function wayBetween(earlier: Carried, later: Carried, bodyFromCamera: Pose): number {
  if (!later.sinceKeyframe) return Number.POSITIVE_INFINITY;
  const [a, b] = [earlier, later].map((one) => compose(one.worldFromBody, bodyFromCamera));
  return distance(a, b);
}
