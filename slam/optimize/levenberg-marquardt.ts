/** A nonlinear least-squares problem that Levenberg-Marquardt can descend. */
export interface LeastSquares {
  /** Linearises at the present estimate. */
  linearize(): void;
  /**
   * Solves `(H + λ·diag H)·δ = −g` and sets the trial estimate.
   * @returns the decrease of the cost that the linear model predicts; undefined where the system cannot be solved
   */
  attempt(lambda: number): number | undefined;
  /** Cost at the trial estimate. */
  trialCost(): number;
  /** Makes the trial estimate the present one. */
  accept(): void;
}

const FIRST_LAMBDA = 1e-9;
const LAST_LAMBDA = 1e16;
/** A step that lowers the cost by a smaller share is the last. */
const STOP_SHARE = 1e-9;

/**
 * Levenberg-Marquardt with Nielsen's schedule of the damping ("Damping parameter in Marquardt's method", 1999), one trial a
 * step, so that it can be spread over time.
 */
export class LevenbergMarquardt {
  /** Cost at the present estimate. */
  cost: number;
  /** Trials so far. */
  iterations = 0;
  private readonly problem: LeastSquares;
  private readonly stopShare: number;
  private lambda: number;
  private raise = 2;
  private stale = true;
  private done = false;

  constructor(problem: LeastSquares, cost: number, firstLambda = FIRST_LAMBDA, stopShare = STOP_SHARE) {
    this.problem = problem;
    this.cost = cost;
    this.lambda = firstLambda;
    this.stopShare = stopShare;
  }

  /** Tries one step. @returns whether more are worth it */
  step(): boolean {
    if (this.done) return false;
    if (this.stale) this.problem.linearize();
    this.stale = false;
    this.iterations++;
    const predicted = this.problem.attempt(this.lambda);
    if (predicted === undefined) return this.shorten();
    const cost = this.problem.trialCost();
    if (!(cost < this.cost)) {
      this.done = predicted <= this.stopShare * this.cost;
      return this.shorten();
    }
    const decrease = this.cost - cost;
    const t = (2 * decrease) / predicted - 1;
    this.lambda *= Math.max(1 / 3, 1 - t * t * t);
    this.raise = 2;
    this.problem.accept();
    this.cost = cost;
    this.stale = true;
    this.done = decrease <= this.stopShare * cost;
    return !this.done;
  }

  private shorten(): boolean {
    this.lambda *= this.raise;
    this.raise *= 2;
    if (this.lambda > LAST_LAMBDA) this.done = true;
    return !this.done;
  }
}
