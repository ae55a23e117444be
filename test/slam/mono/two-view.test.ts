import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { exp, rotationMatrix } from '../../../base/se3.ts';
import { decomposeEssential, fitEssential } from '../../../slam/initialise/essential.ts';
import { decomposeHomography, fitHomography } from '../../../slam/initialise/homography.ts';
import type { Motion } from '../../../slam/initialise/motion.ts';
import { fitTurn, medianParallax } from '../../../slam/initialise/ray-pairs.ts';
import { estimateModels, reconstruct } from '../../../slam/initialise/two-view.ts';
import { svd3, symmetricEigen } from '../../../slam/optimize/eigen.ts';
import { cloud, motionError, pairUp, plane, SIDEWAYS } from './scenes.ts';

const DEGREE = Math.PI / 180;
const OPTIONS = { fewest: 50, parallax: DEGREE };
const exact = { noise: 0 };

/** Largest difference between a motion and the true one, the best of those offered. */
function nearest(motions: readonly Motion[]): number {
  const r = rotationMatrix(SIDEWAYS);
  const norm = Math.hypot(SIDEWAYS[0], SIDEWAYS[1], SIDEWAYS[2]);
  return Math.min(
    ...motions.map(({ rotation, direction }) =>
      Math.max(
        ...rotation.map((value, i) => Math.abs(value - r[i])),
        ...direction.map((value, i) => Math.abs(value - SIDEWAYS[i] / norm)),
      ),
    ),
  );
}

describe('small matrices', () => {
  it('come apart into eigenvectors and back together', () => {
    const random = new Random('eigen');
    const n = 9;
    const m = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) m[n * i + j] = m[n * j + i] = random.uniform(-1, 1);
    const { values, vectors } = symmetricEigen(m, n);
    for (let i = 1; i < n; i++) expect(values[i]).toBeLessThanOrEqual(values[i - 1]);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += vectors[n * k + i] * values[k] * vectors[n * k + j];
        expect(sum).toBeCloseTo(m[n * i + j], 12);
      }
    }
  });

  it('come apart into singular values, of rank three and of rank two', () => {
    for (const m of [
      [1, 2, 3, -4, 5, 6, 7, 8, -9],
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    ]) {
      const { u, s, vt } = svd3(Float64Array.from(m));
      expect(s[0]).toBeGreaterThanOrEqual(s[1]);
      expect(s[1]).toBeGreaterThanOrEqual(s[2]);
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++) {
          let sum = 0;
          for (let k = 0; k < 3; k++) sum += u[3 * i + k] * s[k] * vt[3 * k + j];
          expect(sum).toBeCloseTo(m[3 * i + j], 6);
        }
      }
    }
  });
});

describe('one model from few pairs', () => {
  it('a homography of a plane holds the true motion among its eight', () => {
    const pairs = pairUp(plane(new Random('plane'), 40), SIDEWAYS, new Random('exact'), exact);
    const motions = decomposeHomography(fitHomography(pairs, [0, 1, 2, 3]));
    expect(motions.length).toBe(8);
    expect(nearest(motions)).toBeLessThan(1e-6);
  });

  it('an essential matrix of a scene with depth holds the true motion among its four', () => {
    const pairs = pairUp(cloud(new Random('cloud'), 40), SIDEWAYS, new Random('exact'), exact);
    const motions = decomposeEssential(fitEssential(pairs, [0, 1, 2, 3, 4, 5, 6, 7]));
    expect(motions.length).toBe(4);
    expect(nearest(motions)).toBeLessThan(1e-6);
  });

  it('a homography of a camera that only turned holds none', () => {
    const turn = exp([0, 0, 0, 0.02, 0.1, -0.03]);
    const pairs = pairUp(cloud(new Random('cloud'), 40), turn, new Random('exact'), exact);
    expect(decomposeHomography(fitHomography(pairs, [...Array(40).keys()]))).toEqual([]);
  });
});

