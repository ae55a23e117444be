import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import {
  adjoint,
  angleBetween,
  between,
  compose,
  distance,
  exp,
  identity,
  interpolate,
  inverse,
  log,
  type Pose,
  planarPose,
  quaternionOf,
  rotationMatrix,
  transformPoint,
  yawOf,
} from '../../base/se3.ts';

const random = new Random('se3');

function randomPose(angle = 3): Pose {
  const tangent = Array.from({ length: 6 }, (_, i) => random.normal(i < 3 ? 5 : 1));
  const theta = Math.hypot(tangent[3], tangent[4], tangent[5]);
  for (let i = 3; i < 6; i++) tangent[i] *= random.uniform(0, angle) / theta;
  return exp(tangent);
}

/** 4×4 row-major matrix: an independent way to compose. */
function matrix(pose: Pose): number[] {
  const r = rotationMatrix(pose);
  return [r[0], r[1], r[2], pose[0], r[3], r[4], r[5], pose[1], r[6], r[7], r[8], pose[2], 0, 0, 0, 1];
}

function multiply(a: number[], b: number[]): number[] {
  return Array.from({ length: 16 }, (_, n) => {
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += a[4 * (n >> 2) + k] * b[4 * k + (n & 3)];
    return sum;
  });
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-12): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i] - b[i])).toBeLessThan(tolerance);
}

describe('SE(3)', () => {
  it('composes as 4×4 matrices do, also in place', () => {
    for (let n = 0; n < 200; n++) {
      const a = randomPose();
      const b = randomPose();
      const expected = multiply(matrix(a), matrix(b));
      expectClose(matrix(compose(a, b)), expected, 1e-10);
      const inPlace = a.slice();
      compose(inPlace, b, inPlace);
      expectClose(matrix(inPlace), expected, 1e-10);
      const second = b.slice();
      compose(a, second, second);
      expectClose(matrix(second), expected, 1e-10);
    }
  });

  it('inverts, and takes the difference of two poses', () => {
    for (let n = 0; n < 100; n++) {
      const a = randomPose();
      const b = randomPose();
      expectClose(compose(a, inverse(a)), identity(), 1e-9);
      expectClose(matrix(compose(a, between(a, b))), matrix(b), 1e-9);
    }
  });

  it('moves points as its matrix does', () => {
    const a = randomPose();
    const m = matrix(a);
    expectClose(
      transformPoint(a, [1, -2, 3]),
      [0, 1, 2].map((i) => m[4 * i] - 2 * m[4 * i + 1] + 3 * m[4 * i + 2] + m[4 * i + 3]),
      1e-10,
    );
  });

  it('exp agrees with the matrix exponential series', () => {
    for (const scale of [1e-12, 1e-7, 1e-5, 1e-3, 0.5, 2]) {
      const v = [0.3, -1.1, 0.7, 0.5, -0.4, 0.6].map((x) => x * scale);
      const generator = [0, -v[5], v[4], v[0], v[5], 0, -v[3], v[1], -v[4], v[3], 0, v[2], 0, 0, 0, 0];
      let term = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
      const sum = term.slice();
      for (let k = 1; k < 40; k++) {
        term = multiply(term, generator).map((x) => x / k);
        for (let i = 0; i < 16; i++) sum[i] += term[i];
      }
      expectClose(matrix(exp(v)), sum, 1e-11);
    }
  });

  it('log undoes exp, from tiny angles to nearly π', () => {
    for (const angle of [1e-12, 1e-8, 1e-5, 2e-4, 0.1, 1, 3, 3.14158]) {
      const v = [1, -2, 0.5, 0.6 * angle, -0.64 * angle, 0.48 * angle];
      expectClose(log(exp(v)), v, 1e-6);
      if (angle < 3.1) expectClose(log(exp(v)), v, 1e-9);
    }
  });

  it('takes the short way round when the quaternion is negated', () => {
    const pose = exp([1, 2, 3, 0.1, 0.2, 0.3]);
    const negated = pose.slice();
    for (let i = 3; i < 7; i++) negated[i] = -negated[i];
    expectClose(log(negated), [1, 2, 3, 0.1, 0.2, 0.3]);
  });

  it('the adjoint carries a right perturbation to the left', () => {
    const pose = randomPose();
    const tau = [0.02, -0.01, 0.03, 0.01, 0.02, -0.015];
    const ad = adjoint(pose);
    const left = Array.from({ length: 6 }, (_, i) =>
      tau.reduce((sum, value, j) => sum + ad[6 * i + j] * value, 0),
    );
    expectClose(matrix(compose(pose, exp(tau))), matrix(compose(exp(left), pose)), 1e-10);
  });

  it('interpolates along the geodesic', () => {
    const a = randomPose();
    const b = randomPose(1);
    expectClose(matrix(interpolate(a, b, 0)), matrix(a), 1e-9);
    expectClose(matrix(interpolate(a, b, 1)), matrix(b), 1e-9);
    const middle = interpolate(a, b, 0.5);
    expect(angleBetween(a, middle)).toBeCloseTo(angleBetween(middle, b), 9);
  });

  it('turns rotation matrices into quaternions, whichever axis dominates', () => {
    for (const q of [
      [0, 0, 0, 1],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0.5, 0.5, 0.5, 0.5],
      [0.1, -0.7, 0.1, Math.sqrt(1 - 0.51)],
    ]) {
      const pose = Float64Array.of(0, 0, 0, ...q);
      const back = quaternionOf(rotationMatrix(pose));
      expectClose(rotationMatrix(Float64Array.of(0, 0, 0, ...back)), rotationMatrix(pose));
      expect(back[3]).toBeGreaterThanOrEqual(0);
    }
  });

  it('planar poses keep their heading', () => {
    const pose = planarPose(1, 2, -2.5);
    expect(yawOf(pose)).toBeCloseTo(-2.5, 12);
    expectClose(transformPoint(pose, [1, 0, 0]), [1 + Math.cos(-2.5), 2 + Math.sin(-2.5), 0]);
    expect(distance(pose, planarPose(4, 6, 0))).toBeCloseTo(5, 12);
  });
});
