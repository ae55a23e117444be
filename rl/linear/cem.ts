import type { Random } from '../../base/random.ts';

export interface CemOptions {
  /** Where the search begins, and how far around that it looks at first. */
  readonly mean: ArrayLike<number>;
  readonly sigma: ArrayLike<number>;
  readonly generations: number;
  /** Candidates a generation, and the best of them, from which the next one is drawn. */
  readonly population: number;
  readonly elite: number;
  readonly random: Random;
  /** How good each candidate of a generation is, more is better; all of them at once, so that they can be tried alike and in parallel. */
  readonly objective: (
    candidates: readonly Float64Array[],
    generation: number,
  ) => readonly number[] | Promise<readonly number[]>;
  readonly onGeneration?: (generation: CemGeneration) => void;
}

export interface CemGeneration {
  readonly generation: number;
  /** Of what the next generation is drawn. */
  readonly mean: Float64Array;
  readonly sigma: Float64Array;
  /** Of this generation's candidates. */
  readonly best: number;
  readonly median: number;
}

/** Share of the first σ that is added at first, so that the search does not settle too soon; it falls to 0 by the last generation. */
const UNREST = 0.25;

/**
 * The noisy cross-entropy method (Rubinstein, 1999; the noise after Szita and Lőrincz, 2006): draws candidates from a normal
 * distribution with independent coordinates, fits it anew to the best of them, and so on. The first candidate of each generation is the
 * mean itself, so that what came out so far is always tried along. Candidates without a value (NaN) count as the worst.
 * @returns the last mean
 */
export async function crossEntropy(options: CemOptions): Promise<Float64Array> {
  const { generations, population, elite, random, objective } = options;
  const mean = Float64Array.from(options.mean);
  const sigma = Float64Array.from(options.sigma);
  for (let generation = 0; generation < generations; generation++) {
    const candidates = Array.from({ length: population }, (_, k) =>
      mean.map((value, i) => value + (k === 0 ? 0 : random.normal(sigma[i]))),
    );
    const values = await objective(candidates, generation);
    const order = rank(values);
    const best = order.slice(0, elite).map((k) => candidates[k]);
    const unrest = UNREST * (1 - (generation + 1) / generations);
    for (let i = 0; i < mean.length; i++) {
      mean[i] = best.reduce((sum, candidate) => sum + candidate[i], 0) / elite;
      const spread = best.reduce(
        (sum, candidate) => sum + (candidate[i] - mean[i]) * (candidate[i] - mean[i]),
        0,
      );
      const noise = unrest * options.sigma[i];
      sigma[i] = Math.sqrt(spread / elite + noise * noise);
    }
    options.onGeneration?.({
      generation,
      mean: mean.slice(),
      sigma: sigma.slice(),
      best: values[order[0]],
      median: values[order[population >> 1]],
    });
  }
  return mean;
}

/** Places by falling value, of equals the first first. */
function rank(values: readonly number[]): number[] {
  const worth = (k: number) => (Number.isNaN(values[k]) ? -Infinity : values[k]);
  return values.map((_, k) => k).sort((a, b) => (worth(b) > worth(a) ? 1 : worth(b) < worth(a) ? -1 : a - b));
}
