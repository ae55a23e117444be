import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { BUDGET_POLICIES, type BudgetPolicy, ObservationBudget } from '../../rl/observation-budget.ts';

/** Offers in bursts; every burst has one that lowers the variance most and another that is nearest. */
function offers() {
  const random = new Random('offers');
  return Array.from({ length: 900 }, (_, k) => ({
    time: 2 * Math.floor(k / 5) + 0.01 * (k % 5),
    range: random.uniform(1, 6),
    gain: random.uniform(0, 1),
  }));
}

function taken(policy: BudgetPolicy, perMinute: number, seed = 'policy') {
  const budget = new ObservationBudget(perMinute, policy, new Random(seed));
  return offers().filter(({ time, ...offer }) => budget.takes(time, offer));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a budget of observations', () => {
  it('is never overdrawn in any minute, and is used for the most part', () => {
    for (const policy of BUDGET_POLICIES) {
      for (const perMinute of [1, 5, 20]) {
        const used = taken(policy, perMinute);
        for (const { time } of used) {
          const within = used.filter((other) => other.time > time - 60 && other.time <= time);
          expect(within.length).toBeLessThanOrEqual(perMinute);
        }
        expect(used.length).toBeGreaterThanOrEqual(0.5 * 6 * perMinute);
      }
    }
  });

  it('goes to what its policy likes', () => {
    const by = Object.fromEntries(BUDGET_POLICIES.map((policy) => [policy, taken(policy, 10)]));
    const gain = (policy: BudgetPolicy) => mean(by[policy].map((offer) => offer.gain));
    const range = (policy: BudgetPolicy) => mean(by[policy].map((offer) => offer.range));
    expect(gain('greedy-trace')).toBeGreaterThan(gain('random') + 0.15);
    expect(range('nearest')).toBeLessThan(range('random') - 0.7);
    expect(Math.abs(gain('nearest') - 0.5)).toBeLessThan(0.12);
  });

  it('is spent alike by the same seed, and otherwise by another', () => {
    expect(taken('random', 10)).toEqual(taken('random', 10));
    expect(taken('random', 10, 'other')).not.toEqual(taken('random', 10));
  });

  it('of nothing takes nothing', () => {
    expect(taken('greedy-trace', 0)).toEqual([]);
  });
});
