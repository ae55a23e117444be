import type { SparseKernels } from '../../kernels/sparse-kernels.ts';
import type { LeastSquares } from '../levenberg-marquardt.ts';
import { type Loss, lossOf, weightOf } from '../loss.ts';
import type { PoseGraphProblem } from '../pose-graph.ts';
import { analyzeBlocks, type BlockPattern } from '../sparse/analysis.ts';
import { type Manifold, manifoldOf } from './manifold.ts';

/** A pose graph as nonlinear least squares: χ² with its blocks, one a free node and one a pair of free nodes with an edge. */
export class GraphSystem implements LeastSquares {
  private readonly problem: PoseGraphProblem;
  private readonly manifold: Manifold;
  private readonly loss: Loss | undefined;
  private readonly sparse: SparseKernels;
  /** Block row of each node, −1 where it is held. */
  private readonly row: Int32Array;
  private readonly pattern: BlockPattern;
  /** Off-diagonal block of each edge, −1 where it has none. */
  private readonly pair: Int32Array;
  /** H, as `pattern` says. */
  private readonly h: Float64Array;
  private readonly g: Float64Array;
  private readonly damped: Float64Array;
  private readonly delta: Float64Array;
  private readonly trial: Float64Array;
  private readonly weighted: Float64Array;
  private readonly whitened: Float64Array;

  constructor(problem: PoseGraphProblem, sparse: SparseKernels, loss: Loss | undefined) {
    this.problem = problem;
    this.sparse = sparse;
    this.loss = loss;
    this.manifold = manifoldOf(problem.manifold);
    this.row = blockRows(problem.fixed);
    const size = this.row.reduce((count, row) => count + (row >= 0 ? 1 : 0), 0);
    const { rows, columns, pair } = pairsOf(problem, this.row, size);
    this.pair = pair;
    this.pattern = analyzeBlocks(size, rows, columns);
    const d = this.manifold.dimension;
    this.h = new Float64Array((size + rows.length) * d * d);
    this.g = new Float64Array(size * d);
    this.damped = new Float64Array(this.h.length);
    this.delta = new Float64Array(size * d);
    this.trial = problem.nodes.slice();
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
    const { manifold, problem, row } = this;
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
        if (this.pair[e] >= 0 && to < from) this.addBlock(this.pair[e], byTo);
      }
      if (to >= 0) {
        this.weigh(byTo, e, weight);
        this.addBlock(to, byTo);
        this.addSlope(to);
        if (this.pair[e] >= 0 && from < to) this.addBlock(this.pair[e], byFrom);
      }
    }
  }

  attempt(lambda: number): number | undefined {
    const { h, g, damped, delta, problem, row } = this;
    const d = this.manifold.dimension;
    damped.set(h);
    for (let k = 0; k < g.length; k++) {
      const diagonal = diagonalIndex(k, d);
      damped[diagonal] += lambda * scaleOf(h[diagonal]);
      delta[k] = -g[k];
    }
    if (!this.sparse.solve(this.pattern, d, damped, delta)) return undefined;
    let predicted = 0;
    for (let k = 0; k < g.length; k++) {
      predicted += delta[k] * (lambda * scaleOf(h[diagonalIndex(k, d)]) * delta[k] - g[k]);
    }
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

function blockRows(fixed: Uint8Array): Int32Array {
  const row = new Int32Array(fixed.length);
  const anyFixed = fixed.includes(1);
  let next = 0;
  for (let node = 0; node < fixed.length; node++) {
    row[node] = fixed[node] || (node === 0 && !anyFixed) ? -1 : next++;
  }
  return row;
}

/** Off-diagonal blocks: the row is the larger of the two, so that edges either way share one. */
function pairsOf({ from, to }: PoseGraphProblem, row: Int32Array, size: number) {
  const pair = new Int32Array(from.length).fill(-1);
  const rows: number[] = [];
  const columns: number[] = [];
  const known = new Map<number, number>();
  for (let e = 0; e < from.length; e++) {
    const high = Math.max(row[from[e]], row[to[e]]);
    const low = Math.min(row[from[e]], row[to[e]]);
    if (low < 0 || low === high) continue;
    const key = high * size + low;
    let index = known.get(key);
    if (index === undefined) {
      index = size + rows.length;
      known.set(key, index);
      rows.push(high);
      columns.push(low);
    }
    pair[e] = index;
  }
  return { rows: Int32Array.from(rows), columns: Int32Array.from(columns), pair };
}
