import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { bestAssignment } from '../../../rl/baselines/assignment.ts';

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

const sumOf = (values: Float64Array, n: number, columns: ArrayLike<number>) =>
  Array.from(columns).reduce((sum, column, row) => sum + values[n * row + column], 0);

describe('the best assignment', () => {
  it('is as good as the best of all permutations', () => {
    const random = new Random('assignment');
    for (let trial = 0; trial < 300; trial++) {
      const n = 1 + random.int(6);
      // Whole numbers have ties, and bids are often 0.
      const values = Float64Array.from({ length: n * n }, () =>
        trial % 2 ? Math.max(0, random.int(9) - 4) : random.normal(),
      );
      const found = bestAssignment(values, n);
      expect([...found].sort()).toEqual(Array.from({ length: n }, (_, k) => k));
      const best = Math.max(...permutations(n).map((columns) => sumOf(values, n, columns)));
      expect(sumOf(values, n, found)).toBeCloseTo(best, 10);
    }
  });
});
