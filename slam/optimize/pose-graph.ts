import type { Kernels } from '../kernels/kernels.ts';
import { bestStart } from './graph/start.ts';
import { structureOf } from './graph/structure.ts';
import { LevenbergMarquardt } from './levenberg-marquardt.ts';
import type { Loss } from './loss.ts';

export type ManifoldName = 'se2' | 'se3' | 'sim3';

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
  /** What each edge counts, ≥ 0; 1 if absent. */
  readonly weights?: Float64Array;
  /** What else is to be found; of se2 and se3 alone. */
  readonly border?: GraphBorder;
}

/**
 * A few parameters that the measurements of some edges depend on, such as a wheel's radius. A measurement as told holds where they
 * are 0; elsewhere it is moved on its right by `derivative · parameters`.
 */
export interface GraphBorder {
  /** In and out. */
  readonly values: Float64Array;
  /** What was known of them before: mean, and information, row-major. */
  readonly mean: Float64Array;
  readonly information: Float64Array;
  /** Of each edge, the first of the parameters it depends on, which follow each other, −1 if none; and how many. */
  readonly first: Int32Array;
  readonly width: Int32Array;
  /** d×`widest` an edge, of the tangent `[translation, rotation]`. */
  readonly derivative: Float64Array;
  readonly widest: number;
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
 * Moves the free nodes to where the measurements agree best: Levenberg-Marquardt over a sparse block Cholesky factor.
 * Deterministic.
 */
export function optimizePoseGraph(problem: PoseGraphProblem, options: PoseGraphOptions): PoseGraphResult {
  const optimizer = new PoseGraphOptimizer(problem, options);
  const most = options.iterations ?? ITERATIONS;
  while (optimizer.iterations < most && optimizer.step()) {
    if (options.onIteration?.(optimizer.iterations, optimizer.cost) === false) break;
  }
  const { initialCost, startCost, cost, iterations } = optimizer;
  return { initialCost, startCost, finalCost: cost, iterations };
}

/** The same, one step at a time; the nodes always hold the best estimate so far. */
export class PoseGraphOptimizer {
  readonly initialCost: number;
  readonly startCost: number;
  private readonly descent: LevenbergMarquardt;

  constructor(problem: PoseGraphProblem, { kernels, loss, start }: PoseGraphOptions) {
    const structure = structureOf(problem);
    const session = kernels.sparse.openGraph(problem, structure, loss);
    this.initialCost = session.cost();
    this.startCost =
      start === 'best' ? bestStart(problem, structure, kernels.sparse, session) : this.initialCost;
    this.descent = new LevenbergMarquardt(session, this.startCost);
  }

  /** Tries a step. @returns whether more are worth it */
  step(): boolean {
    return this.descent.step();
  }

  get cost(): number {
    return this.descent.cost;
  }

  get iterations(): number {
    return this.descent.iterations;
  }
}
