import type { BalProblem } from '../optimize/bundle/bal-problem.ts';
import { type SchurPattern, schurPattern } from '../optimize/bundle/schur-pattern.ts';
import { LOSSES, type Loss } from '../optimize/loss.ts';
import type { Arena, KernelExports } from './arena.ts';
import type { BundleProblem } from './kernels.ts';
import type { BundleSession, FullBundleSession } from './sparse-kernels.ts';
import { layOutPattern, patternBytes } from './sparse-layout.ts';

/** Doubles of a bundle's own beside what the camera model needs. */
interface Shape {
  /** Of a camera's tangent. */
  readonly dimension: number;
  /** Doubles a camera. */
  readonly stride: number;
  readonly cameras: number;
  readonly points: number;
  readonly observationCamera: Int32Array;
  readonly observationPoint: Int32Array;
  /** Block row of each camera. */
  readonly row: Int32Array;
  readonly schur: SchurPattern;
}

/** The present and the trial estimate in the module's memory. */
interface Estimate {
  readonly cameras: number;
  readonly points: number;
  readonly newCameras: number;
  readonly newPoints: number;
}

/** What bundles share: the reduced system, its solution, and the two estimates. */
abstract class SchurSession implements BundleSession {
  protected readonly run: KernelExports;
  protected readonly arena: Arena;
  private readonly shape: Shape;
  protected readonly at: Estimate;
  private readonly system: number[];

  /** @param room bytes that the camera model will take from the arena */
  constructor(
    run: KernelExports,
    arena: Arena,
    shape: Shape,
    cameras: Float64Array,
    points: Float64Array,
    room: number,
  ) {
    this.run = run;
    this.arena = arena;
    this.shape = shape;
    const { dimension: d, schur } = shape;
    const { pattern, pairBlocks } = schur;
    const observations = shape.observationPoint.length;
    const padded = (d + 1) & ~1;
    const blocks = pattern.size + pattern.rows.length;
    const doubles =
      2 * blocks * d * d +
      2 * pattern.size * d +
      15 * shape.points +
      3 * padded * observations +
      8 +
      2 * cameras.length +
      2 * points.length;
    const integers = 2 * observations + pairBlocks.length + shape.row.length;
    arena.reset(8 * doubles + 4 * integers + patternBytes(pattern, d) + room + 4096);
    const [row, camera, point, pairs] = [
      shape.row,
      shape.observationCamera,
      shape.observationPoint,
      pairBlocks,
    ].map((list) => arena.integers(list, list.length));
    const take = (count: number) => arena.take(8 * count);
    const h = take(blocks * d * d + 1);
    const s = take(blocks * d * d + 1);
    const g = take(pattern.size * d + 1);
    const delta = take(pattern.size * d + 1);
    run.openSchur(
      ...[d, shape.points, observations, row, camera, point, pairs, pattern.size, blocks, h, s, g, delta],
      ...[
        take(6 * shape.points),
        take(3 * shape.points),
        take(6 * shape.points),
        take(3 * padded * observations),
      ],
    );
    this.at = {
      cameras: arena.doubles(cameras, cameras.length),
      points: arena.doubles(points, points.length),
      newCameras: take(cameras.length),
      newPoints: take(points.length),
    };
    const { before, after } = layOutPattern(arena, pattern, d);
    this.system = [...before, s, ...after, 1, delta];
  }

  abstract cost(): number;
  abstract trialCost(): number;
  abstract linearize(): void;
  protected abstract move(lambda: number): number;

  attempt(lambda: number): number | undefined {
    this.run.reduceSystem(lambda);
    if (this.shape.schur.pattern.size > 0 && !this.run.solveSparse(...this.system)) return undefined;
    return this.move(lambda);
  }

  accept(): void {
    const { at, shape } = this;
    this.arena.copy(at.cameras, at.newCameras, 8 * shape.stride * shape.cameras);
    this.arena.copy(at.points, at.newPoints, 24 * shape.points);
  }

