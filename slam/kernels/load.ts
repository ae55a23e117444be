import type { Pose } from '../../base/se3.ts';
import { Arena, type KernelExports } from './arena.ts';
import type { ExtractorOptions, FeatureKernels } from './feature-kernels.ts';
import type {
  BundleProblem,
  BundleResult,
  Intrinsics,
  Kernels,
  KeypointGrid,
  LineKeypoints,
  LineQueries,
  PoseProblem,
  PoseResult,
  ProjectionQueries,
} from './kernels.ts';
import { type SparseKernels, WasmSparseKernels } from './sparse-kernels.ts';
import { WasmExtractor } from './wasm-extractor.ts';

export type { Kernels } from './kernels.ts';

const DESCRIPTOR_BYTES = 32;

/**
 * The kernels in WebAssembly. Each call lays its inputs out in the module's memory, runs, and copies the results back,
 * so no call sees anything of another.
 * @param wasm the bytes of kernels.wasm, which the caller reads or fetches
 */
export async function loadKernels(wasm: Uint8Array | ArrayBuffer): Promise<Kernels> {
  const { module, instance } = await engine.instantiate(wasm, {});
  return new WasmKernels(instance.exports, () => new engine.Instance(module, {}).exports);
}

/** Node and browsers both have it; neither's types are loaded here, since this room belongs to neither. */
const engine = (
  globalThis as unknown as {
    WebAssembly: {
      instantiate(
        bytes: Uint8Array | ArrayBuffer,
        imports: object,
      ): Promise<{ module: object; instance: WasmInstance }>;
      readonly Instance: new (module: object, imports: object) => WasmInstance;
    };
  }
).WebAssembly;

interface WasmInstance {
  readonly exports: KernelExports;
}

class WasmKernels implements Kernels {
  readonly sparse: SparseKernels;
  readonly features: FeatureKernels;
  private readonly run: KernelExports;
  private readonly arena: Arena;

  /** @param another makes an instance with a memory of its own */
  constructor(exports: KernelExports, another: () => KernelExports) {
    this.run = exports;
    this.arena = new Arena(exports);
    this.sparse = new WasmSparseKernels(exports, this.arena, another);
    this.features = {
      newExtractor: (options: ExtractorOptions) => new WasmExtractor(another(), options),
    };
  }

  searchByProjection(queries: ProjectionQueries, frame: KeypointGrid, matches: Int32Array): number {
    if (queries.count === 0) return 0;
    const { arena } = this;
    const n = queries.count;
    const m = frame.count;
    arena.reset(
      n * (DESCRIPTOR_BYTES + 26) + m * (DESCRIPTOR_BYTES + 30) + 4 * frame.cellStart.length + 1024,
    );
    const u = arena.floats(queries.u, n);
    const v = arena.floats(queries.v, n);
    const uRight = arena.floats(queries.uRight, n);
    const radius = arena.floats(queries.radius, n);
    const minOctave = arena.bytes(queries.minOctave, n);
    const maxOctave = arena.bytes(queries.maxOctave, n);
    const queryDescriptors = arena.bytes(queries.descriptors, n * DESCRIPTOR_BYTES);
    const x = arena.floats(frame.x, m);
    const y = arena.floats(frame.y, m);
    const keypointRight = arena.floats(frame.uRight, m);
    const octave = arena.bytes(frame.octave, m);
    const descriptors = arena.bytes(frame.descriptors, m * DESCRIPTOR_BYTES);
    const cellStart = arena.integers(frame.cellStart, frame.cellStart.length);
    const cellItems = arena.integers(frame.cellItems, m);
    const out = arena.take(4 * n);
    const found = this.run.searchByProjection(
      ...[
        n,
        u,
        v,
        uRight,
        radius,
        minOctave,
        maxOctave,
        queryDescriptors,
        queries.maxDistance,
        queries.ratio,
      ],
      ...[m, x, y, keypointRight, octave, descriptors, frame.columns, frame.rows, frame.cellSize],
      ...[cellStart, cellItems, out, arena.take(8 * m)],
    );
    matches.set(arena.readIntegers(out, n));
    return found;
  }

  searchAlongLines(queries: LineQueries, keypoints: LineKeypoints, matches: Int32Array): number {
    const { arena } = this;
    const n = queries.count;
    const m = keypoints.count;
    arena.reset(n * (DESCRIPTOR_BYTES + 28) + m * (DESCRIPTOR_BYTES + 32) + 256);
    const lines = arena.doubles(queries.lines, 3 * n);
    const queryDescriptors = arena.bytes(queries.descriptors, n * DESCRIPTOR_BYTES);
    const x = arena.doubles(keypoints.x, m);
    const y = arena.doubles(keypoints.y, m);
    const bounds = arena.doubles(keypoints.bounds, m);
    const descriptors = arena.bytes(keypoints.descriptors, m * DESCRIPTOR_BYTES);
    const out = arena.take(4 * n);
    const found = this.run.searchAlongLines(
      ...[n, lines, queryDescriptors, m, x, y, bounds, descriptors],
      ...[queries.maxDistance, out, arena.take(8 * m)],
    );
    matches.set(arena.readIntegers(out, n));
    return found;
  }

