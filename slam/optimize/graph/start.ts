import type { SparseKernels } from '../../kernels/sparse-kernels.ts';
import type { PoseGraphProblem } from '../pose-graph.ts';
import { chordalStart } from './chordal.ts';
import { spanningTreeStart } from './spanning-tree.ts';
import type { GraphStructure } from './structure.ts';

/** Sets the nodes to the start that costs least: see `PoseGraphOptions.start`. */
export function bestStart(
  problem: PoseGraphProblem,
  structure: GraphStructure,
  sparse: SparseKernels,
  cost: (nodes: Float64Array) => number,
): void {
  const tree = spanningTreeStart(problem, structure);
  const candidates = [tree];
  if (!problem.nodes.some(Number.isNaN)) candidates.unshift(problem.nodes.slice());
  const { manifold } = problem;
  if (manifold !== 'sim3')
    candidates.push(chordalStart({ ...problem, manifold, nodes: tree }, structure, sparse));
  let least = Number.POSITIVE_INFINITY;
  for (const nodes of candidates) {
    const costs = cost(nodes);
    if (!(costs < least)) continue;
    least = costs;
    problem.nodes.set(nodes);
  }
}
