import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { angleBetween, compose, distance, exp, inverse, log, type Pose } from '../../base/se3.ts';
import { readKernels } from '../../bin/resources.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { oracle } from '../oracle/kernels.ts';
import { edgeResidual, inverseJacobian, priorResidual, reproject } from '../oracle/residuals.ts';
import {
  bundleProblem,
  CAMERA,
  copyBundle,
  matchingProblem,
  poseProblem,
  randomBytes,
} from './kernels-problems.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  for (let i = 0; i < b.length; i++) {
    expect(Math.abs(a[i] - b[i]), `element ${i}`).toBeLessThan(tolerance * Math.max(1, Math.abs(b[i])));
  }
}

describe('matching', () => {
  it('in windows equals the oracle, match for match, ties and contests included', () => {
    for (let n = 0; n < 40; n++) {
      const { queries, frame } = matchingProblem(new Random(`window ${n}`), 150, 30 + 10 * n);
      const ours = new Int32Array(queries.count);
      const theirs = new Int32Array(queries.count);
      const found = kernels.searchByProjection(queries, frame, ours);
      expect(oracle.searchByProjection(queries, frame, theirs)).toBe(found);
      expect(ours).toEqual(theirs);
      expect(found).toBeGreaterThan(5);
    }
  });

  it('without queries or keypoints finds nothing', () => {
    const { queries, frame } = matchingProblem(new Random('empty'), 5, 0);
    const matches = new Int32Array(5);
    expect(kernels.searchByProjection(queries, frame, matches)).toBe(0);
    expect([...matches]).toEqual([-1, -1, -1, -1, -1]);
    expect(kernels.matchBruteForce(new Uint8Array(0), new Uint8Array(64), 50, 1, new Int32Array(0))).toBe(0);
  });

  it('along lines equals the oracle, however many there are', () => {
    const random = new Random('lines');
    for (const [n, m] of [
      [0, 5],
      [6, 0],
      [9, 1],
      [80, 121],
    ]) {
      const keypoints = {
        count: m,
        x: Float64Array.from({ length: m }, () => random.uniform(0, 640)),
        y: Float64Array.from({ length: m }, () => random.uniform(0, 480)),
        bounds: Float64Array.from({ length: m }, () => random.uniform(100, 10000)),
        descriptors: randomBytes(random, 32 * m),
      };
      const descriptors = randomBytes(random, 32 * n);
      for (let i = 0; i < n && m > 0; i += 2) {
        const pick = 32 * random.int(m);
        descriptors.set(keypoints.descriptors.subarray(pick, pick + 32), 32 * i);
        descriptors[32 * i + random.int(32)] ^= 0x15;
      }
      const lines = Float64Array.from({ length: 3 * n }, (_, i) =>
        i % 3 < 2 ? random.uniform(-1, 1) : random.uniform(-300, 300),
      );
      const queries = { count: n, lines, descriptors, maxDistance: 120 };
      const [ours, theirs] = [new Int32Array(n), new Int32Array(n)];
      const found = oracle.searchAlongLines(queries, keypoints, theirs);
      expect(kernels.searchAlongLines(queries, keypoints, ours)).toBe(found);
      expect(ours).toEqual(theirs);
      if (n === 80) expect(found).toBeGreaterThan(20);
    }
  });

  it('by brute force equals the oracle, ties included', () => {
    const random = new Random('brute');
    // Where few bits are set, many descriptors are equally far.
    const thin = (from: Random, count: number) =>
      randomBytes(from, count).map((byte) => (byte < 4 ? 1 << byte : 0));
    for (const [n, m, bytes] of [
      [1, 1, randomBytes],
      [7, 90, randomBytes],
      [120, 80, randomBytes],
      [60, 41, thin],
      [60, 42, thin],
      [60, 43, thin],
    ] as const) {
      const b = bytes(random, 32 * m);
      const a = bytes(random, 32 * n);
      for (let i = 0; i < n; i += 2) {
        const pick = 32 * random.int(m);
        a.set(b.subarray(pick, pick + 32), 32 * i);
        a[32 * i + random.int(32)] ^= 0x15;
      }
      for (const ratio of [0.7, 1]) {
        const ours = new Int32Array(n);
        const theirs = new Int32Array(n);
        expect(kernels.matchBruteForce(a, b, 90, ratio, ours)).toBe(
          oracle.matchBruteForce(a, b, 90, ratio, theirs),
        );
        expect(ours).toEqual(theirs);
      }
    }
  });
});

describe('brute force matching', () => {
  it('holds the nearest against the second wherever the two stand', () => {
    const a = new Uint8Array(32);
    for (let second = 1; second < 6; second++) {
      const b = new Uint8Array(6 * 32).fill(255);
      b.set([255, ...new Array(31).fill(0)], 0);
      b.set([255, 3, ...new Array(30).fill(0)], 32 * second);
      const matches = new Int32Array(1);
      expect([0.7, 0.9].map((ratio) => kernels.matchBruteForce(a, b, 50, ratio, matches))).toEqual([0, 1]);
    }
  });

  it('sees nothing of what lies beyond the last descriptor', () => {
    const a = new Uint8Array(16 * 32).fill(255);
    const b = new Uint8Array(2 * 32);
    // The results of the first call, all −1, lie where the second might look.
    const found = [1, 2].map(() => kernels.matchBruteForce(a, b, 0, 1, new Int32Array(16)));
    expect(found).toEqual([0, 0]);
  });
});

