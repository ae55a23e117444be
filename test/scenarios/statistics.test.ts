import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { bootstrap, comparePaired, kendallTau, mean, median, wilson } from '../../scenarios/statistics.ts';

describe('kendallTau', () => {
  it('gives what scipy 1.17 gives, ties or not', () => {
    expect(kendallTau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])).toBeCloseTo(-0.4714045207910316, 12);
    expect(kendallTau([1, 1, 2, 3, 3, 5], [2, 1, 2, 5, 4, 4])).toBeCloseTo(0.6923076923076924, 12);
    expect(kendallTau([1, 2, 3, 4], [1, 2, 4, 3])).toBeCloseTo(2 / 3, 12);
  });

  it('is ±1 for the same and the opposite order, and nothing where nothing is ranked', () => {
    expect(kendallTau([3, 1, 2], [30, 10, 20])).toBe(1);
    expect(kendallTau([3, 1, 2], [1, 3, 2])).toBe(-1);
    expect(kendallTau([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(() => kendallTau([1], [1, 2])).toThrow(RangeError);
  });
});

describe('wilson', () => {
  it('gives the interval of the textbook formula', () => {
    const { value, low, high } = wilson(8, 10);
    expect(value).toBe(0.8);
    expect(low).toBeCloseTo(0.4901624715, 9);
    expect(high).toBeCloseTo(0.9433178485, 9);
  });

  it('leaves doubt where all, none or nothing was counted', () => {
    expect(wilson(20, 20).low).toBeCloseTo(0.8388748419, 9);
    expect(wilson(20, 20).high).toBe(1);
    expect(wilson(0, 7).low).toBeCloseTo(0, 12);
    expect(wilson(0, 7).high).toBeCloseTo(0.3543304351, 9);
    expect(wilson(0, 0).value).toBeNaN();
  });
});

describe('bootstrap', () => {
  it('covers the true mean about as often as it promises', () => {
    let covered = 0;
    for (let trial = 0; trial < 40; trial++) {
      const random = new Random(`trial ${trial}`);
      const samples = Array.from({ length: 30 }, () => 5 + random.normal(2));
      const { low, high, value } = bootstrap(samples, mean, random.fork('bootstrap'));
      expect(value).toBe(mean(samples));
      if (low <= 5 && 5 <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(33);
    expect(covered).toBeLessThan(40);
  });

  it('repeats itself from the same seed', () => {
    const once = () => bootstrap([1, 4, 2, 8, 5, 7], median, new Random(3));
    expect(once()).toEqual(once());
  });

  it('narrows with less confidence and gives nothing of nothing', () => {
    const samples = [1, 4, 2, 8, 5, 7];
    const wide = bootstrap(samples, mean, new Random(1), 0.99);
    const narrow = bootstrap(samples, mean, new Random(1), 0.5);
    expect(narrow.high - narrow.low).toBeLessThan(0.6 * (wide.high - wide.low));
    expect(bootstrap([], mean, new Random(1)).low).toBeNaN();
  });
});

describe('comparePaired', () => {
  it('sees through what the pairs have in common', () => {
    const random = new Random(7);
    const theirs = Array.from({ length: 20 }, () => random.uniform(1, 10));
    const ours = theirs.map((value) => 0.5 * value);
    const { difference, ratioOfMeans, ratioOfMedians } = comparePaired(ours, theirs, random);
    // Every pair halves, so no resampling of pairs can make another ratio of means or medians.
    for (const ratio of [ratioOfMeans, ratioOfMedians]) {
      expect(ratio.low).toBeCloseTo(0.5, 12);
      expect(ratio.high).toBeCloseTo(0.5, 12);
    }
    expect(difference.value).toBeCloseTo(-mean(ours), 12);
    expect(difference.high).toBeLessThan(0);
  });

  it('refuses what are no pairs', () => {
    expect(() => comparePaired([1, 2], [1], new Random(1))).toThrow('no pairs');
  });
});
