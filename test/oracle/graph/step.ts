import type { Loss } from '../../../slam/optimize/loss.ts';
import type { PoseGraphProblem } from '../../../slam/optimize/pose-graph.ts';
import { multiply, solveCholesky, transpose } from '../dense.ts';
import { lossOf, weightOf } from '../loss.ts';
import { manifoldOf } from './manifold.ts';

/** One damped step of a pose graph over the full normal equations, the plain way. */
export function linearStep(problem: PoseGraphProblem, lambda: number, loss?: Loss) {
  const manifold = manifoldOf(problem.manifold);
  const { dimension: d } = manifold;
  const row = new Map<number, number>();
  problem.fixed.forEach((fixed, node) => {
    if (!fixed) row.set(node, row.size * d);
  });
  const n = row.size * d;
  const h = new Float64Array(n * n);
  const g = new Float64Array(n);
  const omegaOf = (e: number) => problem.information!.slice(e * d * d, (e + 1) * d * d);
  const costAt = (nodes: Float64Array) => {
    let cost = 0;
    problem.from.forEach((from, e) => {
      manifold.evaluate(nodes, from, problem.to[e], problem.measured, e);
      cost += lossOf(chi2(manifold.error, omegaOf(e), d), loss);
    });
    return cost;
  };
  problem.from.forEach((from, e) => {
    const to = problem.to[e];
    manifold.linearize(problem.nodes, from, to, problem.measured, e);
    const omega = omegaOf(e);
    const weight = weightOf(chi2(manifold.error, omega, d), loss);
    const ends = [
      { at: row.get(from), jacobian: manifold.byFrom.slice() },
      { at: row.get(to), jacobian: manifold.byTo.slice() },
    ];
    for (const left of ends) {
      if (left.at === undefined) continue;
      const weighted = multiply(transpose(left.jacobian, d, d), omega, d, d, d);
      multiply(weighted, manifold.error, d, d, 1).forEach((slope, i) => {
        g[left.at! + i] += weight * slope;
      });
      for (const right of ends) {
        if (right.at === undefined) continue;
        multiply(weighted, right.jacobian, d, d, d).forEach((value, k) => {
          h[n * (left.at! + Math.floor(k / d)) + right.at! + (k % d)] += weight * value;
        });
      }
    }
  });
  const damped = h.slice();
  for (let i = 0; i < n; i++) damped[n * i + i] *= 1 + lambda;
  const delta = solveCholesky(
    damped,
    g.map((value) => -value),
    n,
  )!;
  const predicted = delta.reduce((sum, step, i) => sum + step * (lambda * h[n * i + i] * step - g[i]), 0);
  const nodes = problem.nodes.slice();
  for (const [node, at] of row) manifold.retract(problem.nodes, node, delta, at, nodes);
  return { cost: costAt(problem.nodes), predicted, trialCost: costAt(nodes), nodes, hessian: h };
}

function chi2(error: Float64Array, omega: Float64Array, d: number): number {
  return multiply(error, multiply(omega, error, d, d, 1), 1, d, 1)[0];
}