describe('analytic Jacobians equal numeric ones', () => {
  const random = new Random('jacobians');
  const step = 1e-6;
  const numeric = (f: (delta: number[]) => ArrayLike<number>, rows: number, width: number) => {
    const out = new Float64Array(rows * width);
    for (let j = 0; j < width; j++) {
      const delta = new Array(width).fill(0);
      delta[j] = step;
      const plus = Array.from(f(delta));
      delta[j] = -step;
      const minus = f(delta);
      for (let i = 0; i < rows; i++) out[width * i + j] = (plus[i] - minus[i]) / (2 * step);
    }
    return out;
  };
  const moved = (pose: Pose, delta: number[]) => compose(exp(delta), pose);

  it('of reprojection, monocular and stereo', () => {
    const { problem } = poseProblem(random, 20, 0);
    for (let i = 0; i < 20; i++) {
      const point = problem.points.slice(3 * i, 3 * i + 3);
      const observation = problem.observations.slice(4 * i, 4 * i + 4);
      const pose = problem.cameraFromWorld;
      const at = reproject(CAMERA, pose, point, observation)!;
      const byPose = numeric(
        (d) => reproject(CAMERA, moved(pose, d), point, observation)!.residual,
        at.size,
        6,
      );
      expectClose(at.byPose, byPose, 1e-4);
      const byPoint = numeric(
        (d) =>
          reproject(
            CAMERA,
            pose,
            d.map((x, k) => x + point[k]),
            observation,
          )!.residual,
        at.size,
        3,
      );
      expectClose(at.byPoint, byPoint, 1e-4);
    }
  });

  it('of the prior and of relative-pose edges', () => {
    const pose = (sigma: number) => exp(Array.from({ length: 6 }, () => random.normal(sigma)));
    for (let n = 0; n < 20; n++) {
      const a = pose(1);
      const prior = compose(pose(0.05), a);
      const { byPose } = priorResidual(a, prior);
      expectClose(
        byPose,
        numeric((d) => priorResidual(moved(a, d), prior).residual, 6, 6),
        1e-6,
      );
      const b = pose(1);
      const measured = compose(compose(a, inverse(b)), pose(0.05));
      const edge = edgeResidual(a, b, measured);
      expectClose(
        edge.byA,
        numeric((d) => edgeResidual(moved(a, d), b, measured).residual, 6, 6),
        1e-6,
      );
      expectClose(
        edge.byB,
        numeric((d) => edgeResidual(a, moved(b, d), measured).residual, 6, 6),
        1e-6,
      );
    }
  });

  it('of the logarithm, left and right', () => {
    const v = [0.03, -0.05, 0.02, 0.04, 0.06, -0.05];
    expectClose(
      inverseJacobian(v, -1),
      numeric((d) => log(compose(exp(d), exp(v))), 6, 6),
      1e-7,
    );
    expectClose(
      inverseJacobian(v, 1),
      numeric((d) => log(compose(exp(v), exp(d))), 6, 6),
      1e-7,
    );
  });
});

