import type { GraphSession, SparseKernels } from '../../kernels/sparse-kernels.ts';
import type { PoseGraphProblem } from '../pose-graph.ts';
import { chordalStart } from './chordal.ts';
import { spanningTreeStart } from './spanning-tree.ts';
import type { GraphStructure } from './structure.ts';

/** Sets the nodes to the start that costs least, see `PoseGraphOptions.start`; returns its cost. */
export function bestStart(
  problem: PoseGraphProblem,
  structure: GraphStructure,
  sparse: SparseKernels,
  session: GraphSession,
): number {
  const tree = spanningTreeStart(problem, structure);
  const candidates = [tree];
  if (!problem.nodes.some(Number.isNaN)) candidates.unshift(problem.nodes.slice());
  const { manifold } = problem;
  if (manifold !== 'sim3')
    candidates.push(chordalStart({ ...problem, manifold, nodes: tree }, structure, sparse));
  const costs = candidates.map((nodes) => session.start(nodes));
  const least = costs.reduce((best, cost, k) => (cost < costs[best] ? k : best), 0);
  problem.nodes.set(candidates[least]);
  return session.start(candidates[least]);
}
