import type { Random } from '../../base/random.ts';
import { compose, exp, inverse, type Pose, planarPose, poseOf, transformPoint } from '../../base/se3.ts';
import type {
  BundleProblem,
  Intrinsics,
  KeypointGrid,
  PoseProblem,
  ProjectionQueries,
} from '../../slam/kernels/kernels.ts';

/** Random problems for the kernels, each with its solution where it has one. */

export const CAMERA: Intrinsics = { fx: 300, fy: 305, cx: 320, cy: 240, baseline: 0.1 };

export function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.int(256));
}

export function gridOf(
  x: Float32Array,
  y: Float32Array,
  uRight: Float32Array,
  octave: Uint8Array,
  descriptors: Uint8Array,
): KeypointGrid {
  const [columns, rows, cellSize] = [10, 8, 64];
  const cells = Array.from(x, (_, k) => {
    const column = Math.max(0, Math.min(columns - 1, Math.floor(x[k] / cellSize)));
    const row = Math.max(0, Math.min(rows - 1, Math.floor(y[k] / cellSize)));
    return row * columns + column;
  });
  const cellStart = new Int32Array(columns * rows + 1);
  for (const cell of cells) cellStart[cell + 1]++;
  for (let i = 0; i < columns * rows; i++) cellStart[i + 1] += cellStart[i];
  const cellItems = Int32Array.from(cells.keys()).sort((a, b) => cells[a] - cells[b] || a - b);
  return {
    count: x.length,
    x,
    y,
    uRight,
    octave,
    descriptors,
    columns,
    rows,
    cellSize,
    cellStart,
    cellItems,
  };
}

/** Keypoints drawn near the queries so that ties, contests and near misses are common. */
export function matchingProblem(random: Random, queryCount: number, keypointCount: number) {
  const pool = randomBytes(random, 32 * 20);
  const descriptorsOf = (count: number) => {
    const out = new Uint8Array(32 * count);
    for (let i = 0; i < count; i++) {
      const pick = 32 * random.int(20);
      out.set(pool.subarray(pick, pick + 32), 32 * i);
      for (let flips = random.int(40); flips > 0; flips--) out[32 * i + random.int(32)] ^= 1 << random.int(8);
    }
    return out;
  };
  const floats = (count: number, draw: () => number) => Float32Array.from({ length: count }, draw);
  const x = floats(keypointCount, () => random.uniform(-5, 645));
  const y = floats(keypointCount, () => random.uniform(-5, 485));
  const uRight = floats(keypointCount, () => (random.chance(0.3) ? -1 : random.uniform(0, 640)));
  const octave = Uint8Array.from({ length: keypointCount }, () => random.int(8));
  const frame = gridOf(x, y, uRight, octave, descriptorsOf(keypointCount));
  const queries: ProjectionQueries = {
    count: queryCount,
    u: floats(queryCount, () => random.uniform(-20, 660)),
    v: floats(queryCount, () => random.uniform(-20, 500)),
    uRight: floats(queryCount, () => (random.chance(0.3) ? -1 : random.uniform(0, 640))),
    radius: floats(queryCount, () => random.pick([3, 10, 64, 200])),
    minOctave: Uint8Array.from({ length: queryCount }, () => random.int(4)),
    maxOctave: Uint8Array.from({ length: queryCount }, () => 3 + random.int(5)),
    descriptors: descriptorsOf(queryCount),
    maxDistance: 80,
    ratio: 0.85,
  };
  return { queries, frame };
}

function observe(
  random: Random,
  pose: Pose,
  point: ArrayLike<number>,
  sigma: number,
  stereo: boolean,
): number[] {
  const [x, y, z] = transformPoint(pose, point);
  const u = (CAMERA.fx * x) / z + CAMERA.cx;
  const v = (CAMERA.fy * y) / z + CAMERA.cy;
  const disparity = (CAMERA.fx * CAMERA.baseline) / z;
  const precision = random.uniform(0.8, 3);
  return [
    u + random.normal(sigma),
    v + random.normal(sigma),
    stereo ? Math.max(0, disparity + random.normal(sigma / precision)) : -1,
    precision,
  ];
}

function pointInView(random: Random, worldFromCamera: Pose): Float64Array {
  const z = random.uniform(1, 8);
  return transformPoint(worldFromCamera, [
    random.uniform(-0.9, 0.9) * z,
    random.uniform(-0.7, 0.7) * z,
    z,
  ]) as Float64Array;
}

