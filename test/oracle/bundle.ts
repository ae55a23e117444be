import type { BundleProblem, BundleResult } from '../../slam/kernels/kernels.ts';
import { multiply, solveCholesky, transpose } from './dense.ts';
import { CHI2_MONO, CHI2_STEREO, edgeResidual, huber, perturb, reproject } from './residuals.ts';

const FIRST_LAMBDA = 1e-4;
const STOP_RATIO = 1e-6;

/** See `Kernels.bundleAdjust`: here the whole normal matrix is built and solved, points included, without Schur. */
export function bundleAdjust(problem: BundleProblem): BundleResult {
  const initialCost = evaluate(problem, problem.poses, problem.points, true);
  let iterations = descend(problem, problem.iterations, true);
  setOutliersAside(problem);
  iterations += descend(problem, problem.refineIterations, false);
  const finalCost = evaluate(problem, problem.poses, problem.points, false);
  setOutliersAside(problem);
  return { initialCost, finalCost, iterations };
}

/** Levenberg-Marquardt with Nielsen's schedule; returns the number of steps taken. */
function descend(problem: BundleProblem, steps: number, robust: boolean): number {
  let lambda = FIRST_LAMBDA;
  let raise = 2;
  let cost = evaluate(problem, problem.poses, problem.points, robust);
  for (let step = 0; step < steps; step++) {
    const system = linearize(problem, robust);
    const damped = system.h.slice();
    for (let i = 0; i < system.size; i++) damped[system.size * i + i] *= 1 + lambda;
    for (let i = 0; i < system.size; i++)
      if (damped[system.size * i + i] === 0) damped[system.size * i + i] = 1;
    const delta = solveCholesky(
      damped,
      system.g.map((value) => -value),
      system.size,
    );
    if (!delta) {
      lambda *= raise;
      raise *= 2;
      continue;
    }
    const poses = problem.poses.slice();
    const points = problem.points.slice();
    system.poseColumn.forEach((column, k) => {
      if (column >= 0) perturb(poses.subarray(7 * k, 7 * k + 7), delta.subarray(column, column + 6));
    });
    for (let i = 0; i < points.length; i++) points[i] += delta[system.pointColumn + i];
    const next = evaluate(problem, poses, points, robust);
    if (next < cost) {
      let predicted = 0;
      for (let i = 0; i < system.size; i++) {
        predicted += 0.5 * delta[i] * (lambda * system.h[system.size * i + i] * delta[i] - system.g[i]);
      }
      const gain = (cost - next) / predicted;
      const t = 2 * gain - 1;
      lambda *= Math.max(1 / 3, 1 - t * t * t);
      raise = 2;
      problem.poses.set(poses);
      problem.points.set(points);
      const decrease = cost - next;
      cost = next;
      if (decrease <= STOP_RATIO * cost) return step + 1;
    } else {
      lambda *= raise;
      raise *= 2;
    }
  }
  return steps;
}

function observe(problem: BundleProblem, i: number, poses: Float64Array, points: Float64Array) {
  const pose = problem.observationPose[i];
  const point = problem.observationPoint[i];
  return reproject(
    problem.camera,
    poses.subarray(7 * pose, 7 * pose + 7),
    points.subarray(3 * point, 3 * point + 3),
    problem.observations.subarray(4 * i, 4 * i + 4),
  );
}

function lossOf(problem: BundleProblem, i: number, residual: Float64Array, robust: boolean) {
  const chi2 = residual.reduce((sum, value) => sum + value * value, 0) * problem.inverseSigma2[i];
  if (!robust) return { cost: chi2 / 2, weight: 1 };
  return huber(chi2, residual.length === 3 ? CHI2_STEREO : CHI2_MONO);
}

