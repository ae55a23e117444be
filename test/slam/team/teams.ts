import type { Random } from '../../../base/random.ts';
import { identity, type Pose } from '../../../base/se3.ts';
import { type SimulatedTeam, simulateTeam } from '../../../bench/outliers/simulated-team.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { TeamGraph, type TeamGraphOptions } from '../../../slam/team/team-graph.ts';
import type { StartPrior, TeamEdge, TeamNode } from '../../../slam/team/types.ts';

/** Short ways that meet often: what most tests need. */
export const smallTeam = (seed: string): SimulatedTeam =>
  simulateTeam(seed, { robots: 3, length: 80, sightingShare: 0.5, placeShare: 0.05 });

export interface Told {
  readonly nodes: readonly TeamNode[];
  readonly edges: readonly TeamEdge[];
  readonly starts?: readonly StartPrior[];
}

export function graphOf(
  kernels: Kernels,
  { nodes, edges, starts = [] }: Told,
  options: Partial<TeamGraphOptions> = {},
): TeamGraph {
  const graph = new TeamGraph({ kernels, ...options });
  for (const node of nodes) graph.addNode(node);
  for (const edge of edges) graph.addEdge(edge);
  for (const start of starts) graph.addPrior(start);
  return graph;
}

export function node(agent: number, index: number, worldFromBody: Pose = identity()): TeamNode {
  return { agent, index, time: index, keyframe: index, worldFromBody };
}

/** Independent on each axis, by standard deviation. */
export function diagonal(sigmas: readonly number[]): Float64Array {
  const covariance = new Float64Array(36);
  sigmas.forEach((sigma, i) => {
    covariance[7 * i] = sigma * sigma;
  });
  return covariance;
}

/** No more than a range and a bearing, however one came to it. */
export const RANGE_AND_BEARING = diagonal([
  0.05,
  0.05,
  0.05,
  Number.POSITIVE_INFINITY,
  Number.POSITIVE_INFINITY,
  Number.POSITIVE_INFINITY,
]);

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return random.shuffle(items.slice());
}