  matchBruteForce(
    a: Uint8Array,
    b: Uint8Array,
    maxDistance: number,
    ratio: number,
    matches: Int32Array,
  ): number {
    const { arena } = this;
    const n = a.length / DESCRIPTOR_BYTES;
    const m = b.length / DESCRIPTOR_BYTES;
    const padded = 4 * Math.ceil(m / 4);
    arena.reset(a.length + b.length + 4 * n + 8 * padded + 256);
    const left = arena.bytes(a, a.length);
    const right = arena.bytes(b, b.length);
    const out = arena.take(4 * n);
    const [backIndex, backDistance] = [arena.take(4 * padded), arena.take(4 * padded)];
    const found = this.run.matchBruteForce(
      ...[n, left, m, right, maxDistance, ratio, out, backIndex, backDistance],
    );
    matches.set(arena.readIntegers(out, n));
    return found;
  }

  optimizePose(problem: PoseProblem): PoseResult {
    const { arena } = this;
    const n = problem.count;
    arena.reset(65 * n + 2048);
    const camera = this.camera(problem.camera);
    const pose = arena.doubles(problem.cameraFromWorld, 7);
    const points = arena.doubles(problem.points, 3 * n);
    const observations = arena.doubles(problem.observations, 4 * n);
    const inverseSigma2 = arena.doubles(problem.inverseSigma2, n);
    const inlier = arena.take(n);
    const prior = problem.prior ? this.prior(problem.prior) : 0;
    const result = arena.take(37 * 8);
    const inliers = this.run.optimizePose(
      ...[camera, pose, n, points, observations, inverseSigma2, inlier, prior, result],
    );
    problem.cameraFromWorld.set(arena.readDoubles(pose, 7));
    problem.inlier.set(arena.readBytes(inlier, n));
    const out = arena.readDoubles(result, 37);
    return { inliers, cost: out[0], information: out.slice(1) };
  }

  bundleAdjust(problem: BundleProblem): BundleResult {
    const { arena } = this;
    const poses = problem.fixed.length;
    const points = problem.points.length / 3;
    const count = problem.observationPose.length;
    const edges = problem.edges?.from.length ?? 0;
    const columns = new Int32Array(poses);
    let free = 0;
    for (let k = 0; k < poses; k++) columns[k] = problem.fixed[k] ? -1 : 6 * free++;
    const size = 6 * free;
    const work = 8 * (20 * poses + 19 * points + 2 * size * size + 2 * size + 18 * count + 8);
    arena.reset(work + 65 * count + 24 * points + 64 * poses + 400 * edges + 2048);
    const camera = this.camera(problem.camera);
    const posesAt = arena.doubles(problem.poses, 7 * poses);
    const column = arena.integers(columns, poses);
    const pointsAt = arena.doubles(problem.points, 3 * points);
    const observationPose = arena.integers(problem.observationPose, count);
    const observationPoint = arena.integers(problem.observationPoint, count);
    const observations = arena.doubles(problem.observations, 4 * count);
    const inverseSigma2 = arena.doubles(problem.inverseSigma2, count);
    const outlier = arena.bytes(problem.outlier, count);
    const edgesAt = arena.edges(problem.edges);
    const workAt = arena.take(work);
    const result = arena.take(16);
    const iterations = this.run.bundleAdjust(
      ...[camera, poses, posesAt, column, free, points, pointsAt, count, observationPose, observationPoint],
      ...[observations, inverseSigma2, outlier, edges, edgesAt, problem.iterations, problem.refineIterations],
      ...[workAt, result],
    );
    problem.poses.set(arena.readDoubles(posesAt, 7 * poses));
    problem.points.set(arena.readDoubles(pointsAt, 3 * points));
    problem.outlier.set(arena.readBytes(outlier, count));
    const [initialCost, finalCost] = arena.readDoubles(result, 2);
    return { initialCost, finalCost, iterations };
  }

  private camera(camera: Intrinsics): number {
    const { fx, fy, cx, cy, baseline } = camera;
    return this.arena.doubles(Float64Array.of(fx, fy, cx, cy, baseline), 5);
  }

  private prior(prior: { cameraFromWorld: Pose; information: Float64Array }): number {
    const address = this.arena.take(43 * 8);
    this.arena.writeDoubles(address, prior.cameraFromWorld);
    this.arena.writeDoubles(address + 56, prior.information);
    return address;
  }
}