function evaluate(
  problem: BundleProblem,
  poses: Float64Array,
  points: Float64Array,
  robust: boolean,
): number {
  let cost = 0;
  for (let i = 0; i < problem.observationPose.length; i++) {
    if (problem.outlier[i]) continue;
    const r = observe(problem, i, poses, points);
    if (r) cost += lossOf(problem, i, r.residual, robust).cost;
  }
  const edges = problem.edges;
  for (let e = 0; edges && e < edges.from.length; e++) {
    const { residual } = edgeResidual(
      poses.subarray(7 * edges.from[e], 7 * edges.from[e] + 7),
      poses.subarray(7 * edges.to[e], 7 * edges.to[e] + 7),
      edges.measured.subarray(7 * e, 7 * e + 7),
    );
    const weighted = multiply(edges.information.subarray(36 * e, 36 * e + 36), residual, 6, 6, 1);
    for (let k = 0; k < 6; k++) cost += (residual[k] * weighted[k]) / 2;
  }
  return cost;
}

function linearize(problem: BundleProblem, robust: boolean) {
  const poseColumn: number[] = [];
  let pointColumn = 0;
  for (const fixed of problem.fixed) {
    poseColumn.push(fixed ? -1 : pointColumn);
    if (!fixed) pointColumn += 6;
  }
  const size = pointColumn + problem.points.length;
  const h = new Float64Array(size * size);
  const g = new Float64Array(size);
  const add = (
    blocks: { column: number; width: number; jacobian: Float64Array }[],
    information: Float64Array,
    residual: Float64Array,
  ) => {
    const rows = residual.length;
    for (const a of blocks) {
      if (a.column < 0) continue;
      const left = multiply(transpose(a.jacobian, rows, a.width), information, a.width, rows, rows);
      const gradient = multiply(left, residual, a.width, rows, 1);
      for (let i = 0; i < a.width; i++) g[a.column + i] += gradient[i];
      for (const b of blocks) {
        if (b.column < 0) continue;
        const block = multiply(left, b.jacobian, a.width, rows, b.width);
        for (let i = 0; i < a.width; i++) {
          for (let j = 0; j < b.width; j++) {
            h[size * (a.column + i) + b.column + j] += block[b.width * i + j];
          }
        }
      }
    }
  };
  for (let i = 0; i < problem.observationPose.length; i++) {
    if (problem.outlier[i]) continue;
    const r = observe(problem, i, problem.poses, problem.points);
    if (!r) continue;
    const { weight } = lossOf(problem, i, r.residual, robust);
    const information = new Float64Array(r.size * r.size);
    for (let k = 0; k < r.size; k++) information[r.size * k + k] = weight * problem.inverseSigma2[i];
    const pose = { column: poseColumn[problem.observationPose[i]], width: 6, jacobian: r.byPose };
    const point = { column: pointColumn + 3 * problem.observationPoint[i], width: 3, jacobian: r.byPoint };
    add([pose, point], information, r.residual);
  }
  const edges = problem.edges;
  for (let e = 0; edges && e < edges.from.length; e++) {
    const { residual, byA, byB } = edgeResidual(
      problem.poses.subarray(7 * edges.from[e], 7 * edges.from[e] + 7),
      problem.poses.subarray(7 * edges.to[e], 7 * edges.to[e] + 7),
      edges.measured.subarray(7 * e, 7 * e + 7),
    );
    const a = { column: poseColumn[edges.from[e]], width: 6, jacobian: byA };
    const b = { column: poseColumn[edges.to[e]], width: 6, jacobian: byB };
    add([a, b], edges.information.slice(36 * e, 36 * e + 36), residual);
  }
  return { h, g, size, poseColumn, pointColumn };
}

function setOutliersAside(problem: BundleProblem): void {
  for (let i = 0; i < problem.observationPose.length; i++) {
    if (problem.outlier[i]) continue;
    const r = observe(problem, i, problem.poses, problem.points);
    const chi2 = r ? 2 * lossOf(problem, i, r.residual, false).cost : Number.POSITIVE_INFINITY;
    problem.outlier[i] = chi2 > (r?.size === 3 ? CHI2_STEREO : CHI2_MONO) ? 1 : 0;
  }
}
