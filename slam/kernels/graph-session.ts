import type { GraphStructure } from '../optimize/graph/structure.ts';
import { LOSSES, type Loss } from '../optimize/loss.ts';
import type { ManifoldName, PoseGraphProblem } from '../optimize/pose-graph.ts';
import type { Arena, KernelExports } from './arena.ts';
import { type BorderShape, borderBytes, WasmBorder } from './graph-border.ts';
import type { GraphSession } from './sparse-kernels.ts';
import { layOutPattern, patternBytes } from './sparse-layout.ts';

/** Damping that only keeps a direction nothing depends on from making the system singular. */
const HELD = 1e-12;

/** Of a tangent, and numbers a node. */
const SHAPES: Record<ManifoldName, { readonly dimension: number; readonly stride: number }> = {
  se2: { dimension: 3, stride: 3 },
  se3: { dimension: 6, stride: 7 },
  sim3: { dimension: 7, stride: 8 },
};

export class WasmGraphSession implements GraphSession {
  private readonly run: KernelExports;
  private readonly arena: Arena;
  private readonly problem: PoseGraphProblem;
  private readonly nodesAt: number;
  private readonly trialAt: number;
  private readonly weightsAt: number;
  private readonly deltaAt: number;
  private readonly unknowns: number;
  private readonly system: number[];
  private readonly border: WasmBorder | undefined;

  constructor(
    run: KernelExports,
    arena: Arena,
    problem: PoseGraphProblem,
    { row, pair, pattern }: GraphStructure,
    loss: Loss | undefined,
  ) {
    this.run = run;
    this.arena = arena;
    this.problem = problem;
    const { nodes, from, to, measured } = problem;
    const { dimension: d, stride } = SHAPES[problem.manifold];
    const edges = from.length;
    const information = problem.information ?? identities(edges, d);
    const blocks = pattern.size + pattern.rows.length;
    const doubles =
      2 * nodes.length +
      measured.length +
      edges * (d * d + 1) +
      2 * blocks * d * d +
      2 * d * pattern.size +
      8;
    const integers = 3 * edges + row.length;
    const shape: BorderShape = { dimension: d, stride, edges, unknowns: d * pattern.size };
    const beside = problem.border ? borderBytes(problem.border, shape) : 0;
    arena.reset(8 * doubles + 4 * integers + patternBytes(pattern, d) + beside + 4096);
    const take = (count: number) => arena.take(8 * count);
    this.nodesAt = arena.doubles(nodes, nodes.length);
    this.trialAt = take(nodes.length);
    const [fromAt, toAt] = [arena.integers(from, edges), arena.integers(to, edges)];
    const measuredAt = arena.doubles(measured, measured.length);
    const informationAt = arena.doubles(information, edges * d * d);
    this.weightsAt = arena.doubles(problem.weights ?? new Float64Array(edges).fill(1), edges);
    const [rowAt, pairAt] = [arena.integers(row, row.length), arena.integers(pair, edges)];
    const h = take(blocks * d * d + 1);
    const s = take(blocks * d * d + 1);
    const g = take(pattern.size * d + 1);
    const delta = take(pattern.size * d + 1);
    this.deltaAt = delta;
    this.unknowns = pattern.size * d;
    this.border =
      problem.border && new WasmBorder(run, arena, problem.border, measured, shape, measuredAt, delta);
    run.openGraph(
      ...[d, stride, row.length, edges, this.nodesAt, this.trialAt, fromAt, toAt, measuredAt],
      ...[
        this.border?.trialMeasuredAt ?? measuredAt,
        informationAt,
        this.weightsAt,
        rowAt,
        pairAt,
        pattern.size,
        blocks,
        h,
        s,
        g,
        delta,
      ],
      ...[loss ? 1 + LOSSES.indexOf(loss.kind) : 0, loss?.scale ?? 1],
    );
    const { before, after } = layOutPattern(arena, pattern, d);
    this.system = [...before, s, ...after, 1, delta];
  }

  cost(): number {
    return this.run.costGraph(0) + (this.border?.cost(false) ?? 0);
  }

  start(nodes: Float64Array): number {
    this.arena.writeDoubles(this.nodesAt, nodes);
    return this.cost();
  }

  linearize(): void {
    this.run.linearizeGraph();
  }

  attempt(lambda: number): number | undefined {
    this.run.dampGraph(lambda);
    if (!this.run.solveSparse(...this.system)) return undefined;
    const beside = this.border ? this.border.step(lambda) : 0;
    return beside === undefined ? undefined : this.run.moveGraph(lambda) + beside;
  }

  trialCost(): number {
    return this.run.costGraph(1) + (this.border?.cost(true) ?? 0);
  }

  weigh(weights: Float64Array): void {
    this.arena.writeDoubles(this.weightsAt, weights);
  }

  chi2(edge: number): number {
    return this.run.chi2Graph(edge);
  }

  solveAtRest(rightSides: Float64Array): boolean {
    const { run, arena, deltaAt, unknowns } = this;
    if (unknowns === 0) return true;
    run.linearizeGraph();
    run.dampGraph(HELD);
    if (!run.solveSparse(...this.system) || this.border?.rest(HELD) === false) return false;
    for (let at = 0; at < rightSides.length; at += unknowns) {
      arena.writeDoubles(deltaAt, rightSides.subarray(at, at + unknowns));
      run.solveFactored(deltaAt);
      this.border?.correct();
      rightSides.set(arena.readDoubles(deltaAt, unknowns), at);
    }
    return true;
  }

  get borderCovariance(): Float64Array | undefined {
    return this.border?.covariance;
  }

  accept(): void {
    this.border?.accept();
    const { nodes } = this.problem;
    this.arena.copy(this.nodesAt, this.trialAt, 8 * nodes.length);
    nodes.set(this.arena.readDoubles(this.nodesAt, nodes.length));
  }
}

function identities(count: number, d: number): Float64Array {
  const out = new Float64Array(count * d * d);
  for (let e = 0; e < count; e++) {
    for (let i = 0; i < d; i++) out[(e * d + i) * d + i] = 1;
  }
  return out;
}
