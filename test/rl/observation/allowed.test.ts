import { describe, expect, it } from 'vitest';
import { allowedChoices } from '../../../rl/observation/allowed.ts';
import { ObservationEncoder } from '../../../rl/observation/encoder.ts';
import { observing, report, view } from './views.ts';

/** Whom the robot may observe; by the list of choices and by the mask of its observation, which must agree. */
function mayObserve(...of: Parameters<typeof view>): number[] {
  const seen = view(...of);
  const choices = allowedChoices(seen);
  expect(choices[0]).toEqual({ kind: 'map' });
  const peers = choices.flatMap((task) => (task.kind === 'observe' ? [task.peer] : []));
  const { allowed, ids } = new ObservationEncoder().encode(seen);
  expect(allowed[0]).toBe(1);
  expect([...ids].filter((_, row) => allowed[1 + row])).toEqual(peers);
  return peers;
}

describe('what a robot may choose', () => {
  it('is to map, or to observe any teammate it has heard of, itself never', () => {
    expect(mayObserve(report(2), [report(1), report(3)])).toEqual([1, 3]);
    expect(mayObserve(report(2), [])).toEqual([]);
  });

  it('is to map once the budget is spent', () => {
    expect(mayObserve(report(2), [report(1)], { budgetLeft: 0 })).toEqual([]);
    expect(mayObserve(report(2, observing(1)), [report(1)], { budgetLeft: 0 })).toEqual([]);
  });

  it('is nobody whom another already observes; of two who have begun, the lower id goes on', () => {
    expect(mayObserve(report(2), [report(1, observing(3)), report(3)])).toEqual([1]);
    expect(mayObserve(report(2, observing(3)), [report(1, observing(3)), report(3)])).toEqual([1]);
    expect(mayObserve(report(1, observing(3)), [report(2, observing(3)), report(3)])).toEqual([2, 3]);
  });

  it('is nobody who observes it; of two who have begun, the lower id goes on', () => {
    expect(mayObserve(report(1), [report(2, observing(1)), report(3)])).toEqual([3]);
    expect(mayObserve(report(2, observing(1)), [report(1, observing(2))])).toEqual([]);
    expect(mayObserve(report(1, observing(2)), [report(2, observing(1))])).toEqual([2]);
  });

  it('does not heed what a robot was about that has long been silent', () => {
    const silent = report(1, { ...observing(3), time: 60 });
    expect(mayObserve(report(2), [silent, report(3)])).toEqual([1, 3]);
  });
});
