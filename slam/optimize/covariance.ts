import { adjoint, inverse, type Pose } from '../../base/se3.ts';

/** 6×6 row-major covariances of right perturbations, `[translation, rotation]`. */

/** Covariance of `pose · delta` from that of `pose` and of `delta`. `out` may be `covariance`. */
export function propagate(
  covariance: Float64Array,
  delta: Pose,
  deltaCovariance: Float64Array,
  out: Float64Array = new Float64Array(36),
): Float64Array {
  const moved = conjugate(adjoint(inverse(delta)), covariance);
  for (let i = 0; i < 36; i++) out[i] = moved[i] + deltaCovariance[i];
  return out;
}

/** `M · C · Mᵀ`. */
export function conjugate(m: Float64Array, c: Float64Array): Float64Array {
  const half = new Float64Array(36);
  const out = new Float64Array(36);
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum += m[6 * i + k] * c[6 * k + j];
      half[6 * i + j] = sum;
    }
  }
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum += half[6 * i + k] * m[6 * j + k];
      out[6 * i + j] = sum;
    }
  }
  return out;
}

/** Inverse of a symmetric positive definite 6×6; directions without information get the variance `ceiling`. */
export function invertInformation(information: Float64Array, ceiling = 1e6): Float64Array {
  const l = information.slice();
  for (let i = 0; i < 6; i++) l[7 * i] += 1 / ceiling;
  for (let j = 0; j < 6; j++) {
    for (let k = 0; k < j; k++) l[7 * j] -= l[6 * j + k] * l[6 * j + k];
    l[7 * j] = Math.sqrt(Math.max(l[7 * j], 1 / ceiling));
    for (let i = j + 1; i < 6; i++) {
      for (let k = 0; k < j; k++) l[6 * i + j] -= l[6 * i + k] * l[6 * j + k];
      l[6 * i + j] /= l[7 * j];
    }
  }
  const out = new Float64Array(36);
  const column = new Float64Array(6);
  for (let c = 0; c < 6; c++) {
    column.fill(0);
    column[c] = 1;
    for (let i = 0; i < 6; i++) {
      for (let k = 0; k < i; k++) column[i] -= l[6 * i + k] * column[k];
      column[i] /= l[7 * i];
    }
    for (let i = 5; i >= 0; i--) {
      for (let k = i + 1; k < 6; k++) column[i] -= l[6 * k + i] * column[k];
      column[i] /= l[7 * i];
      out[6 * i + c] = column[i];
    }
  }
  return out;
}

/** Whether a symmetric 6×6 is positive definite. */
export function isPositive(matrix: Float64Array): boolean {
  const l = matrix.slice();
  for (let j = 0; j < 6; j++) {
    for (let k = 0; k < j; k++) l[7 * j] -= l[6 * j + k] * l[6 * j + k];
    if (!(l[7 * j] > 0)) return false;
    l[7 * j] = Math.sqrt(l[7 * j]);
    for (let i = j + 1; i < 6; i++) {
      for (let k = 0; k < j; k++) l[6 * i + j] -= l[6 * i + k] * l[6 * j + k];
      l[6 * i + j] /= l[7 * j];
    }
  }
  return true;
}

/** Squared distance `eᵀ C⁻¹ e` of a 6-vector. */
export function mahalanobis(error: ArrayLike<number>, covariance: Float64Array): number {
  const information = invertInformation(covariance);
  let sum = 0;
  for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) sum += error[i] * information[6 * i + j] * error[j];
  return sum;
}

/** Standard deviation of the position: root of the trace of the translation block, metres. */
export function positionSigma(covariance: Float64Array): number {
  return Math.sqrt(Math.max(0, covariance[0] + covariance[7] + covariance[14]));
}