describe('pose-only optimisation', () => {
  const information = new Float64Array(36);
  for (let i = 0; i < 6; i++) information[7 * i] = i < 3 ? 1e4 : 4e4;

  it('finds the pose behind 30 % outliers, as the oracle does', () => {
    for (let n = 0; n < 30; n++) {
      const { problem, truth } = poseProblem(new Random(`pose ${n}`), 120);
      const twin = {
        ...problem,
        cameraFromWorld: problem.cameraFromWorld.slice(),
        inlier: problem.inlier.slice(),
      };
      const ours = kernels.optimizePose(problem);
      const theirs = oracle.optimizePose(twin);
      expect(distance(problem.cameraFromWorld, truth)).toBeLessThan(0.02);
      expect(angleBetween(problem.cameraFromWorld, truth)).toBeLessThan(0.006);
      expect(ours.inliers).toBe(theirs.inliers);
      expect(problem.inlier).toEqual(twin.inlier);
      expectClose(problem.cameraFromWorld, twin.cameraFromWorld, 1e-7);
      expectClose(ours.information, theirs.information, 1e-5);
      expect(ours.cost).toBeCloseTo(theirs.cost, 5);
    }
  });

  it('with few matches leans on the prior, as the oracle does', () => {
    for (const count of [0, 1, 2, 4, 8]) {
      const { problem, truth } = poseProblem(new Random(`prior ${count}`), count, 0);
      const prior = { cameraFromWorld: compose(exp([0.01, 0, -0.01, 0.002, 0.003, 0]), truth), information };
      problem.cameraFromWorld.set(prior.cameraFromWorld);
      const twin = {
        ...problem,
        prior,
        cameraFromWorld: problem.cameraFromWorld.slice(),
        inlier: problem.inlier.slice(),
      };
      kernels.optimizePose({ ...problem, prior });
      oracle.optimizePose(twin);
      expectClose(problem.cameraFromWorld, twin.cameraFromWorld, 1e-8);
      expect(distance(problem.cameraFromWorld, truth)).toBeLessThan(0.03);
      if (count === 0) expectClose(problem.cameraFromWorld, prior.cameraFromWorld, 1e-12);
    }
  });

  it('without anything to go by keeps the start, and never says NaN', () => {
    const { problem } = poseProblem(new Random('nothing'), 0);
    const start = problem.cameraFromWorld.slice();
    expect(kernels.optimizePose(problem).inliers).toBe(0);
    expect(problem.cameraFromWorld).toEqual(start);
    const behind = poseProblem(new Random('behind'), 10).problem;
    for (let i = 0; i < 30; i++) behind.points[i] = i % 3 === 2 ? -50 : 0;
    const result = kernels.optimizePose(behind);
    expect([...behind.cameraFromWorld, ...result.information, result.cost].every(Number.isFinite)).toBe(true);
  });

  it('gives a covariance that its errors agree with', () => {
    let sum = 0;
    const runs = 150;
    for (let n = 0; n < runs; n++) {
      const { problem, truth } = poseProblem(new Random(`nees ${n}`), 60, 0);
      problem.inverseSigma2.fill(1 / 0.49);
      const { information: h } = kernels.optimizePose(problem);
      const error = log(compose(problem.cameraFromWorld, inverse(truth)));
      for (let i = 0; i < 6; i++)
        for (let j = 0; j < 6; j++) sum += (error[i] * h[6 * i + j] * error[j]) / runs;
    }
    expect(sum).toBeGreaterThan(4.5);
    expect(sum).toBeLessThan(7.8);
  });
});

describe('bundle adjustment', () => {
  for (const withEdges of [false, true]) {
    it(`agrees with the full normal equations of the oracle, ${withEdges ? 'with' : 'without'} odometry edges`, () => {
      for (let n = 0; n < 4; n++) {
        const { problem } = bundleProblem(new Random(`bundle ${n}`), 5, 40, withEdges);
        const twin = copyBundle(problem);
        const ours = kernels.bundleAdjust(problem);
        const theirs = oracle.bundleAdjust(twin);
        expect(ours.initialCost).toBeCloseTo(theirs.initialCost, 6);
        expect(ours.iterations).toBe(theirs.iterations);
        expectClose([ours.finalCost], [theirs.finalCost], 1e-8);
        expectClose(problem.poses, twin.poses, 1e-7);
        expectClose(problem.points, twin.points, 1e-6);
        expect(problem.outlier).toEqual(twin.outlier);
      }
    });
  }

  it('recovers the scene and names the outliers', () => {
    const { problem, truePoses, truePoints } = bundleProblem(new Random('scene'), 12, 400, true);
    const before = problem.poses.slice();
    const { initialCost, finalCost } = kernels.bundleAdjust(problem);
    expect(finalCost).toBeLessThan(initialCost / 20);
    truePoses.forEach((pose, k) => {
      expect(distance(problem.poses.subarray(7 * k, 7 * k + 7), pose)).toBeLessThan(0.012);
    });
    const errors = truePoints.map((point, p) =>
      Math.hypot(...Array.from(point, (value, c) => value - problem.points[3 * p + c])),
    );
    expect(errors.sort((a, b) => a - b)[200]).toBeLessThan(0.025);
    const outliers = problem.outlier.reduce((sum, value) => sum + value, 0) / problem.outlier.length;
    expect(outliers).toBeGreaterThan(0.03);
    expect(outliers).toBeLessThan(0.12);
    expect(problem.poses.subarray(0, 14)).toEqual(before.subarray(0, 14));
  });

  it('gives the same bytes again, whatever ran in between', () => {
    const { problem } = bundleProblem(new Random('again'), 6, 60, true);
    const first = copyBundle(problem);
    const second = copyBundle(problem);
    kernels.bundleAdjust(first);
    kernels.bundleAdjust(bundleProblem(new Random('other'), 20, 900, true).problem);
    kernels.optimizePose(poseProblem(new Random('other'), 300).problem);
    kernels.bundleAdjust(second);
    expect(second.poses).toEqual(first.poses);
    expect(second.points).toEqual(first.points);
  });

  it('moves only points when every pose is fixed', () => {
    const { problem, truePoses } = bundleProblem(new Random('fixed'), 6, 60);
    problem.fixed.fill(1);
    for (const [k, pose] of truePoses.entries()) problem.poses.set(pose, 7 * k);
    const before = problem.poses.slice();
    const { initialCost, finalCost } = kernels.bundleAdjust(problem);
    expect(problem.poses).toEqual(before);
    expect(finalCost).toBeLessThan(initialCost / 2);
  });
});
