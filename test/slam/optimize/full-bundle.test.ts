import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { compose, distance, exp, inverse, planarPose, poseOf, transformPoint } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { BundleProblem, Kernels } from '../../../slam/kernels/kernels.ts';
import { FullBundleAdjustment } from '../../../slam/optimize/full-bundle.ts';
import { bundleProblem, CAMERA, copyBundle } from '../kernels-problems.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

function finish(problem: BundleProblem): FullBundleAdjustment {
  const bundle = new FullBundleAdjustment(problem, kernels);
  while (bundle.step());
  bundle.write();
  return bundle;
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  for (let i = 0; i < b.length; i++) expect(Math.abs(a[i] - b[i]), `element ${i}`).toBeLessThan(tolerance);
}

const RING = 120;

/** A walk around a block: keyframes a step apart see a wall of points outwards, so the system is a sparse ring. */
function ring(random: Random) {
  const bodyFromCamera = poseOf(0, 0, 0, -0.5, 0.5, -0.5, 0.5);
  const truth = Array.from({ length: RING }, (_, k) => {
    const angle = (2 * Math.PI * k) / RING;
    return inverse(compose(planarPose(10 * Math.cos(angle), 10 * Math.sin(angle), angle), bodyFromCamera));
  });
  const rows: { k: number; p: number; pixel: number[] }[] = [];
  const points: number[] = [];
  for (let p = 0; p < 12 * RING; p++) {
    const angle = random.uniform(0, 2 * Math.PI);
    const radius = random.uniform(13, 16);
    const point = [radius * Math.cos(angle), radius * Math.sin(angle), random.uniform(-1.5, 1.5)];
    points.push(...point);
    truth.forEach((pose, k) => {
      const [x, y, z] = transformPoint(pose, point);
      if (z < 1 || Math.abs(x / z) > 0.8 || Math.abs(y / z) > 0.8) return;
      const pixel = [
        (CAMERA.fx * x) / z + CAMERA.cx,
        (CAMERA.fy * y) / z + CAMERA.cy,
        (CAMERA.fx * 0.1) / z,
        1,
      ];
      rows.push({ k, p, pixel: pixel.map((value, i) => (i < 3 ? value + random.normal(0.05) : value)) });
    });
  }
  const poses = new Float64Array(7 * RING);
  truth.forEach((pose, k) => {
    const noise = Array.from({ length: 6 }, () => (k === 0 ? 0 : random.normal(0.01)));
    poses.set(compose(exp(noise), pose), 7 * k);
  });
  const problem: BundleProblem = {
    camera: CAMERA,
    poses,
    fixed: Uint8Array.from({ length: RING }, (_, k) => (k === 0 ? 1 : 0)),
    points: Float64Array.from(points, (value) => value + random.normal(0.05)),
    observationPose: Int32Array.from(rows, ({ k }) => k),
    observationPoint: Int32Array.from(rows, ({ p }) => p),
    observations: Float64Array.from(rows.flatMap(({ pixel }) => pixel)),
    inverseSigma2: new Float64Array(rows.length).fill(10),
    outlier: new Uint8Array(rows.length),
    iterations: 10,
    refineIterations: 10,
  };
  return { problem, truth };
}

describe('full bundle adjustment', () => {
  it.each([false, true])('takes the steps of the dense kernel (odometry edges: %s)', (withEdges) => {
    for (let n = 0; n < 4; n++) {
      const { problem } = bundleProblem(new Random(`full ${n}`), 9, 90, withEdges);
      const dense = copyBundle(problem);
      const theirs = kernels.bundleAdjust(dense);
      const ours = finish(problem).result;
      expect(ours.iterations).toBe(theirs.iterations);
      expect(ours.initialCost / theirs.initialCost).toBeCloseTo(1, 10);
      expect(ours.finalCost / theirs.finalCost).toBeCloseTo(1, 8);
      expectClose(problem.poses, dense.poses, 1e-6);
      expectClose(problem.points, dense.points, 1e-5);
      expect(problem.outlier).toEqual(dense.outlier);
    }
  });

  it('pulls a long ring of keyframes straight', () => {
    const { problem, truth } = ring(new Random('ring'));
    const worst = () =>
      Math.max(...truth.map((pose, k) => distance(pose, problem.poses.subarray(7 * k, 7 * k + 7))));
    expect(worst()).toBeGreaterThan(0.025);
    const { initialCost, finalCost } = finish(problem).result;
    expect(finalCost).toBeLessThan(initialCost / 10);
    expect(worst()).toBeLessThan(0.02);
  });

  it('leaves the problem alone until it is written, and can be written half way', () => {
    const { problem } = bundleProblem(new Random('half'), 6, 60);
    const before = copyBundle(problem);
    const bundle = new FullBundleAdjustment(problem, kernels);
    expect(bundle.step()).toBe(true);
    kernels.bundleAdjust(bundleProblem(new Random('other'), 8, 60).problem);
    expect(problem.poses).toEqual(before.poses);
    bundle.write();
    expect(problem.poses).not.toEqual(before.poses);
    expect(bundle.result.finalCost).toBeLessThan(bundle.result.initialCost);
    expect(bundle.result.iterations).toBe(1);
  });

  it('moves only points when every pose is held, and takes no steps where none are asked for', () => {
    const { problem } = bundleProblem(new Random('held'), 6, 60);
    problem.fixed.fill(1);
    const poses = problem.poses.slice();
    const { initialCost, finalCost } = finish(problem).result;
    expect(problem.poses).toEqual(poses);
    expect(finalCost).toBeLessThan(initialCost);
    const none = new FullBundleAdjustment({ ...problem, iterations: 0, refineIterations: 0 }, kernels);
    expect(none.step()).toBe(false);
    expect(none.result.iterations).toBe(0);
  });

  it('gives the same bytes whether its steps come at once or between other work', () => {
    const { problem } = bundleProblem(new Random('again'), 8, 80, true);
    const other = copyBundle(problem);
    finish(problem);
    const bundle = new FullBundleAdjustment(other, kernels);
    while (bundle.step()) kernels.bundleAdjust(bundleProblem(new Random('between'), 5, 30).problem);
    bundle.write();
    expect(other.poses).toEqual(problem.poses);
    expect(other.points).toEqual(problem.points);
    expect(other.outlier).toEqual(problem.outlier);
  });
});
