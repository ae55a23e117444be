import type { BalProblem } from '../optimize/bundle/bal-problem.ts';
import type { GraphStructure } from '../optimize/graph/structure.ts';
import type { LeastSquares } from '../optimize/levenberg-marquardt.ts';
import type { Loss } from '../optimize/loss.ts';
import type { PoseGraphProblem } from '../optimize/pose-graph.ts';
import type { BlockPattern } from '../optimize/sparse/analysis.ts';
import { Arena, type KernelExports } from './arena.ts';
import { BalSession, FullSession } from './bundle-session.ts';
import { WasmGraphSession } from './graph-session.ts';
import type { BundleProblem } from './kernels.ts';
import { layOutPattern, patternBytes } from './sparse-layout.ts';

/** Sparse linear algebra over blocks of one size, and what is built on it. */
export interface SparseKernels {
  /**
   * Solves `A X = B` by Cholesky factorisation.
   * @param dimension rows of a block
   * @param values the blocks of A, row-major: those on the diagonal by block row, then those `pattern` lists
   * @param rightSides `dimension·pattern.size` a right-hand side, one after another; the solution replaces them
   * @returns false where A is not positive definite; `rightSides` is then unchanged
   */
  solve(pattern: BlockPattern, dimension: number, values: Float64Array, rightSides: Float64Array): boolean;

  /** A pose graph in memory of its own, to be descended step by step; steps that are accepted are written to its nodes. */
  openGraph(problem: PoseGraphProblem, structure: GraphStructure, loss: Loss | undefined): GraphSession;

  /** A BAL problem in memory of its own, to be descended step by step. */
  openBal(problem: BalProblem, loss: Loss | undefined): BundleSession;

  /** A SLAM map's bundle adjustment in memory of its own. Its `iterations` are the caller's to count. */
  openFull(problem: BundleProblem): FullBundleSession;
}

/** A pose graph as nonlinear least squares. Costs are Σ w·ρ(eᵀΩe). */
export interface GraphSession extends LeastSquares {
  /** Cost at the present estimate. */
  cost(): number;
  /** Makes these nodes the present estimate. @returns its cost */
  start(nodes: Float64Array): number;
  /** From now on each edge counts so much; one of weight 0 is passed over. */
  weigh(weights: Float64Array): void;
  /** eᵀΩe of an edge at the present estimate, whatever its weight and the loss. */
  chi2(edge: number): number;
  /**
   * Solves `H X = B` with H of the present estimate, without damping: of unit columns, the covariance.
   * @param rightSides `dimension·pattern.size` a right-hand side, one after another; the solution replaces them
   * @returns false where H is not positive definite; `rightSides` is then unchanged
   */
  solveAtRest(rightSides: Float64Array): boolean;
  /** Of the border's parameters, row-major, at the last `solveAtRest`; undefined without a border. */
  readonly borderCovariance: Float64Array | undefined;
}

/** Bundle adjustment as nonlinear least squares. Costs are ½Σρ(r²). */
export interface BundleSession extends LeastSquares {
  /** Cost at the present estimate. */
  cost(): number;
  /** Copies the present estimate of the cameras and points, laid out as in the problem. */
  read(cameras: Float64Array, points: Float64Array): void;
}

export interface FullBundleSession extends BundleSession {
  /** Whether observations are weighed by Huber's loss; at first they are. */
  setRobust(robust: boolean): void;
  /** Marks as outliers, and leaves out from then on, observations whose χ² is beyond the 95 % bound or that are behind their camera. */
  setOutliersAside(): void;
  readOutliers(outlier: Uint8Array): void;
}

export class WasmSparseKernels implements SparseKernels {
  private readonly run: KernelExports;
  private readonly arena: Arena;
  private readonly another: () => KernelExports;

  /** @param another makes an instance of the same module with memory of its own */
  constructor(run: KernelExports, arena: Arena, another: () => KernelExports) {
    this.run = run;
    this.arena = arena;
    this.another = another;
  }

  solve(pattern: BlockPattern, dimension: number, values: Float64Array, rightSides: Float64Array): boolean {
    const { arena } = this;
    const length = dimension * pattern.size;
    if (length === 0) return true;
    arena.reset(patternBytes(pattern, dimension) + 8 * (values.length + rightSides.length));
    const { before, after } = layOutPattern(arena, pattern, dimension);
    const valuesAt = arena.doubles(values, values.length);
    const x = arena.doubles(rightSides, rightSides.length);
    const solved = this.run.solveSparse(...before, valuesAt, ...after, rightSides.length / length, x);
    if (solved) rightSides.set(arena.readDoubles(x, rightSides.length));
    return solved !== 0;
  }

  openGraph(problem: PoseGraphProblem, structure: GraphStructure, loss: Loss | undefined): GraphSession {
    const run = this.another();
    return new WasmGraphSession(run, new Arena(run), problem, structure, loss);
  }

  openBal(problem: BalProblem, loss: Loss | undefined): BundleSession {
    const run = this.another();
    return new BalSession(run, new Arena(run), problem, loss);
  }

  openFull(problem: BundleProblem): FullBundleSession {
    const run = this.another();
    return new FullSession(run, new Arena(run), problem);
  }
}