  read(cameras: Float64Array, points: Float64Array): void {
    cameras.set(this.arena.readDoubles(this.at.cameras, cameras.length));
    points.set(this.arena.readDoubles(this.at.points, points.length));
  }
}

const NO_EDGES = { from: new Int32Array(0), to: new Int32Array(0) };

export class BalSession extends SchurSession {
  constructor(run: KernelExports, arena: Arena, problem: BalProblem, loss: Loss | undefined) {
    const cameras = problem.cameras.length / 9;
    const { observationCamera, observationPoint, observations } = problem;
    const row = Int32Array.from({ length: cameras }, (_, c) => c);
    const schur = schurPattern(row, observationCamera, observationPoint, NO_EDGES);
    const points = problem.points.length / 3;
    const shape = {
      dimension: 9,
      stride: 9,
      cameras,
      points,
      observationCamera,
      observationPoint,
      row,
      schur,
    };
    super(run, arena, shape, problem.cameras, problem.points, 8 * observations.length + 72 * cameras);
    const { at } = this;
    run.openBal(
      ...[cameras, arena.doubles(observations, observations.length)],
      ...[at.cameras, at.points, at.newCameras, at.newPoints, arena.take(72 * cameras)],
      ...[loss ? 1 + LOSSES.indexOf(loss.kind) : 0, loss?.scale ?? 1],
    );
  }

  cost(): number {
    return this.run.costBal(0);
  }

  trialCost(): number {
    return this.run.costBal(1);
  }

  linearize(): void {
    this.run.linearizeBal();
  }

  protected move(lambda: number): number {
    return this.run.moveBal(lambda);
  }
}

export class FullSession extends SchurSession implements FullBundleSession {
  private robust = 1;
  private readonly outlierAt: number;

  constructor(run: KernelExports, arena: Arena, problem: BundleProblem) {
    const cameras = problem.fixed.length;
    const points = problem.points.length / 3;
    const { observationPose: observationCamera, observationPoint, observations, inverseSigma2 } = problem;
    let free = 0;
    const row = Int32Array.from(problem.fixed, (fixed) => (fixed ? -1 : free++));
    const edges = problem.edges ?? NO_EDGES;
    const schur = schurPattern(row, observationCamera, observationPoint, edges);
    const count = observationPoint.length;
    const edgeCount = edges.from.length;
    const shape = {
      dimension: 6,
      stride: 7,
      cameras,
      points,
      observationCamera,
      observationPoint,
      row,
      schur,
    };
    super(
      run,
      arena,
      shape,
      problem.poses,
      problem.points,
      41 * count + 360 * edgeCount + 100 * cameras + 64,
    );
    const { fx, fy, cx, cy, baseline } = problem.camera;
    const { at } = this;
    this.outlierAt = arena.bytes(problem.outlier, count);
    run.openFull(
      ...[arena.doubles(Float64Array.of(fx, fy, cx, cy, baseline), 5), cameras],
      ...[arena.doubles(observations, 4 * count), arena.doubles(inverseSigma2, count), this.outlierAt],
      ...[edgeCount, arena.edges(problem.edges), arena.integers(schur.edgeBlocks, edgeCount)],
      ...[
        at.cameras,
        at.points,
        at.newCameras,
        at.newPoints,
        arena.take(96 * cameras),
        arena.take(4 * cameras),
      ],
    );
  }

  cost(): number {
    return this.run.costFull(0, this.robust);
  }

  trialCost(): number {
    return this.run.costFull(1, this.robust);
  }

  linearize(): void {
    this.run.linearizeFull(this.robust);
  }

  protected move(lambda: number): number {
    return this.run.moveFull(lambda);
  }

  setRobust(robust: boolean): void {
    this.robust = robust ? 1 : 0;
  }

  setOutliersAside(): void {
    this.run.setOutliersAsideFull();
  }

  readOutliers(outlier: Uint8Array): void {
    outlier.set(this.arena.readBytes(this.outlierAt, outlier.length));
  }
}
