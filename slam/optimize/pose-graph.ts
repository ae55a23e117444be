import type { Kernels } from '../kernels/kernels.ts';
import { GraphSystem } from './graph/graph-system.ts';
import type { ManifoldName } from './graph/manifold.ts';
import { bestStart } from './graph/start.ts';
import { structureOf } from './graph/structure.ts';
import { LevenbergMarquardt } from './levenberg-marquardt.ts';
import type { Loss } from './loss.ts';

/** Poses and what was measured between them. */
export interface PoseGraphProblem {
  /** `se2`: x y θ; `se3`: a pose (7); `sim3`: a similarity (8). */
  readonly manifold: ManifoldName;
  /** `worldFromNode`, 3, 7 or 8 a node; in and out. */
  readonly nodes: Float64Array;
  /** 1: held. Of nodes that hang together, the first is if none is marked. */
  readonly fixed: Uint8Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** `fromFromTo` of each edge, laid out like the nodes. */
  readonly measured: Float64Array;
  /** Row-major d×d an edge (d = 3, 6, 7), in the order translation, rotation, scale; the identity if absent. */
  readonly information?: Float64Array;
}

export interface PoseGraphOptions {
  readonly kernels: Pick<Kernels, 'sparse'>;
  /** Steps to try at most; 100 if not given. */
  readonly iterations?: number;
  /**
   * `given`: from the nodes as they are (the default). `best`: from whichever costs least of the nodes as they are (not if any
   * is NaN), a spanning tree and, for se2 and se3, the chordal relaxation.
   */
  readonly start?: 'given' | 'best';
  /** χ² itself if not given. */
  readonly loss?: Loss;
  /** After each step; false stops here, with the best estimate so far. */
  readonly onIteration?: (iteration: number, cost: number) => boolean | undefined;
}

export interface PoseGraphResult {
  /** Σ ρ(eᵀΩe), not halved. The error e of `measured⁻¹·from⁻¹·to` is g2o's for se2 and se3 (offset and wrapped angle;
   * translation and vector part of the quaternion) and the logarithm for sim3. */
  readonly initialCost: number;
  /** Where the descent began: `initialCost`, unless a better start was found. */
  readonly startCost: number;
  readonly finalCost: number;
  readonly iterations: number;
}

const ITERATIONS = 100;

/**
 * Moves the free nodes to where the measurements agree best, from where they are: Levenberg-Marquardt over a sparse block
 * Cholesky factor. Deterministic.
 */
export function optimizePoseGraph(problem: PoseGraphProblem, options: PoseGraphOptions): PoseGraphResult {
  const { sparse } = options.kernels;
  const structure = structureOf(problem);
  const system = new GraphSystem(problem, structure, sparse, options.loss);
  const initialCost = system.costAt(problem.nodes);
  if (options.start === 'best') bestStart(problem, structure, sparse, (nodes) => system.costAt(nodes));
  const startCost = system.costAt(problem.nodes);
  const descent = new LevenbergMarquardt(system, startCost);
  const most = options.iterations ?? ITERATIONS;
  while (descent.iterations < most && descent.step()) {
    if (options.onIteration?.(descent.iterations, descent.cost) === false) break;
  }
  return { initialCost, startCost, finalCost: descent.cost, iterations: descent.iterations };
}