describe('two views', () => {
  for (const [name, scene, model] of [
    ['a plane', plane, 'homography'],
    ['a scene with depth', cloud, 'essential'],
  ] as const) {
    it(`of ${name} are told by the ${model}, noise and a quarter of wrong matches or not`, () => {
      for (let trial = 0; trial < 5; trial++) {
        const random = new Random(`trial ${trial}`);
        const points = scene(random, 300);
        const pairs = pairUp(points, SIDEWAYS, random, { outliers: 0.25 });
        const view = reconstruct(pairs, new Random('ransac'), OPTIONS)!;
        expect(view.model).toBe(model);
        const { direction, rotation } = motionError(view.secondFromFirst, SIDEWAYS);
        expect(direction).toBeLessThan(3);
        expect(rotation).toBeLessThan(0.5);
        const baseline = Math.hypot(SIDEWAYS[0], SIDEWAYS[1], SIDEWAYS[2]);
        const off = points.flatMap((point, i) =>
          view.placed[i] ? [Math.abs(view.points[3 * i + 2] * baseline - point[2]) / point[2]] : [],
        );
        expect(off.length).toBeGreaterThan(150);
        expect(off.sort((a, b) => a - b)[off.length >> 1]).toBeLessThan(0.08);
      }
    });
  }

  it('from one place tell nothing', () => {
    for (let trial = 0; trial < 5; trial++) {
      const random = new Random(`turn ${trial}`);
      const turn = exp([0, 0, 0, random.normal(0.1), random.normal(0.1), random.normal(0.1)]);
      const pairs = pairUp(cloud(random, 300), turn, random, { outliers: 0.1 });
      expect(reconstruct(pairs, new Random('ransac'), OPTIONS)).toBeUndefined();
    }
  });

  it('with too little parallax tell nothing', () => {
    const random = new Random('near');
    const step = exp([-0.04, 0.005, 0, 0, 0.01, 0]);
    expect(reconstruct(pairUp(cloud(random, 300), step, random), random, OPTIONS)).toBeUndefined();
    const far = pairUp(cloud(random, 300), SIDEWAYS, random);
    expect(reconstruct(far, random, OPTIONS)).toBeDefined();
    expect(reconstruct(far, random, { ...OPTIONS, parallax: 10 * DEGREE })).toBeUndefined();
  });

  it('of nothing in common, or next to nothing, tell nothing', () => {
    const random = new Random('apart');
    const pairs = pairUp(cloud(random, 200), SIDEWAYS, random, { outliers: 1 });
    expect(reconstruct(pairs, new Random('ransac'), OPTIONS)).toBeUndefined();
    expect(reconstruct(pairUp(cloud(random, 7), SIDEWAYS, random), random, OPTIONS)).toBeUndefined();
  });

  it('give the same twice', () => {
    const pairs = pairUp(cloud(new Random('same'), 200), SIDEWAYS, new Random('same'), { outliers: 0.2 });
    const [a, b] = [0, 1].map(() => estimateModels(pairs, new Random('ransac')));
    expect(b.essential.matrix).toEqual(a.essential.matrix);
    expect(b.homography.matrix).toEqual(a.homography.matrix);
  });
});

describe('parallax without rotation', () => {
  it('is the noise where the camera only turned, and the turn is found', () => {
    const random = new Random('turned');
    const turn = exp([0, 0, 0, 0.1, -0.2, 0.3]);
    const pairs = pairUp(cloud(random, 200), turn, random, { outliers: 0.2 });
    const found = fitTurn(pairs);
    expect(found.parallax).toBeLessThan(0.2 * DEGREE);
    rotationMatrix(turn).forEach((value, i) => {
      expect(found.rotation[i]).toBeCloseTo(value, 2);
    });
  });

  it('grows with the way between the cameras', () => {
    const points = cloud(new Random('way'), 200);
    const parallax = [0.1, 0.3, 0.9].map((way) =>
      medianParallax(pairUp(points, exp([-way, 0, 0, 0, 0.1, 0]), new Random('noise'))),
    );
    expect(parallax[1]).toBeGreaterThan(2 * parallax[0]);
    expect(parallax[2]).toBeGreaterThan(2 * parallax[1]);
  });
});
