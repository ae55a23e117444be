import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { dropOf, fuse, jointCovariance } from '../../../rl/baselines/covariance.ts';

const NOISE = 0.01;

/** A random covariance, A·Aᵀ. */
function draw(random: Random, n: number): Float64Array {
  const a = Float64Array.from({ length: n * n }, () => random.normal());
  const joint = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) joint[n * i + j] += a[n * i + k] * a[n * j + k];
  return joint;
}

/** Kalman's update with whole matrices: (I − K·H)·P. */
function updated(joint: Float64Array, n: number, i: number, j: number): Float64Array {
  const h = Float64Array.from({ length: n }, (_, k) => (k === j ? 1 : k === i ? -1 : 0));
  const ph = Float64Array.from({ length: n }, (_, k) =>
    h.reduce((sum, hl, l) => sum + joint[n * k + l] * hl, 0),
  );
  const s = ph.reduce((sum, value, k) => sum + h[k] * value, NOISE);
  return joint.map((value, at) => value - (ph[Math.floor(at / n)] * ph[at % n]) / s);
}

const variances = (joint: Float64Array, n: number) => Array.from({ length: n }, (_, k) => joint[n * k + k]);
const relative = (n: number, known: [number, number, number][]) => {
  const table = new Float64Array(n * n).fill(Infinity);
  for (const [i, j, value] of known) table[n * i + j] = table[n * j + i] = value;
  return table;
};

describe('a sighting in a joint covariance', () => {
  it("is Kalman's update, and the drops are those of its diagonal", () => {
    const random = new Random('fuse');
    for (let n = 2; n <= 6; n++) {
      const joint = draw(random, n);
      const [i, j] = [n - 1, Math.floor(n / 2) - 1];
      const expected = updated(joint, n, i, j);
      for (let k = 0; k < n; k++)
        expect(joint[n * k + k] - expected[n * k + k]).toBeCloseTo(dropOf(joint, n, i, j, NOISE, k), 10);
      const fused = joint.slice();
      fuse(fused, n, i, j, NOISE);
      for (let at = 0; at < n * n; at++) expect(fused[at]).toBeCloseTo(expected[at], 10);
    }
  });

  it('twice of the same tells nearly nothing the second time', () => {
    const joint = jointCovariance(Float64Array.of(1, 1), relative(2, []));
    fuse(joint, 2, 0, 1, NOISE);
    expect(joint[3]).toBeCloseTo(0.5, 2);
    expect(dropOf(joint, 2, 0, 1, NOISE, 1)).toBeLessThan(0.01);
  });
});

describe('the joint covariance of a team', () => {
  it('of robots that know nothing of each other is that of each alone', () => {
    const joint = jointCovariance(Float64Array.of(1, 4, 9), relative(3, []));
    expect([...joint]).toEqual([1, 0, 0, 0, 4, 0, 0, 0, 9]);
  });

  it('keeps what is known of two relative to each other', () => {
    const joint = jointCovariance(Float64Array.of(1, 1.2, 9), relative(3, [[0, 1, 0.3]]));
    expect(joint[0] + joint[4] - 2 * joint[1]).toBeCloseTo(0.3, 10);
    expect(variances(joint, 3)).toEqual([1, 1.2, 9].map((value) => expect.closeTo(value, 10)));
  });

  it('has who was just seen by one that knows its place know its own, along a chain too', () => {
    const chain = relative(4, [
      [0, 1, 0.01],
      [1, 2, 0.04],
    ]);
    // The last is known to be off from nobody.
    const [a, b, c, d] = variances(jointCovariance(Float64Array.of(0.01, 4, 4, 4), chain), 4);
    for (const [k, value] of [0.01, 0.02, 0.06, 4].entries()) expect([a, b, c, d][k]).toBeCloseTo(value, 10);
  });

  it('is positive whatever was put into it', () => {
    const random = new Random('pairs');
    for (let trial = 0; trial < 200; trial++) {
      const n = 2 + random.int(7);
      const own = Float64Array.from({ length: n }, () => (random.chance(0.3) ? 0 : random.uniform(0.001, 4)));
      const table = relative(n, []);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) if (random.chance(0.5)) table[n * i + j] = random.uniform(0.01, 2);
      const joint = jointCovariance(own, table);
      for (let draws = 0; draws < 20; draws++) {
        const x = Float64Array.from({ length: n }, () => random.normal());
        const square = joint.reduce((sum, value, at) => sum + x[Math.floor(at / n)] * x[at % n] * value, 0);
        expect(square).toBeGreaterThan(0);
      }
    }
  });
});
