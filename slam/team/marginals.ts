import type { GraphSession } from '../kernels/sparse-kernels.ts';
import type { GraphStructure } from '../optimize/graph/structure.ts';
import type { TeamManifold } from './manifold.ts';

/**
 * Marginal covariances of nodes at the session's present estimate, 6×6 each, out of the sparse factor: a node's rows of the inverse
 * in its own unit columns. A node that is held is certain.
 * @param calibrated whether the border's covariance is wanted too, which comes with any
 * @returns none of those that are not held where the graph is not positive definite
 */
export function marginalsOf(
  slots: readonly number[],
  session: GraphSession,
  { row, pattern }: GraphStructure,
  { dimension: d, axes }: TeamManifold,
  calibrated: boolean,
): Map<number, Float64Array> {
  if (slots.length === 0 && !calibrated) return new Map();
  const unknowns = d * pattern.size;
  const free = slots.filter((slot) => row[slot] >= 0);
  const columns = new Float64Array(free.length * d * unknowns);
  free.forEach((slot, k) => {
    for (let c = 0; c < d; c++) columns[(k * d + c) * unknowns + d * row[slot] + c] = 1;
  });
  const solved = session.solveAtRest(columns);
  const out = new Map<number, Float64Array>();
  for (const slot of slots) if (row[slot] < 0) out.set(slot, new Float64Array(36));
  if (!solved) return out;
  free.forEach((slot, k) => {
    const covariance = new Float64Array(36);
    const entry = (i: number, c: number) => columns[(k * d + c) * unknowns + d * row[slot] + i];
    for (let i = 0; i < d; i++)
      for (let c = 0; c < d; c++) covariance[6 * axes[i] + axes[c]] = (entry(i, c) + entry(c, i)) / 2;
    out.set(slot, covariance);
  });
  return out;
}
