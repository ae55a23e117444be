import { Random } from '../../../base/random.ts';
import { holm, type Interval, mean, median, Resamples, signFlip, sum } from '../../statistics.ts';
import type { Plan } from '../plan.ts';
import { type Cell, cellsOf, groups, type Outcome, type Units, unitsOf } from './cells.ts';
import { MEASURES, type Measure } from './measures.ts';
import { Values } from './values.ts';

/** A measure of one policy in one cell. */
export interface Figure {
  readonly measure: string;
  /** Missions that have one. */
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  /** Of the mean, for measures that are judged; bootstrapped over the cell's units. */
  readonly interval: Interval | null;
}

/** A policy against a baseline, mission by mission in the same building with the same seed. */
export interface Comparison {
  readonly policy: string;
  readonly baseline: string;
  readonly measure: string;
  readonly pairs: number;
  /** Mean of the one less mean of the other, and over it. */
  readonly difference: Interval;
  readonly ratio: Interval;
  /** Of a sign-flip test over the units; and after Holm, among all comparisons by this measure in the experiment. */
  readonly p: number;
  readonly pHolm: number;
}

export interface AnalysedCell extends Omit<Cell, 'outcomes'> {
  readonly missions: number;
  readonly units: { readonly of: Units['of']; readonly count: number };
  readonly policies: readonly { readonly policy: string; readonly figures: readonly Figure[] }[];
  readonly comparisons: readonly Comparison[];
}

type Raw = Omit<Comparison, 'pHolm'>;

/** Every cell of an experiment: who did how well, and against the baselines. */
export function analyse(
  plan: Pick<Plan, 'policies' | 'baselines'>,
  outcomes: readonly Outcome[],
): AnalysedCell[] {
  const cells = cellsOf(outcomes).map((cell) => analyseCell(cell, plan));
  const corrected = corrections(cells.flatMap(({ comparisons }) => comparisons));
  return cells.map((cell) => ({
    ...cell,
    comparisons: cell.comparisons.map((raw) => ({ ...raw, pHolm: corrected.get(raw)! })),
  }));
}

/** A measure is a family: one claim is made of it. */
function corrections(comparisons: readonly Raw[]): Map<Raw, number> {
  const corrected = new Map<Raw, number>();
  for (const family of groups(comparisons, ({ measure }) => measure).values()) {
    const raised = holm(family.map(({ p }) => p));
    for (const [i, raw] of family.entries()) corrected.set(raw, raised[i]);
  }
  return corrected;
}

function analyseCell(cell: Cell, { policies, baselines }: Pick<Plan, 'policies' | 'baselines'>) {
  const { fidelity, agents, scenario, outcomes } = cell;
  const units = unitsOf(cell);
  const random = new Random(`experiment/${fidelity}/${agents}/${scenario ?? 'all'}`);
  const draws = new Resamples(units.cases.length, random.fork('bootstrap'));
  const values = new Values(outcomes);
  const present = policies.filter((policy) => outcomes.some((outcome) => outcome.policy === policy));
  return {
    fidelity,
    agents,
    scenario,
    missions: outcomes.length,
    units: { of: units.of, count: units.cases.length },
    policies: present.map((policy) => ({
      policy,
      figures: MEASURES.map((measure) =>
        figureOf(measure, units, (name) => values.of(policy, name, measure), draws),
      ),
    })),
    comparisons: MEASURES.filter(({ judged }) => judged).flatMap((measure) =>
      present.flatMap((policy) =>
        baselines
          .filter((baseline) => baseline !== policy && present.includes(baseline))
          .flatMap((baseline): Raw[] => {
            const pairOf = (name: string): Pair | null => {
              const [our, their] = [policy, baseline].map((who) => values.of(who, name, measure));
              return our === null || their === null ? null : [our, their];
            };
            const compared = compare(
              units,
              pairOf,
              draws,
              random.fork(`${policy}/${baseline}/${measure.key}`),
            );
            return compared ? [{ policy, baseline, measure: measure.key, ...compared }] : [];
          }),
      ),
    ),
  };
}

function figureOf(
  { key, judged }: Measure,
  units: Units,
  measured: (name: string) => number | null,
  draws: Resamples,
): Figure {
  const byUnit = units.cases.map((names) => known(names.map(measured)));
  const all = byUnit.flat();
  return {
    measure: key,
    count: all.length,
    mean: mean(all),
    median: median(all),
    interval: judged
      ? draws.ratioOfSums(
          byUnit.map(sum),
          byUnit.map(({ length }) => length),
        )
      : null,
  };
}

type Pair = readonly [our: number, their: number];

/** Null where no mission of the one has its pair. */
function compare(units: Units, pairOf: (name: string) => Pair | null, draws: Resamples, random: Random) {
  const byUnit = units.cases.map((names) => known(names.map(pairOf)));
  const pairs = byUnit.flat().length;
  if (pairs === 0) return null;
  const ours = byUnit.map((list) => sum(list.map(([our]) => our)));
  const theirs = byUnit.map((list) => sum(list.map(([, their]) => their)));
  const differences = ours.map((our, k) => our - theirs[k]);
  return {
    pairs,
    difference: draws.ratioOfSums(
      differences,
      byUnit.map(({ length }) => length),
    ),
    ratio: draws.ratioOfSums(ours, theirs),
    p: signFlip(
      differences.filter((_, k) => byUnit[k].length > 0),
      random,
    ),
  };
}

function known<T>(list: readonly (T | null)[]): T[] {
  return list.filter((value): value is T => value !== null);
}
