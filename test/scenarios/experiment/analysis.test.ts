import { describe, expect, it } from 'vitest';
import { analyse } from '../../../scenarios/experiment/report/analysis.ts';
import type { Outcome } from '../../../scenarios/experiment/report/cells.ts';
import { outcome } from './outcomes.ts';

const PLAN = { policies: ['independent', 'nearest', 'random'], baselines: ['independent'] };

/** Accurate coverage over time of both policies, in buildings with two seeds each, per cent. */
const OURS = [
  [12, 14],
  [9, 11],
  [30, 20],
];
const THEIRS = [
  [10, 10],
  [10, 12],
  [20, 20],
];

const paired: Outcome[] = OURS.flatMap((seeds, building) =>
  seeds.flatMap((ours, k) => {
    const at = { layout: building + 1, seed: k + 1 };
    return [
      outcome(at, THEIRS[building][k], { ateRmse: 2 }),
      outcome({ ...at, policy: 'nearest' }, ours, { ateRmse: building === 2 ? null : 1 }),
    ];
  }),
);

function comparison(outcomes: readonly Outcome[], measure = 'accurateCoverageAuc', cell = 0, plan = PLAN) {
  return analyse(plan, outcomes)[cell].comparisons.find((compared) => compared.measure === measure)!;
}

describe('analyse', () => {
  it('gives the means, medians, differences and ratios that a hand would', () => {
    const [cell, ...others] = analyse(PLAN, paired);
    expect(others).toEqual([]);
    expect(cell).toMatchObject({ scenario: 'hall', missions: 12, units: { of: 'layouts', count: 3 } });
    expect(cell.policies.map(({ policy }) => policy)).toEqual(['independent', 'nearest']);
    const [auc, ate] = cell.policies[1].figures;
    expect([auc.count, auc.mean, auc.median]).toEqual([6, 16, 13]);
    expect([ate.count, ate.mean]).toEqual([4, 1]);
    const { pairs, difference, ratio, p } = comparison(paired);
    expect(pairs).toBe(6);
    expect(difference.value).toBeCloseTo((96 - 82) / 6, 12);
    expect(ratio.value).toBeCloseTo(96 / 82, 12);
    // Of the sums 6, −2, 10 by building only 6 + 2 + 10, and it turned round, are as far from 0 as 14.
    expect(p).toBe(4 / 8);
  });

  it('pairs only missions that both have a figure for', () => {
    const { pairs, ratio, difference } = comparison(paired, 'ateRmse');
    expect([pairs, ratio.value, difference.value]).toEqual([4, 0.5, -1]);
  });

  it('draws whole buildings: seeds in one are no further evidence', () => {
    const repeated = paired.flatMap((one) =>
      Array.from({ length: 20 }, (_, k) => ({ ...one, seed: one.seed + 10 * k })),
    );
    const [few, many] = [comparison(paired), comparison(repeated)];
    expect(many.pairs).toBe(20 * few.pairs);
    expect(many.difference.low).toBeCloseTo(few.difference.low, 9);
    expect(many.difference.high).toBeCloseTo(few.difference.high, 9);
    expect(many.p).toBe(few.p);
  });

  it('draws seeds where there is but one building', () => {
    const one = paired.filter(({ layout }) => layout === 1);
    expect(analyse(PLAN, one)[0].units).toEqual({ of: 'seeds', count: 2 });
  });

  it('has the interval that a normal distribution of the mean gives, where buildings are many', () => {
    const plain = (building: number) => 20 + ((7 * building) % 11);
    const gain = (building: number) => ((5 * building) % 13) - 6;
    const many = Array.from({ length: 26 }, (_, building) => [
      outcome({ layout: building }, plain(building)),
      outcome({ layout: building, policy: 'nearest' }, plain(building) + gain(building)),
    ]).flat();
    const { difference, p } = comparison(many);
    // 26 buildings, gains −6 … 6 twice each: mean 0, σ √14 of the gains, √(14/26) of their mean.
    expect(difference.value).toBeCloseTo(0, 9);
    const half = 1.96 * Math.sqrt(14 / 26);
    expect(difference.high / half).toBeCloseTo(1, 1);
    expect(difference.low / half).toBeCloseTo(-1, 1);
    expect(p).toBeGreaterThan(0.9);
  });

  it('corrects every p of a measure for all of that measure, and for no others', () => {
    const twoScenarios = [...paired, ...paired.map((one) => ({ ...one, scenario: 'cellar' }))];
    const cells = analyse(PLAN, twoScenarios);
    expect(cells.map(({ scenario, units }) => [scenario, units.count])).toEqual([
      ['hall', 3],
      ['cellar', 3],
      [null, 6],
    ]);
    const [first] = cells[0].comparisons;
    expect(first.p).toBe(0.5);
    expect(first.pHolm).toBe(1);
    const together = comparison(twoScenarios, 'accurateCoverageAuc', 2);
    expect(together.p).toBeLessThan(0.5);
    expect(together.pHolm).toBeCloseTo(Math.min(1, 3 * together.p), 12);
  });

  it('keeps team sizes and fidelities apart', () => {
    const others = [outcome({ agents: 4 }, 1), outcome({ fidelity: 'images' }, 1)];
    expect(analyse(PLAN, [...paired, ...others]).map(({ agents, fidelity }) => [agents, fidelity])).toEqual([
      [2, 'features'],
      [4, 'features'],
      [2, 'images'],
    ]);
  });

  it('compares with every baseline there is, and none with itself', () => {
    const third = paired
      .filter(({ policy }) => policy === 'nearest')
      .map((one) => ({ ...one, policy: 'random' }));
    const { comparisons } = analyse({ ...PLAN, baselines: ['independent', 'random'] }, [
      ...paired,
      ...third,
    ])[0];
    const who = comparisons
      .filter(({ measure }) => measure === 'ghosts')
      .map(({ policy, baseline }) => [policy, baseline]);
    expect(who).toEqual([
      ['independent', 'random'],
      ['nearest', 'independent'],
      ['nearest', 'random'],
      ['random', 'independent'],
    ]);
  });
});
