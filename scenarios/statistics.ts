import type { Random } from '../base/random.ts';
import { quantile } from './metrics.ts';

/** A figure and the interval in which it lies with the chance asked for. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 10_000;
const CONFIDENCE = 0.95;

/**
 * A statistic of what was drawn, with its percentile bootstrap interval (Efron and Tibshirani, *An Introduction to the
 * Bootstrap*, 1993, chapter 13): pairs stay pairs as long as a sample holds both of their values.
 * @param samples independent of each other; an empty list gives NaN
 * @param statistic of as many samples, some of them several times; a draw for which it is no number is left out
 */
export function bootstrap<T>(
  samples: readonly T[],
  statistic: (samples: readonly T[]) => number,
  random: Random,
  confidence = CONFIDENCE,
): Interval {
  if (samples.length === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const values: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    const value = statistic(samples.map(() => random.pick(samples)));
    if (!Number.isNaN(value)) values.push(value);
  }
  return { value: statistic(samples), ...ends(values, (1 - confidence) / 2) };
}

function ends(values: readonly number[], tail: number): { low: number; high: number } {
  return { low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/**
 * Draws of as many units as there are, with replacement: made once, so that every figure of the same units is bootstrapped on the same
 * draws, and fast. Units are what is independent (layouts, say); what lies within one is drawn together.
 */
export class Resamples {
  private readonly units: number;
  /** How often each unit is in each draw, draw by draw. */
  private readonly times: Uint8Array;

  constructor(units: number, random: Random) {
    this.units = units;
    this.times = new Uint8Array(RESAMPLES * units);
    for (let i = 0; i < RESAMPLES; i++)
      for (let k = 0; k < units; k++) this.times[i * units + random.int(units)]++;
  }

  /**
   * Σ over / Σ under, one of each a unit: a mean where `under` counts, a ratio of means where it sums up others. A unit that has nothing
   * gives 0 to both; a draw of nothing is left out.
   */
  ratioOfSums(over: readonly number[], under: readonly number[]): Interval {
    const { units, times } = this;
    const ratios: number[] = [];
    for (let i = 0, at = 0; i < RESAMPLES; i++) {
      let [above, below] = [0, 0];
      for (let k = 0; k < units; k++, at++) {
        above += times[at] * over[k];
        below += times[at] * under[k];
      }
      if (below !== 0) ratios.push(above / below);
    }
    const tail = (1 - CONFIDENCE) / 2;
    return { value: sum(over) / sum(under), ...ends(ratios, tail) };
  }
}

/** How `ours` compares with `theirs`, mission by mission the same seed. */
export interface PairedComparison {
  readonly difference: Interval;
  readonly ratioOfMeans: Interval;
  readonly ratioOfMedians: Interval;
}

/** @throws RangeError where the two are not as many */
export function comparePaired(
  ours: readonly number[],
  theirs: readonly number[],
  random: Random,
): PairedComparison {
  if (ours.length !== theirs.length)
    throw new RangeError(`${ours.length} values are no pairs with ${theirs.length}`);
  const pairs = ours.map((our, i) => [our, theirs[i]] as const);
  type Pairs = readonly (readonly [number, number])[];
  const first = (list: Pairs) => list.map(([our]) => our);
  const second = (list: Pairs) => list.map(([, their]) => their);
  return {
    difference: bootstrap(pairs, (list) => mean(first(list)) - mean(second(list)), random.fork('difference')),
    ratioOfMeans: bootstrap(pairs, (list) => mean(first(list)) / mean(second(list)), random.fork('means')),
    ratioOfMedians: bootstrap(
      pairs,
      (list) => median(first(list)) / median(second(list)),
      random.fork('medians'),
    ),
  };
}

/**
 * Whether two lists rank the same things alike, −1…1 (Kendall's τ-b, *Rank Correlation Methods*, 1948: ties within
 * either list count for neither side). NaN where one of them ranks nothing.
 * @throws RangeError where the two are not as long
 */
export function kendallTau(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new RangeError(`cannot rank ${a.length} things against ${b.length}`);
  let agreement = 0;
  let untiedA = 0;
  let untiedB = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const inA = Math.sign(a[i] - a[j]);
      const inB = Math.sign(b[i] - b[j]);
      agreement += inA * inB;
      untiedA += Math.abs(inA);
      untiedB += Math.abs(inB);
    }
  }
  return agreement / Math.sqrt(untiedA * untiedB);
}

/** z of the normal distribution that leaves 2.5 % on either side. */
const Z = 1.959963984540054;

/** A share of `count`, with Wilson's 95 % score interval (JASA 1927), which stays honest near 0 and 1; NaN of none. */
export function wilson(successes: number, count: number): Interval {
  const share = successes / count;
  const z2 = (Z * Z) / count;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (Z / (1 + z2)) * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count));
  return { value: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Up to so many differences, every choice of signs is tried; of more, as many as a bootstrap draws. */
const ALL_SIGNS = 12;

/**
 * How likely differences at least as far from 0 in sum would be, were each as likely to be the other way round: the two-sided p of
 * Fisher's sign-flip test (*The Design of Experiments*, 1935, § 21). 1 of none.
 */
export function signFlip(differences: readonly number[], random: Random): number {
  // Sums of the same numbers in another order differ in their last bits.
  const seen = Math.abs(sum(differences)) * (1 - 1e-12);
  const n = differences.length;
  const exact = n <= ALL_SIGNS;
  const flips = exact ? 1 << n : RESAMPLES;
  let asFar = 0;
  for (let flip = 0; flip < flips; flip++) {
    let total = 0;
    for (let k = 0; k < n; k++) {
      const down = exact ? (flip >> k) & 1 : random.word() & 1;
      total += down ? -differences[k] : differences[k];
    }
    if (Math.abs(total) >= seen) asFar++;
  }
  return exact ? asFar / flips : (asFar + 1) / (flips + 1);
}

/** Each p of a family, raised so that the chance of calling any of them wrongly significant stays what it was for one (Holm 1979). */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].sort((i, j) => ps[i] - ps[j]);
  const raised = [...ps];
  let least = 0;
  order.forEach((index, rank) => {
    least = Math.min(1, Math.max(least, ps[index] * (ps.length - rank)));
    raised[index] = least;
  });
  return raised;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** NaN of none. */
export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
