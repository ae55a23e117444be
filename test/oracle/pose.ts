import type { Pose } from '../../base/se3.ts';
import type { PoseProblem, PoseResult } from '../../slam/kernels/kernels.ts';
import { multiply, solveCholesky, transpose } from './dense.ts';
import { CHI2_MONO, CHI2_STEREO, huber, perturb, priorResidual, reproject } from './residuals.ts';

const ROUNDS = 4;
const STEPS = 10;
const ROBUST_ROUNDS = 2;
const SMALL_STEP = 1e-10;

/** See `Kernels.optimizePose`. */
export function optimizePose(problem: PoseProblem): PoseResult {
  problem.inlier.fill(1, 0, problem.count);
  let inliers = problem.count;
  for (let round = 0; round < ROUNDS; round++) {
    const robust = round < ROBUST_ROUNDS;
    descend(problem, robust);
    const before = inliers;
    inliers = classify(problem);
    if (robust || inliers !== before) continue;
    break;
  }
  const { information, cost } = linearize(problem, problem.cameraFromWorld, false);
  return { inliers, cost, information };
}

/** Gauss-Newton with Levenberg's damping where a step does not pay. The step that is too small to matter is the last, and taken unseen. */
function descend(problem: PoseProblem, robust: boolean): void {
  const pose = problem.cameraFromWorld;
  let damping = 0;
  let { information, gradient, cost } = linearize(problem, pose, robust);
  for (let step = 0; step < STEPS; step++) {
    const damped = information.map((value, i) => (i % 7 === 0 ? value * (1 + damping) : value));
    const delta = solveCholesky(
      damped,
      gradient.map((value) => -value),
      6,
    );
    if (!delta) return;
    const candidate = pose.slice();
    perturb(candidate, delta);
    if (delta.reduce((sum, value) => sum + value * value, 0) < SMALL_STEP) {
      pose.set(candidate);
      return;
    }
    const next = linearize(problem, candidate, robust);
    if (next.cost <= cost) {
      pose.set(candidate);
      ({ information, gradient, cost } = next);
      damping = damping < 1e-6 ? 0 : damping / 10;
    } else {
      damping = damping === 0 ? 1e-4 : damping * 10;
    }
  }
}

function linearize(problem: PoseProblem, pose: Pose, robust: boolean) {
  const information = new Float64Array(36);
  const gradient = new Float64Array(6);
  let cost = 0;
  const add = (jacobian: Float64Array, weighted: Float64Array, residual: Float64Array, size: number) => {
    const transposed = transpose(jacobian, size, 6);
    const h = multiply(transposed, multiply(weighted, jacobian, size, size, 6), 6, size, 6);
    const g = multiply(transposed, multiply(weighted, residual, size, size, 1), 6, size, 1);
    for (let i = 0; i < 36; i++) information[i] += h[i];
    for (let i = 0; i < 6; i++) gradient[i] += g[i];
  };
  for (let i = 0; i < problem.count; i++) {
    if (!problem.inlier[i]) continue;
    const r = reproject(
      problem.camera,
      pose,
      problem.points.subarray(3 * i),
      problem.observations.subarray(4 * i),
    );
    if (!r) continue;
    const { cost: loss, weight } = robust
      ? huber(chi2Of(r.residual, problem.inverseSigma2[i]), r.size === 3 ? CHI2_STEREO : CHI2_MONO)
      : { cost: chi2Of(r.residual, problem.inverseSigma2[i]) / 2, weight: 1 };
    cost += loss;
    const diagonal = new Float64Array(r.size * r.size);
    for (let k = 0; k < r.size; k++) diagonal[r.size * k + k] = weight * problem.inverseSigma2[i];
    add(r.byPose, diagonal, r.residual, r.size);
  }
  if (problem.prior) {
    const { residual, byPose } = priorResidual(pose, problem.prior.cameraFromWorld);
    const weighted = multiply(problem.prior.information, residual, 6, 6, 1);
    for (let k = 0; k < 6; k++) cost += (residual[k] * weighted[k]) / 2;
    add(byPose, problem.prior.information, residual, 6);
  }
  return { information, gradient, cost };
}

function chi2Of(residual: Float64Array, inverseSigma2: number): number {
  return residual.reduce((sum, value) => sum + value * value, 0) * inverseSigma2;
}

function classify(problem: PoseProblem): number {
  let inliers = 0;
  for (let i = 0; i < problem.count; i++) {
    const r = reproject(
      problem.camera,
      problem.cameraFromWorld,
      problem.points.subarray(3 * i),
      problem.observations.subarray(4 * i),
    );
    const bound = r?.size === 3 ? CHI2_STEREO : CHI2_MONO;
    problem.inlier[i] = r && chi2Of(r.residual, problem.inverseSigma2[i]) <= bound ? 1 : 0;
    inliers += problem.inlier[i];
  }
  return inliers;
}
