import { compose } from '../../base/se3.ts';
import { propagate } from '../optimize/covariance.ts';
import type { Keyframe, OdometryEdge } from './keyframe.ts';

/** The way from where the first of two edges in a row starts to where the second ends. */
export function chained(before: OdometryEdge, after: OdometryEdge): OdometryEdge {
  return {
    from: before.from,
    delta: compose(before.delta, after.delta),
    covariance: propagate(before.covariance, after.delta, after.covariance),
  };
}

/** Where what an edge starts from was culled since, the way from the living keyframe before that, if wheels measured it. */
export function fromLiving(edge: OdometryEdge | null): OdometryEdge | null {
  let living = edge;
  while (living?.from.culled) living = living.from.odometry && chained(living.from.odometry, living);
  return living;
}

/** A keyframe goes: the edges before and after it become one. */
export function bridgeOdometry(keyframe: Keyframe): void {
  const { odometry: before, odometryNext: next } = keyframe;
  if (before) before.from.odometryNext = next;
  if (!next?.odometry) return;
  const after = next.odometry;
  next.odometry = before && chained(before, after);
}
