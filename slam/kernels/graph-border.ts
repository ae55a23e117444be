import type { GraphBorder } from '../optimize/pose-graph.ts';
import { invertPositive } from '../optimize/positive.ts';
import type { Arena, KernelExports } from './arena.ts';

export interface BorderShape {
  readonly dimension: number;
  readonly stride: number;
  readonly edges: number;
  /** Sparse unknowns. */
  readonly unknowns: number;
}

export function borderBytes(
  { values, derivative }: GraphBorder,
  { stride, edges, unknowns }: BorderShape,
): number {
  const columns = values.length;
  const doubles = derivative.length + 2 * stride * edges + columns * (2 * unknowns + columns + 2);
  return 8 * doubles + 8 * edges + 32 * columns;
}

/**
 * The dense unknowns beside the sparse ones of a pose graph, eliminated last: with B the columns beside, `C = H_cc − BᵀH⁻¹B` is
 * theirs alone.
 */
export class WasmBorder {
  /** Measurements as the trial's parameters have them. */
  readonly trialMeasuredAt: number;
  private readonly run: KernelExports;
  private readonly arena: Arena;
  private readonly border: GraphBorder;
  private readonly shape: BorderShape;
  private readonly measuredAt: number;
  private readonly deltaAt: number;
  private readonly besideAt: number;
  private readonly solvedAt: number;
  private readonly cornerAt: number;
  private readonly slopeAt: number;
  private readonly trialAt: number;
  private trial: Float64Array;
  /** C⁻¹ as last solved. */
  private inverse: Float64Array | undefined;

  /** @param deltaAt where the sparse solution lies */
  constructor(
    run: KernelExports,
    arena: Arena,
    border: GraphBorder,
    measured: Float64Array,
    shape: BorderShape,
    measuredAt: number,
    deltaAt: number,
  ) {
    this.run = run;
    this.arena = arena;
    this.border = border;
    this.shape = shape;
    this.measuredAt = measuredAt;
    this.deltaAt = deltaAt;
    this.trial = border.values.slice();
    const { values, first, width, derivative, widest } = border;
    const { dimension, stride, edges, unknowns } = shape;
    const columns = values.length;
    const take = (count: number) => arena.take(8 * count);
    this.trialMeasuredAt = arena.doubles(measured, measured.length);
    const [firstAt, widthAt] = [arena.integers(first, edges), arena.integers(width, edges)];
    const derivativeAt = arena.doubles(derivative, derivative.length);
    const originalAt = arena.doubles(measured, measured.length);
    this.besideAt = take(columns * unknowns);
    this.solvedAt = take(columns * unknowns);
    this.cornerAt = take(columns * columns);
    this.slopeAt = take(columns);
    this.trialAt = take(columns);
    run.openBorder(
      ...[columns, dimension, stride, unknowns, widest, firstAt, widthAt, derivativeAt, originalAt],
      ...[this.besideAt, this.cornerAt, this.slopeAt],
    );
    this.calibrate();
    this.accept();
  }

  /** What the parameters cost by themselves. */
  cost(atTrial: boolean): number {
    const { mean, information, values } = this.border;
    const [at, n] = [atTrial ? this.trial : values, mean.length];
    let sum = 0;
    for (let i = 0; i < n; i++)
      for (let k = 0; k < n; k++) sum += (at[i] - mean[i]) * information[n * i + k] * (at[k] - mean[k]);
    return sum;
  }

  /**
   * Makes the sparse step, just solved for by itself, the joint one, and sets the trial's parameters and measurements.
   * @returns the decrease of the cost predicted for the parameters' part; undefined where it cannot be solved
   */
  step(lambda: number): number | undefined {
    const { mean, information, values } = this.border;
    const n = values.length;
    const corner = this.corner();
    const slope = this.arena.readDoubles(this.slopeAt, n).slice();
    for (let i = 0; i < n; i++)
      for (let k = 0; k < n; k++) slope[i] += information[n * i + k] * (values[k] - mean[k]);
    if (!this.eliminate(corner, lambda)) return undefined;
    const right = this.besideTimesDelta().map((value, i) => -slope[i] - value);
    const move = times(this.inverse!, right);
    this.subtract(move);
    let predicted = 0;
    for (let i = 0; i < n; i++) predicted += move[i] * (lambda * corner[(n + 1) * i] * move[i] - slope[i]);
    this.trial = values.map((value, i) => value + move[i]);
    this.calibrate();
    return predicted;
  }

  /** After the sparse system was factored: what `correct` and `covariance` need. */
  rest(lambda: number): boolean {
    return this.eliminate(this.corner(), lambda);
  }

  /** Makes the sparse system's solution, of a right-hand side that has nothing for the parameters, the joint one. */
  correct(): void {
    this.subtract(times(this.inverse!, this.besideTimesDelta()).map((value) => -value));
  }

  /** Of the parameters, row-major, after `rest`. */
  get covariance(): Float64Array | undefined {
    return this.inverse;
  }

  accept(): void {
    this.border.values.set(this.trial);
    const { stride, edges } = this.shape;
    this.arena.copy(this.measuredAt, this.trialMeasuredAt, 8 * stride * edges);
  }

  private calibrate(): void {
    this.arena.writeDoubles(this.trialAt, this.trial);
    this.run.calibrateGraph(this.shape.edges, this.trialAt, this.trialMeasuredAt);
  }

  private corner(): Float64Array {
    const { information } = this.border;
    return this.arena
      .readDoubles(this.cornerAt, information.length)
      .map((value, i) => value + information[i]);
  }

  /** Solves for the columns beside and inverts C. */
  private eliminate(corner: Float64Array, lambda: number): boolean {
    const { run, arena, besideAt, solvedAt } = this;
    const { unknowns } = this.shape;
    const n = this.border.values.length;
    arena.copy(solvedAt, besideAt, 8 * n * unknowns);
    for (let k = 0; k < n; k++) run.solveFactored(solvedAt + 8 * k * unknowns);
    const beside = arena.readDoubles(besideAt, n * unknowns);
    const solved = arena.readDoubles(solvedAt, n * unknowns);
    const own = corner.slice();
    for (let i = 0; i < n; i++) {
      own[(n + 1) * i] += lambda * corner[(n + 1) * i];
      for (let k = 0; k <= i; k++) {
        let sum = 0;
        for (let u = 0; u < unknowns; u++) sum += beside[i * unknowns + u] * solved[k * unknowns + u];
        own[n * i + k] -= sum;
        if (k < i) own[n * k + i] -= sum;
      }
    }
    const inverse = invertPositive(own, n);
    this.inverse = inverse;
    return inverse !== undefined;
  }

  private besideTimesDelta(): Float64Array {
    const { unknowns } = this.shape;
    const n = this.border.values.length;
    const delta = this.arena.readDoubles(this.deltaAt, unknowns);
    const beside = this.arena.readDoubles(this.besideAt, n * unknowns);
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++)
      for (let u = 0; u < unknowns; u++) out[i] += beside[i * unknowns + u] * delta[u];
    return out;
  }

  /** delta −= H⁻¹B·move. */
  private subtract(move: Float64Array): void {
    const { unknowns } = this.shape;
    const delta = this.arena.readDoubles(this.deltaAt, unknowns);
    const solved = this.arena.readDoubles(this.solvedAt, move.length * unknowns);
    for (let i = 0; i < move.length; i++)
      for (let u = 0; u < unknowns; u++) delta[u] -= move[i] * solved[i * unknowns + u];
  }
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return vector.map((_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += matrix[n * i + k] * vector[k];
    return sum;
  });
}
