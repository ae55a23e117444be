import type { BundleProblem, BundleResult, Kernels } from '../kernels/kernels.ts';
import type { FullBundleSession } from '../kernels/sparse-kernels.ts';
import { LevenbergMarquardt } from './levenberg-marquardt.ts';

const FIRST_LAMBDA = 1e-4;
const STOP_SHARE = 1e-6;

/**
 * Bundle adjustment of a whole map: what `Kernels.bundleAdjust` does for a window, over a block-sparse system, so that
 * thousands of keyframes fit, and one step at a time, so that tracking goes on in between. It works on a copy in memory of its
 * own: the problem's arrays are read when it is made and not touched until `write`. Deterministic.
 */
export class FullBundleAdjustment {
  private readonly problem: BundleProblem;
  private readonly session: FullBundleSession;
  private readonly initialCost: number;
  private descent: LevenbergMarquardt;
  private robust = true;
  private earlier = 0;
  private done = false;

  constructor(problem: BundleProblem, kernels: Pick<Kernels, 'sparse'>) {
    this.problem = problem;
    this.session = kernels.sparse.openFull(problem);
    this.initialCost = this.session.cost();
    this.descent = this.descend();
    this.endPhase(true);
  }

  /** One Levenberg-Marquardt step, first with Huber's loss, then, outliers set aside, without. @returns whether more follow */
  step(): boolean {
    if (this.done) return false;
    this.endPhase(this.descent.step());
    return !this.done;
  }

  get result(): BundleResult {
    const { initialCost, descent } = this;
    return { initialCost, finalCost: descent.cost, iterations: this.earlier + descent.iterations };
  }

  /** Writes poses, points and outliers to the problem. */
  write(): void {
    const { session, problem } = this;
    session.read(problem.poses, problem.points);
    if (this.done) session.setOutliersAside();
    session.readOutliers(problem.outlier);
  }

  private descend(): LevenbergMarquardt {
    return new LevenbergMarquardt(this.session, this.session.cost(), FIRST_LAMBDA, STOP_SHARE);
  }

  /** Passes on to the next phase where this one has no step left. */
  private endPhase(more: boolean): void {
    const { problem, session } = this;
    const budget = this.robust ? problem.iterations : problem.refineIterations;
    if (more && this.descent.iterations < budget) return;
    if (!this.robust) {
      this.done = true;
      return;
    }
    this.robust = false;
    this.earlier = this.descent.iterations;
    session.setOutliersAside();
    session.setRobust(false);
    this.descent = this.descend();
    this.endPhase(true);
  }
}
