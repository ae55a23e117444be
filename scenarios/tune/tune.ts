import type { Random } from '../../base/random.ts';
import { type CemGeneration, crossEntropy } from '../../rl/linear/cem.ts';
import { fromUnit, type Parameters, toUnit, type Values, valuesOf } from '../../rl/parameters.ts';

/** How hard a search tries; the same for all policies that are compared. */
export interface Effort {
  readonly generations: number;
  readonly population: number;
  /** Of a generation, from which the next one is drawn. */
  readonly elite: number;
  /** Missions that each candidate of a generation plays, the same ones for all of them. */
  readonly missions: number;
}

export interface TuneOptions {
  readonly parameters: Parameters;
  readonly effort: Effort;
  /** Of the validation missions; taken in turn, generation after generation, and all of them to judge what came out. */
  readonly seeds: readonly number[];
  readonly random: Random;
  /** A mission's score, more is better; asked for a whole generation at once, so that several can be played in parallel. */
  readonly play: (values: Values, seed: number) => number | Promise<number>;
  readonly onGeneration?: (generation: CemGeneration & { readonly values: Values }) => void;
}

export interface Tuned {
  /** What to use: the values found, or the defaults where these were no worse. */
  readonly values: Values;
  /** Mean scores over all the seeds. */
  readonly found: number;
  readonly defaults: number;
  /** Missions played in all. */
  readonly missions: number;
}

/** At first the search looks this far around the defaults, as a share of each range. */
const REACH = 0.25;

/** Searches what a policy leaves open by the cross-entropy method, and keeps the defaults unless what it found is better on all seeds together. */
export async function tune(options: TuneOptions): Promise<Tuned> {
  const { parameters, effort, seeds, random } = options;
  const usual = valuesOf(parameters) as Values;
  const names = Object.keys(parameters);
  let missions = 0;
  const meanOf = async (values: Values, on: readonly number[]) => {
    missions += on.length;
    const scores = await Promise.all(on.map((seed) => options.play(values, seed)));
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  };
  const at = (units: Float64Array) => valuesAt(parameters, units);
  const found =
    names.length === 0
      ? usual
      : at(
          await crossEntropy({
            ...effort,
            random,
            mean: names.map((name) => toUnit(parameters[name], usual[name])),
            sigma: names.map(() => REACH),
            objective: (candidates, generation) => {
              const on = turnOf(seeds, generation, effort.missions);
              return Promise.all(candidates.map((units) => meanOf(at(units), on)));
            },
            onGeneration: (told) => options.onGeneration?.({ ...told, values: at(told.mean) }),
          }),
        );
  const [ofFound, ofDefaults] = [await meanOf(found, seeds), await meanOf(usual, seeds)];
  return { values: ofFound > ofDefaults ? found : usual, found: ofFound, defaults: ofDefaults, missions };
}

function valuesAt(parameters: Parameters, units: Float64Array): Values {
  const entries = Object.entries(parameters);
  return Object.fromEntries(entries.map(([name, parameter], i) => [name, fromUnit(parameter, units[i])]));
}

/** The seeds go round, so that no generation plays the missions of the one before as long as there are others. */
function turnOf(seeds: readonly number[], generation: number, missions: number): number[] {
  return Array.from({ length: missions }, (_, k) => seeds[(generation * missions + k) % seeds.length]);
}
