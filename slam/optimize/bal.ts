import type { Kernels } from '../kernels/kernels.ts';
import type { BundleSession } from '../kernels/sparse-kernels.ts';
import type { BalProblem } from './bundle/bal-problem.ts';
import { LevenbergMarquardt } from './levenberg-marquardt.ts';
import type { Loss } from './loss.ts';

export interface BalOptions {
  readonly kernels: Pick<Kernels, 'sparse'>;
  /** Of an observation's error in pixels; ½Σr² if not given. */
  readonly loss?: Loss;
}

const FIRST_LAMBDA = 1e-4;

/** Bundle adjustment of a BAL problem, one Levenberg-Marquardt step at a time. Costs are ½Σρ(r²). Deterministic. */
export class BalOptimizer {
  readonly initialCost: number;
  private readonly problem: BalProblem;
  private readonly session: BundleSession;
  private readonly descent: LevenbergMarquardt;

  constructor(problem: BalProblem, { kernels, loss }: BalOptions) {
    this.problem = problem;
    this.session = kernels.sparse.openBal(problem, loss);
    this.initialCost = this.session.cost();
    this.descent = new LevenbergMarquardt(this.session, this.initialCost, FIRST_LAMBDA);
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

  /** Writes the present estimate to the problem. */
  write(): void {
    this.session.read(this.problem.cameras, this.problem.points);
  }
}
