import type { Pose } from '../../base/se3.ts';
import { isPositive } from './covariance.ts';

/** A pose and how surely it is known. */
export interface UncertainPose {
  readonly worldFromBody: Pose;
  /** 6×6 row-major, of a right perturbation; infinite variances are what is not known. */
  readonly covariance: Float64Array;
}

/** Whether a 6×6 covariance is positive definite, apart from directions of infinite variance, of which nothing is known. */
export function isUncertainty(covariance: Float64Array): boolean {
  if (covariance.length !== 36) return false;
  const isKnown = (i: number) => covariance[7 * i] !== Number.POSITIVE_INFINITY;
  const known = covariance.map((value, at) => {
    const [i, j] = [Math.floor(at / 6), at % 6];
    if (isKnown(i) && isKnown(j)) return value;
    return i === j ? 1 : 0;
  });
  return isPositive(known);
}
