import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { exp, type Pose, transformPoint } from '../../../base/se3.ts';
import { cubicRoots, solveP3P } from '../../../slam/loops/p3p.ts';

const random = new Random('p3p');

function someView() {
  const pose = exp(Array.from({ length: 6 }, (_, i) => random.normal(i < 3 ? 2 : 1)));
  const points: number[][] = [];
  const rays: number[][] = [];
  while (points.length < 3) {
    const point = [0, 1, 2].map(() => random.normal(3));
    const seen = Array.from(transformPoint(pose, point));
    if (seen[2] < 0.3) continue;
    points.push(point);
    rays.push(unit(seen));
  }
  return { pose, points, rays };
}

function unit(v: readonly number[]): number[] {
  const length = Math.hypot(...v);
  return v.map((value) => value / length);
}

/** Largest difference of a transform's numbers, quaternions taken up to sign. */
function difference(a: Pose, b: Pose): number {
  const sign = a[3] * b[3] + a[4] * b[4] + a[5] * b[5] + a[6] * b[6] < 0 ? -1 : 1;
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (i < 3 ? 1 : sign) * b[i])));
}

describe('three points and three rays', () => {
  it('give the true pose among at most four, all of which see the points along the rays', () => {
    let missed = 0;
    const counts = new Set<number>();
    for (let n = 0; n < 2000; n++) {
      const { pose, points, rays } = someView();
      const found = solveP3P(rays, points);
      counts.add(found.length);
      for (const other of found) {
        points.forEach((point, i) => {
          const seen = unit(Array.from(transformPoint(other, point)));
          seen.forEach((value, k) => {
            expect(Math.abs(value - rays[i][k])).toBeLessThan(1e-6);
          });
        });
      }
      if (!found.some((other) => difference(other, pose) < 1e-4)) missed++;
    }
    expect(missed).toBeLessThanOrEqual(4);
    expect(Math.max(...counts)).toBe(4);
  });

  it('gives both poses of a symmetric view', () => {
    // An equilateral triangle seen head-on from far: the true pose is one of those found.
    const points = [0, 1, 2].map((k) => [
      Math.cos((2 * Math.PI * k) / 3),
      Math.sin((2 * Math.PI * k) / 3),
      0,
    ]);
    const pose = exp([0.4, 0.1, 4, 0.3, -0.2, 0.1]);
    const rays = points.map((point) => unit(Array.from(transformPoint(pose, point))));
    const found = solveP3P(rays, points);
    expect(found.length).toBeGreaterThanOrEqual(2);
    expect(Math.min(...found.map((other) => difference(other, pose)))).toBeLessThan(1e-7);
  });

  it('give nothing where they are on a line or the same, and never numbers that are none', () => {
    const { points, rays } = someView();
    const middle = points[0].map((value, i) => (value + points[1][i]) / 2);
    expect(solveP3P(rays, [points[0], points[1], middle])).toEqual([]);
    expect(solveP3P(rays, [points[0], points[0], points[1]])).toEqual([]);
    for (const poses of [
      solveP3P([rays[0], rays[0], rays[0]], points),
      solveP3P([rays[0], rays[0], rays[1]], points),
    ])
      for (const pose of poses) expect(pose.every(Number.isFinite)).toBe(true);
  });
});

describe('roots of a cubic', () => {
  it('are those it was made of', () => {
    for (const roots of [
      [1, 2, 3],
      [-4, 0.5, 0.5],
      [2, 2, 2],
      [-1000, 0.001, 7],
    ]) {
      const [a, b, c] = roots;
      const found = cubicRoots([-a * b * c, a * b + b * c + c * a, -(a + b + c), 1]);
      for (const root of roots) expect(Math.min(...found.map((x) => Math.abs(x - root)))).toBeLessThan(1e-4);
    }
    const [only, ...others] = cubicRoots([-5, 1, -5, 1]);
    expect(only).toBeCloseTo(5, 10);
    expect(others).toEqual([]);
  });
});