export function poseProblem(
  random: Random,
  count: number,
  outliers = 0.3,
): { problem: PoseProblem; truth: Pose } {
  const truth = exp(Array.from({ length: 6 }, () => random.normal(0.5)));
  const worldFromCamera = inverse(truth);
  const points = new Float64Array(3 * count);
  const observations = new Float64Array(4 * count);
  for (let i = 0; i < count; i++) {
    const point = pointInView(random, worldFromCamera);
    points.set(point, 3 * i);
    observations.set(observe(random, truth, point, 0.7, random.chance(0.6)), 4 * i);
    if (random.chance(outliers)) observations[4 * i] += random.pick([-1, 1]) * random.uniform(20, 200);
  }
  const start = compose(exp(Array.from({ length: 6 }, () => random.normal(0.03))), truth);
  const problem: PoseProblem = {
    camera: CAMERA,
    cameraFromWorld: start,
    count,
    points,
    observations,
    inverseSigma2: new Float64Array(count).fill(1),
    inlier: new Uint8Array(count),
  };
  return { problem, truth };
}

/** Keyframes along a line, looking sideways; the first two are fixed; odometry edges join neighbours. */
export function bundleProblem(random: Random, poseCount: number, pointCount: number, withEdges = false) {
  const bodyFromCamera = poseOf(0, 0, 0, -0.5, 0.5, -0.5, 0.5);
  const truePoses = Array.from({ length: poseCount }, (_, k) =>
    inverse(compose(planarPose(0.4 * k, 0.05 * k, 0.03 * k), bodyFromCamera)),
  );
  const truePoints: Float64Array[] = [];
  const observationPose: number[] = [];
  const observationPoint: number[] = [];
  const observations: number[] = [];
  for (let p = 0; p < pointCount; p++) {
    const point = Float64Array.of(random.uniform(3, 9), random.uniform(-4, 4), random.uniform(-1.5, 1.5));
    truePoints.push(point);
    for (let k = 0; k < poseCount; k++) {
      const [x, y, z] = transformPoint(truePoses[k], point);
      if (z < 0.5 || Math.abs(x / z) > 1 || Math.abs(y / z) > 0.8 || random.chance(0.3)) continue;
      observationPose.push(k);
      observationPoint.push(p);
      observations.push(...observe(random, truePoses[k], point, 0.5, random.chance(0.7)));
      if (random.chance(0.04)) observations[observations.length - 3] += 40;
    }
  }
  const poses = new Float64Array(7 * poseCount);
  truePoses.forEach((pose, k) => {
    const noise = Array.from({ length: 6 }, () => (k < 2 ? 0 : random.normal(0.02)));
    poses.set(compose(exp(noise), pose), 7 * k);
  });
  const points = Float64Array.from(
    truePoints.flatMap((point) => Array.from(point, (c) => c + random.normal(0.05))),
  );
  const information = new Float64Array(36);
  for (let i = 0; i < 6; i++) information[7 * i] = i < 3 ? 2500 : 10000;
  const edges = {
    from: Int32Array.from({ length: poseCount - 1 }, (_, k) => k),
    to: Int32Array.from({ length: poseCount - 1 }, (_, k) => k + 1),
    measured: Float64Array.from(
      truePoses.slice(1).flatMap((pose, k) => {
        const noise = exp(Array.from({ length: 6 }, () => random.normal(0.01)));
        return Array.from(compose(compose(truePoses[k], inverse(pose)), noise));
      }),
    ),
    information: Float64Array.from(truePoses.slice(1).flatMap(() => Array.from(information))),
  };
  const problem: BundleProblem = {
    camera: CAMERA,
    poses,
    fixed: Uint8Array.from({ length: poseCount }, (_, k) => (k < 2 ? 1 : 0)),
    points,
    observationPose: Int32Array.from(observationPose),
    observationPoint: Int32Array.from(observationPoint),
    observations: Float64Array.from(observations),
    inverseSigma2: new Float64Array(observationPose.length).fill(4),
    outlier: new Uint8Array(observationPose.length),
    edges: withEdges ? edges : undefined,
    iterations: 5,
    refineIterations: 5,
  };
  return { problem, truePoses, truePoints };
}

export function copyBundle(problem: BundleProblem): BundleProblem {
  return {
    ...problem,
    poses: problem.poses.slice(),
    points: problem.points.slice(),
    outlier: problem.outlier.slice(),
  };
}
