import { type Alignment, alignmentOf, applyAlignment } from './align.ts';
import { associate, type Trajectory } from './trajectory.ts';

/** Absolute and relative pose error with evo's definitions (Grupp, evo, 2017; Sturm et al., IROS 2012). */

export interface Statistics {
  readonly rmse: number;
  readonly mean: number;
  readonly median: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
}

export interface PoseErrors {
  readonly translation: Statistics;
  readonly rotationDeg: Statistics;
}

export interface Evaluation {
  /** Pose pairs compared. */
  readonly pairs: number;
  readonly ape: PoseErrors;
  readonly rpe: { readonly perFrame: PoseErrors; readonly per1m: PoseErrors };
  readonly scale: number;
}

/**
 * Compares estimates with truths, all under one alignment.
 * @throws RangeError where no poses lie within `maxDifference` seconds of each other
 */
export function evaluate(
  estimates: readonly Trajectory[],
  truths: readonly Trajectory[],
  alignment: Alignment,
  maxDifference = 0.01,
): Evaluation {
  const matched = estimates.map((estimate, i) => associate(estimate, truths[i], maxDifference));
  const pairs = matched.reduce((sum, { truth }) => sum + truth.times.length, 0);
  if (pairs === 0) throw new RangeError(`no estimated pose is within ${maxDifference} s of a true one`);
  const similarity = alignmentOf(
    matched.map(({ estimate }) => estimate),
    matched.map(({ truth }) => truth),
    alignment,
  );
  const aligned = matched.map(({ estimate, truth }) => ({
    estimate: applyAlignment(estimate, similarity),
    truth,
  }));
  return {
    pairs,
    ape: gather(aligned, absoluteErrors),
    rpe: {
      perFrame: gather(aligned, (e, t) => relativeErrors(e, t, consecutive(e))),
      per1m: gather(aligned, (e, t) => relativeErrors(e, t, alongPath(e, 1))),
    },
    scale: similarity.scale,
  };
}

interface Errors {
  readonly translation: number[];
  readonly rotationDeg: number[];
}

function gather(
  matched: readonly { estimate: Trajectory; truth: Trajectory }[],
  errorsOf: (estimate: Trajectory, truth: Trajectory) => Errors,
): PoseErrors {
  const all = matched.map(({ estimate, truth }) => errorsOf(estimate, truth));
  return {
    translation: statisticsOf(all.flatMap(({ translation }) => translation)),
    rotationDeg: statisticsOf(all.flatMap(({ rotationDeg }) => rotationDeg)),
  };
}

function absoluteErrors(estimate: Trajectory, truth: Trajectory): Errors {
  const errors: Errors = { translation: [], rotationDeg: [] };
  for (let i = 0; i < estimate.times.length; i++) {
    const a = at(truth, i);
    const b = at(estimate, i);
    errors.translation.push(Math.hypot(b[3] - a[3], b[7] - a[7], b[11] - a[11]));
    errors.rotationDeg.push(degrees(between(a, b)));
  }
  return errors;
}

function relativeErrors(
  estimate: Trajectory,
  truth: Trajectory,
  pairs: readonly (readonly [number, number])[],
): Errors {
  const errors: Errors = { translation: [], rotationDeg: [] };
  for (const [i, j] of pairs) {
    const expected = between(at(truth, i), at(truth, j));
    const error = between(expected, between(at(estimate, i), at(estimate, j)));
    errors.translation.push(Math.hypot(error[3], error[7], error[11]));
    errors.rotationDeg.push(degrees(error));
  }
  return errors;
}

function consecutive(trajectory: Trajectory): [number, number][] {
  return Array.from({ length: Math.max(0, trajectory.times.length - 1) }, (_, i) => [i, i + 1]);
}

/** Pairs of marks along the estimated path, one every `delta` metres; like evo, the start of the path is no mark. */
function alongPath(trajectory: Trajectory, delta: number): [number, number][] {
  const pairs: [number, number][] = [];
  let start = -1;
  let path = 0;
  for (let i = 1; i < trajectory.times.length; i++) {
    const [a, b] = [at(trajectory, i - 1), at(trajectory, i)];
    path += Math.hypot(b[3] - a[3], b[7] - a[7], b[11] - a[11]);
    if (path < delta) continue;
    if (start >= 0) pairs.push([start, i]);
    start = i;
    path = 0;
  }
  return pairs;
}

function at(trajectory: Trajectory, i: number): Float64Array {
  return trajectory.matrices.subarray(12 * i, 12 * i + 12);
}

/** a⁻¹ · b of 3×4 matrices. */
function between(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(12);
  const d = [b[3] - a[3], b[7] - a[7], b[11] - a[11]];
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      out[4 * row + column] = a[row] * b[column] + a[4 + row] * b[4 + column] + a[8 + row] * b[8 + column];
    }
    out[4 * row + 3] = a[row] * d[0] + a[4 + row] * d[1] + a[8 + row] * d[2];
  }
  return out;
}

/** Rotation angle; from both sine and cosine, so that small angles keep their digits. */
function degrees(m: Float64Array): number {
  const sine = Math.hypot(m[9] - m[6], m[2] - m[8], m[4] - m[1]) / 2;
  const cosine = (m[0] + m[5] + m[10] - 1) / 2;
  return (Math.atan2(sine, cosine) * 180) / Math.PI;
}

export function statisticsOf(values: readonly number[]): Statistics {
  const n = values.length;
  const none = Number.NaN;
  if (n === 0) return { rmse: none, mean: none, median: none, std: none, min: none, max: none };
  const sorted = [...values].sort((a, b) => a - b);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const square = values.reduce((sum, value) => sum + value * value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / n;
  return {
    rmse: Math.sqrt(square),
    mean,
    median: n % 2 ? sorted[n >> 1] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2,
    std: Math.sqrt(variance),
    min: sorted[0],
    max: sorted[n - 1],
  };
}
