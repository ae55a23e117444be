import { between, compose, exp, log, type Pose } from '../../base/se3.ts';
import { invertInformation, isPositive } from './covariance.ts';

/** A pose and its 6×6 covariance (right perturbation). */
export interface UncertainPose {
  readonly worldFromBody: Pose;
  /** An infinite variance is what is not known at all: its row and column do not count. */
  readonly covariance: Float64Array;
}

/** Steps of the search for the best weight, by golden section, and of the mean on the manifold. */
const SEARCH = 24;
const GOLDEN = 0.6180339887498949;
const STEPS = 5;

/**
 * Two estimates of one pose that may share what they were made from, nobody knows how much: covariance intersection (Julier, Uhlmann,
 * ACC 1997). The weight is the one that leaves the smallest determinant; the result is never surer than it may be.
 */
export function intersect(a: UncertainPose, b: UncertainPose): UncertainPose {
  const [fromA, fromB] = [informationOf(a.covariance), informationOf(b.covariance)];
  const mixed = (share: number) => fromA.map((value, i) => share * value + (1 - share) * fromB[i]);
  const share = largest((weight) => logDeterminant(mixed(weight)));
  const covariance = invertInformation(mixed(share));
  const mean: Pose = a.worldFromBody.slice();
  for (let n = 0; n < STEPS; n++) {
    const [toA, toB] = [log(between(mean, a.worldFromBody)), log(between(mean, b.worldFromBody))];
    const pull = new Float64Array(6);
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 6; j++)
        pull[i] += share * fromA[6 * i + j] * toA[j] + (1 - share) * fromB[6 * i + j] * toB[j];
    }
    const step = pull.map((_, i) => {
      let sum = 0;
      for (let j = 0; j < 6; j++) sum += covariance[6 * i + j] * pull[j];
      return sum;
    });
    compose(mean, exp(step), mean);
  }
  return { worldFromBody: mean, covariance };
}

/** Whether a pose is known in every direction. */
export function isWhole(covariance: Float64Array): boolean {
  return covariance.every(Number.isFinite);
}

/** Whether it is positive definite, apart from what is not known at all. */
export function isUncertainty(covariance: Float64Array): boolean {
  return covariance.length === 36 && isPositive(knownBlock(covariance, 1));
}

/** Inverse of a covariance; directions of infinite variance have no information. */
function informationOf(covariance: Float64Array): Float64Array {
  const inverted = invertInformation(knownBlock(covariance, 1), Number.POSITIVE_INFINITY);
  return knownBlock(inverted, 0, covariance);
}

/** Of a matrix what belongs to directions of finite variance; the others have this on the diagonal, and nothing beside it. */
function knownBlock(matrix: Float64Array, diagonal: number, covariance = matrix): Float64Array {
  const isKnown = (i: number) => covariance[7 * i] !== Number.POSITIVE_INFINITY;
  return matrix.map((value, at) => {
    const [i, j] = [Math.floor(at / 6), at % 6];
    if (isKnown(i) && isKnown(j)) return value;
    return i === j ? diagonal : 0;
  });
}

/** Where in [0, 1] a function with one peak is largest. */
function largest(of: (x: number) => number): number {
  let [low, high] = [0, 1];
  let [left, right] = [high - GOLDEN, low + GOLDEN];
  let [atLeft, atRight] = [of(left), of(right)];
  for (let n = 0; n < SEARCH; n++) {
    if (atLeft >= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = of(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = of(right);
    }
  }
  const middle = (low + high) / 2;
  return [0, 1].reduce((best, end) => (of(end) >= of(best) ? end : best), middle);
}

/** Of a symmetric positive definite 6×6; −∞ where it is not. */
function logDeterminant(matrix: Float64Array): number {
  const l = matrix.slice();
  let sum = 0;
  for (let j = 0; j < 6; j++) {
    for (let k = 0; k < j; k++) l[7 * j] -= l[6 * j + k] * l[6 * j + k];
    if (!(l[7 * j] > 0)) return Number.NEGATIVE_INFINITY;
    sum += Math.log(l[7 * j]);
    l[7 * j] = Math.sqrt(l[7 * j]);
    for (let i = j + 1; i < 6; i++) {
      for (let k = 0; k < j; k++) l[6 * i + j] -= l[6 * i + k] * l[6 * j + k];
      l[6 * i + j] /= l[7 * j];
    }
  }
  return sum;
}
