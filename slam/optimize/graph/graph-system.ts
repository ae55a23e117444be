import type { SparseKernels } from '../../kernels/sparse-kernels.ts';
import type { LeastSquares } from '../levenberg-marquardt.ts';
import { type Loss, lossOf, weightOf } from '../loss.ts';
import type { PoseGraphProblem } from '../pose-graph.ts';
import { type Manifold, manifoldOf } from './manifold.ts';
import type { GraphStructure } from './structure.ts';

/** A pose graph as nonlinear least squares: χ² with its blocks, one a free node and one a pair of free nodes with an edge. */
export class GraphSystem implements LeastSquares {
  private readonly problem: PoseGraphProblem;
  private readonly manifold: Manifold;
  private readonly loss: Loss | undefined;
  private readonly sparse: SparseKernels;
  private readonly structure: GraphStructure;
  /** H, as the structure's pattern says. */
  private readonly h: Float64Array;
  private readonly g: Float64Array;
  private readonly damped: Float64Array;
  private readonly delta: Float64Array;
  private readonly trial: Float64Array;
  private readonly weighted: Float64Array;
  private readonly whitened: Float64Array;

  constructor(
    problem: PoseGraphProblem,
    structure: GraphStructure,
    sparse: SparseKernels,
    loss: Loss | undefined,
  ) {
    this.structure = structure;
    this.problem = problem;
    this.sparse = sparse;
    this.loss = loss;
    this.manifold = manifoldOf(problem.manifold);
    const { size, rows } = structure.pattern;
    const d = this.manifold.dimension;
    this.h = new Float64Array((size + rows.length) * d * d);
    this.g = new Float64Array(size * d);
    this.damped = new Float64Array(this.h.length);
    this.delta = new Float64Array(size * d);
    this.trial = new Float64Array(problem.nodes.length);
    this.weighted = new Float64Array(d * d);
    this.whitened = new Float64Array(d);
  }

  /** χ², through the loss. */
  costAt(nodes: Float64Array): number {
    const { manifold, problem, loss } = this;
    let cost = 0;
    for (let e = 0; e < problem.from.length; e++) {
      manifold.evaluate(nodes, problem.from[e], problem.to[e], problem.measured, e);
      cost += lossOf(this.chi2(e), loss);
    }
    return cost;
  }

  linearize(): void {
    const { manifold, problem } = this;
    const { row, pair } = this.structure;
    const { byFrom, byTo } = manifold;
    this.h.fill(0);
    this.g.fill(0);
    for (let e = 0; e < problem.from.length; e++) {
      manifold.linearize(problem.nodes, problem.from[e], problem.to[e], problem.measured, e);
      const weight = weightOf(this.chi2(e), this.loss);
      const from = row[problem.from[e]];
      const to = row[problem.to[e]];
      if (from >= 0) {
        this.weigh(byFrom, e, weight);
        this.addBlock(from, byFrom);
        this.addSlope(from);
        if (pair[e] >= 0 && to < from) this.addBlock(pair[e], byTo);
      }
      if (to >= 0) {
        this.weigh(byTo, e, weight);
        this.addBlock(to, byTo);
        this.addSlope(to);
        if (pair[e] >= 0 && from < to) this.addBlock(pair[e], byFrom);
      }
    }
  }

  attempt(lambda: number): number | undefined {
    const { h, g, damped, delta, problem } = this;
    const { row, pattern } = this.structure;
    const d = this.manifold.dimension;
    damped.set(h);
    for (let k = 0; k < g.length; k++) {
      const diagonal = diagonalIndex(k, d);
      damped[diagonal] += lambda * scaleOf(h[diagonal]);
      delta[k] = -g[k];
    }
    if (!this.sparse.solve(pattern, d, damped, delta)) return undefined;
    let predicted = 0;
    for (let k = 0; k < g.length; k++) {
      predicted += delta[k] * (lambda * scaleOf(h[diagonalIndex(k, d)]) * delta[k] - g[k]);
    }
    this.trial.set(problem.nodes);
    for (let node = 0; node < row.length; node++) {
      if (row[node] >= 0) this.manifold.retract(problem.nodes, node, delta, d * row[node], this.trial);
    }
    return predicted;
  }

  trialCost(): number {
    return this.costAt(this.trial);
  }

  accept(): void {
    this.problem.nodes.set(this.trial);
  }

  /** eᵀΩe of the edge just evaluated; leaves Ωe in `whitened`. */
  private chi2(edge: number): number {
    const { whitened, problem } = this;
    const { error, dimension: d } = this.manifold;
    const omega = problem.information;
    let sum = 0;
    for (let i = 0; i < d; i++) {
      let value = error[i];
      if (omega) {
        value = 0;
        for (let k = 0; k < d; k++) value += omega[(edge * d + i) * d + k] * error[k];
      }
      whitened[i] = value;
      sum += error[i] * value;
    }
    return sum;
  }

  /** `weighted` = weight · jacobianᵀ · Ω. */
  private weigh(jacobian: Float64Array, edge: number, weight: number): void {
    const { weighted } = this;
    const d = this.manifold.dimension;
    const omega = this.problem.information;
    const start = edge * d * d;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        let sum = 0;
        if (omega) for (let k = 0; k < d; k++) sum += jacobian[k * d + i] * omega[start + k * d + j];
        else sum = jacobian[j * d + i];
        weighted[i * d + j] = weight * sum;
      }
    }
  }

  /** h[block] += `weighted` · jacobian. */
  private addBlock(block: number, jacobian: Float64Array): void {
    const { weighted, h } = this;
    const d = this.manifold.dimension;
    let target = block * d * d;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++, target++) {
        let sum = 0;
        for (let k = 0; k < d; k++) sum += weighted[i * d + k] * jacobian[k * d + j];
        h[target] += sum;
      }
    }
  }

  /** g[row] += `weighted` · e. */
  private addSlope(row: number): void {
    const { weighted, g } = this;
    const { error, dimension: d } = this.manifold;
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += weighted[i * d + k] * error[k];
      g[row * d + i] += sum;
    }
  }
}

function diagonalIndex(k: number, d: number): number {
  return k * d + (k % d);
}

/** What damping is measured in; a direction nothing depends on is held. */
function scaleOf(diagonal: number): number {
  return diagonal > 0 ? diagonal : 1;
}
