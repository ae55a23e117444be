import { describe, expect, it } from 'vitest';
import { agreements } from '../../../scenarios/experiment/report/rankings.ts';
import { outcome } from './outcomes.ts';

const POLICIES = ['a', 'b', 'c'];

/** Missions of one fidelity, a row a building, a column a policy. */
function missions(fidelity: 'features' | 'images', table: readonly (readonly number[])[]) {
  return table.flatMap((row, layout) =>
    row.map((auc, k) => outcome({ fidelity, layout, policy: POLICIES[k] }, auc)),
  );
}

function tau(features: readonly (readonly number[])[], images: readonly (readonly number[])[]) {
  return agreements(POLICIES, [...missions('features', features), ...missions('images', images)]).find(
    ({ measure }) => measure === 'accurateCoverageAuc',
  )!;
}

describe('agreements', () => {
  it('is of means over buildings, not of single missions', () => {
    const {
      cases,
      tau: all,
      fidelities,
    } = tau(
      [
        [1, 2, 3],
        [3, 5, 7],
      ],
      [
        [10, 30, 20],
        [10, 20, 40],
      ],
    );
    expect([cases, all.value, fidelities]).toEqual([2, 1, ['features', 'images']]);
    expect(all.low).toBeCloseTo(1 / 3, 12);
  });

  it('leaves out a case that one policy did not finish in one of them', () => {
    const { cases, tau: left } = tau(
      [
        [1, 2, 3],
        [30, 20, 10],
      ],
      [
        [1, 2, 3],
        [1, 2],
      ],
    );
    expect([cases, left.value]).toEqual([1, 1]);
  });

  it('says nothing of a single fidelity', () => {
    expect(agreements(POLICIES, missions('features', [[1, 2, 3]]))).toEqual([]);
  });
});
