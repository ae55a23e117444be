import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import {
  bootstrap,
  comparePaired,
  holm,
  kendallTau,
  mean,
  median,
  Resamples,
  signFlip,
  sum,
  wilson,
} from '../../scenarios/statistics.ts';

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

describe('Resamples', () => {
  const values = Array.from({ length: 40 }, (_, i) => (7 * i) % 13);
  const ones = values.map(() => 1);

  it('gives what the plain bootstrap gives', () => {
    const plain = bootstrap(values, mean, new Random('plain'));
    const fast = new Resamples(values.length, new Random('fast')).ratioOfSums(values, ones);
    expect(fast.value).toBe(plain.value);
    expect(fast.low).toBeCloseTo(plain.low, 1);
    expect(fast.high).toBeCloseTo(plain.high, 1);
  });

  it('draws numerators and denominators together', () => {
    const double = values.map((value) => 2 * (value + 1));
    const { low, high } = new Resamples(values.length, new Random('r')).ratioOfSums(
      double,
      values.map((value) => value + 1),
    );
    expect([low, high]).toEqual([2, 2]);
  });

  it('leaves out draws of units that have nothing, and is no number where none has', () => {
    const draws = new Resamples(2, new Random('r'));
    expect(draws.ratioOfSums([3, 0], [1, 0])).toEqual({ value: 3, low: 3, high: 3 });
    expect(draws.ratioOfSums([0, 0], [0, 0]).value).toBeNaN();
  });
});

describe('signFlip', () => {
  it('counts the signs that go as far', () => {
    expect(signFlip([1, 2, 3], new Random('r'))).toBe(2 / 8);
    expect(signFlip([1, 2, -3], new Random('r'))).toBe(1);
    expect(signFlip([0.1, 0.2, 0.3, 0.4, 0.5], new Random('r'))).toBe(2 / 32);
    expect(signFlip([], new Random('r'))).toBe(1);
  });

  it('draws signs where there are too many to try, and never gives 0', () => {
    const shifted = Array.from({ length: 30 }, (_, i) => 1 + (i % 5));
    expect(signFlip(shifted, new Random('r'))).toBe(1 / 10_001);
    const noise = new Random('noise');
    const even = Array.from({ length: 30 }, () => noise.normal());
    const z = Math.abs(sum(even)) / Math.sqrt(sum(even.map((value) => value * value)));
    // The normal approximation: P(|Z| > z).
    const tail = mean(Array.from({ length: 20_000 }, () => (Math.abs(noise.normal()) >= z ? 1 : 0)));
    expect(signFlip(even, new Random('r'))).toBeCloseTo(tail, 1);
  });
});

describe('holm', () => {
  it('gives what R gives for p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")', () => {
    const expected = [0.03, 0.06, 0.06, 0.02];
    holm([0.01, 0.04, 0.03, 0.005]).forEach((p, i) => {
      expect(p).toBeCloseTo(expected[i], 12);
    });
  });

  it('never exceeds 1', () => {
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
