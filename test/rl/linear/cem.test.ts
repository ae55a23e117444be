import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { type CemGeneration, type CemOptions, crossEntropy } from '../../../rl/linear/cem.ts';

const TOP = [0.3, -0.7, 0.1];

/** A hill with a long ridge, and with noise that is the same for all candidates of a generation. */
function hill(candidate: Float64Array, generation: number): number {
  const [a, b, c] = candidate.map((value, i) => value - TOP[i]);
  return Math.sin(generation) - (a + b) * (a + b) - 0.05 * (a - b) * (a - b) - c * c;
}

function search(options: Partial<CemOptions> = {}): Promise<Float64Array> {
  return crossEntropy({
    mean: [2, 2, 2],
    sigma: [1, 1, 1],
    generations: 40,
    population: 30,
    elite: 6,
    random: new Random('cem'),
    objective: (candidates, generation) => candidates.map((candidate) => hill(candidate, generation)),
    ...options,
  });
}

describe('the cross-entropy method', () => {
  it('finds the top of a hill', async () => {
    const found = await search();
    for (const [i, value] of TOP.entries()) expect(Math.abs(found[i] - value)).toBeLessThan(0.1);
  });

  it('still gets there from where it would settle too soon without unrest', async () => {
    const found = await search({ mean: [4, 4, 4], sigma: [0.5, 0.5, 0.5], generations: 60 });
    for (const [i, value] of TOP.entries()) expect(Math.abs(found[i] - value)).toBeLessThan(0.3);
  });

  it('is the same from the same seed only', async () => {
    expect(await search()).toEqual(await search());
    expect(await search({ random: new Random('other') })).not.toEqual(await search());
  });

  it('tries the mean along, tells how it goes, and takes what has no value for the worst', async () => {
    const told: CemGeneration[] = [];
    const firsts: Float64Array[] = [];
    const found = await search({
      generations: 5,
      objective(candidates, generation) {
        firsts.push(candidates[0].slice());
        return candidates.map((candidate, k) => (k === 1 ? Number.NaN : hill(candidate, generation)));
      },
      onGeneration: (generation) => told.push(generation),
    });
    expect(told.map(({ mean }) => mean).slice(0, -1)).toEqual(firsts.slice(1));
    expect(told.at(-1)!.mean).toEqual(found);
    for (const { best, median } of told) expect(best).toBeGreaterThan(median);
  });
});
