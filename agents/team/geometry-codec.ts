import type { Pose } from '../../base/se3.ts';
import type { ByteReader, ByteWriter } from '../radio/bytes.ts';

/**
 * A pose in 21 bytes: the position as three float32, and of the quaternion the three smallest parts in 23 bits each, so that a chain
 * of a thousand is as good as before. A covariance in 42: six standard deviations in logarithmic steps, and what is below the
 * diagonal of the Cholesky factor of the correlations, so that whatever is decoded is positive definite or refused.
 */

/** The three smallest parts of a unit quaternion are at most this. */
const LARGEST_SMALL = Math.SQRT1_2;
const QUATERNION_STEPS = 0x3fffff;
/** Two of the three words say in their highest bit which part was left out. */
const WORD_BITS = 23;
const WORD = 0x7fffff;
/** By how much the square of a unit quaternion's length may be wrong. */
const UNIT = 1e-3;

/** @throws RangeError where the quaternion is no unit one */
export function writePose(out: ByteWriter, pose: Pose): void {
  const norm = pose[3] * pose[3] + pose[4] * pose[4] + pose[5] * pose[5] + pose[6] * pose[6];
  if (!(Math.abs(norm - 1) < UNIT)) throw new RangeError('a rotation is none');
  for (let i = 0; i < 3; i++) out.f32(pose[i]);
  let largest = 3;
  for (let i = 0; i < 3; i++) if (Math.abs(pose[3 + i]) > Math.abs(pose[3 + largest])) largest = i;
  const sign = pose[3 + largest] < 0 ? -1 : 1;
  let spare = largest;
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue;
    const step = Math.round((sign * pose[3 + i] * QUATERNION_STEPS) / LARGEST_SMALL) + QUATERNION_STEPS;
    out.u24(step | ((spare & 1) << WORD_BITS));
    spare >>= 1;
  }
}

/** @throws RangeError where the bytes are no pose */
export function readPose(bytes: ByteReader): Pose {
  const pose = new Float64Array(7);
  for (let i = 0; i < 3; i++) pose[i] = bytes.f32();
  const words = [bytes.u24(), bytes.u24(), bytes.u24()];
  const largest = (words[0] >> WORD_BITS) | ((words[1] >> WORD_BITS) << 1);
  let rest = 1;
  for (let i = 0, next = 0; i < 4; i++) {
    if (i === largest) continue;
    const part = (((words[next++] & WORD) - QUATERNION_STEPS) / QUATERNION_STEPS) * LARGEST_SMALL;
    pose[3 + i] = part;
    rest -= part * part;
  }
  if (!(rest > 0)) throw new RangeError('a rotation is none');
  pose[3 + largest] = Math.sqrt(rest);
  return pose;
}

const SMALLEST_SIGMA = 1e-9;
/** Ratio of one step to the next, as its logarithm: σ reaches 10⁹. */
const SIGMA_STEP = Math.log(1e18) / 0xfffe;
const UNMEASURED = 0xffff;
const FACTOR_STEPS = 0x7fff;
/** Least share of a variance that the others leave unexplained: what is singular by rounding alone is let pass. */
const LEAST_REST = 1e-8;

/**
 * @param covariance 6×6 row-major; an infinite variance is what was not measured
 * @throws RangeError where it is not positive definite
 */
export function writeCovariance(out: ByteWriter, covariance: Float64Array): void {
  const sigmas = Array.from({ length: 6 }, (_, i) => Math.sqrt(covariance[7 * i]));
  sigmas.forEach((sigma, i) => {
    if (!(sigma > 0))
      throw new RangeError(`its covariance is not positive: ${covariance[7 * i]} stands on the diagonal`);
    const step = Math.ceil(Math.log(Math.max(sigma, SMALLEST_SIGMA) / SMALLEST_SIGMA) / SIGMA_STEP);
    out.u16(sigma === Number.POSITIVE_INFINITY ? UNMEASURED : Math.min(step + 1, UNMEASURED - 1));
  });
  const factor = correlationFactor(covariance, sigmas);
  for (let i = 1; i < 6; i++) {
    for (let j = 0; j < i; j++) out.i16(Math.trunc(factor[6 * i + j] * FACTOR_STEPS));
  }
}

/** Cholesky factor of the correlations; what was not measured is correlated with nothing. */
function correlationFactor(covariance: Float64Array, sigmas: readonly number[]): Float64Array {
  const l = new Float64Array(36);
  for (let i = 0; i < 6; i++) {
    let rest = 1;
    for (let j = 0; j < i; j++) {
      const measured = sigmas[i] * sigmas[j] < Number.POSITIVE_INFINITY;
      let sum = measured ? covariance[6 * i + j] / (sigmas[i] * sigmas[j]) : 0;
      for (let k = 0; k < j; k++) sum -= l[6 * i + k] * l[6 * j + k];
      l[6 * i + j] = sum / l[7 * j];
      rest -= l[6 * i + j] * l[6 * i + j];
    }
    if (!(rest > -LEAST_REST)) throw new RangeError('its covariance is not positive definite');
    if (rest < LEAST_REST) {
      const shrink = Math.sqrt((1 - LEAST_REST) / (1 - rest));
      for (let j = 0; j < i; j++) l[6 * i + j] *= shrink;
      rest = LEAST_REST;
    }
    l[7 * i] = Math.sqrt(rest);
  }
  return l;
}

/** @throws RangeError where the bytes are no positive definite matrix */
export function readCovariance(bytes: ByteReader): Float64Array {
  const sigmas = Array.from({ length: 6 }, () => {
    const step = bytes.u16();
    if (step === 0) throw new RangeError('its covariance is not positive: a variance is 0');
    if (step === UNMEASURED) return Number.POSITIVE_INFINITY;
    return SMALLEST_SIGMA * Math.exp((step - 1) * SIGMA_STEP);
  });
  const l = new Float64Array(36);
  for (let i = 0; i < 6; i++) {
    let rest = 1;
    for (let j = 0; j < i; j++) {
      l[6 * i + j] = bytes.i16() / FACTOR_STEPS;
      rest -= l[6 * i + j] * l[6 * i + j];
    }
    if (!(rest > 0)) throw new RangeError('its covariance is not positive definite');
    l[7 * i] = Math.sqrt(rest);
  }
  return covarianceOf(l, sigmas);
}

function covarianceOf(l: Float64Array, sigmas: readonly number[]): Float64Array {
  const out = new Float64Array(36);
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += l[6 * i + k] * l[6 * j + k];
      const scale = sigmas[i] * sigmas[j];
      const value = i === j || scale < Number.POSITIVE_INFINITY ? scale * sum : 0;
      out[6 * i + j] = value;
      out[6 * j + i] = value;
    }
  }
  return out;
}
