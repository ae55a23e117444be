import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { exp, log, rotationMatrix } from '../../base/se3.ts';
import {
  betweenSimilarities,
  composeSimilarity,
  expSimilarity,
  inverseSimilarity,
  logSimilarity,
  type Similarity,
  similarityOf,
  transformBySimilarity,
} from '../../base/sim3.ts';

const random = new Random('sim3');

function randomTangent(scale = 1): number[] {
  return Array.from({ length: 7 }, () => random.normal(scale));
}

/** 4×4 row-major matrix: an independent way to compose. */
function matrix(a: Similarity): number[] {
  const r = [...rotationMatrix(a)].map((value) => value * a[7]);
  return [r[0], r[1], r[2], a[0], r[3], r[4], r[5], a[1], r[6], r[7], r[8], a[2], 0, 0, 0, 1];
}

function multiply(a: number[], b: number[]): number[] {
  return Array.from({ length: 16 }, (_, n) => {
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += a[4 * (n >> 2) + k] * b[4 * k + (n & 3)];
    return sum;
  });
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-10): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i] - b[i])).toBeLessThan(tolerance);
}

describe('Sim(3)', () => {
  it('composes, inverts and transforms as 4×4 matrices do', () => {
    for (let n = 0; n < 100; n++) {
      const [a, b] = [expSimilarity(randomTangent()), expSimilarity(randomTangent())];
      expectClose(matrix(composeSimilarity(a, b)), multiply(matrix(a), matrix(b)), 1e-9);
      expectClose(
        multiply(matrix(a), matrix(inverseSimilarity(a))),
        matrix(similarityOf(exp(new Array(6).fill(0)))),
        1e-9,
      );
      expectClose(matrix(composeSimilarity(a, betweenSimilarities(a, b))), matrix(b), 1e-9);
      const point = [1, -2, 3];
      const m = matrix(a);
      const moved = [0, 1, 2].map((i) => m[4 * i] * 1 - m[4 * i + 1] * 2 + m[4 * i + 2] * 3 + m[4 * i + 3]);
      expectClose(transformBySimilarity(a, point), moved, 1e-9);
    }
  });

  it('composes in place', () => {
    const [a, b] = [expSimilarity(randomTangent()), expSimilarity(randomTangent())];
    const expected = composeSimilarity(a, b);
    expectClose(composeSimilarity(a.slice(), b, a), expected);
    const other = expSimilarity(randomTangent());
    const both = composeSimilarity(other, b);
    expectClose(composeSimilarity(other, b, other), both);
  });

  it('takes the exponential of the matrix logarithm, at every size of step', () => {
    for (const size of [1e-8, 1e-4, 1e-2, 0.5, 1]) {
      for (let n = 0; n < 40; n++) {
        const tangent = randomTangent(size);
        const theta = Math.hypot(tangent[3], tangent[4], tangent[5]);
        if (theta > 3) continue;
        const [rx, ry, rz, x, y, z, sigma] = tangent;
        const generator = [sigma, -z, y, rx, z, sigma, -x, ry, -y, x, sigma, rz, 0, 0, 0, 0];
        let term: number[] = Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
        const sum = term.slice();
        for (let k = 1; k < 60; k++) {
          term = multiply(term, generator).map((value) => value / k);
          term.forEach((value, i) => {
            sum[i] += value;
          });
        }
        const similarity = expSimilarity(tangent);
        expectClose(matrix(similarity), sum);
        expectClose(logSimilarity(similarity), tangent, 1e-9);
      }
    }
  });

  it('is SE(3) where the scale is one', () => {
    const tangent = randomTangent(0.5);
    tangent[6] = 0;
    expectClose(expSimilarity(tangent).subarray(0, 7), exp(tangent.slice(0, 6)));
    expectClose(logSimilarity(expSimilarity(tangent)).subarray(0, 6), log(exp(tangent.slice(0, 6))));
  });
});
