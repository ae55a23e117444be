import { describe, expect, it } from 'vitest';
import type { Task } from '../../../base/allocation.ts';
import { Spending } from '../../../rl/baselines/spending.ts';
import { VainWatches } from '../../../rl/baselines/vain-watches.ts';
import { map, observe, report, seen, viewOf } from '../reports.ts';

describe('what others have spent', () => {
  const told = (time: number, task: Task, taskAge: number) => report(1, 5, { time, task, taskAge });
  const at = (time: number, peer: ReturnType<typeof told>, budgetLeft = 60) =>
    viewOf(report(0, 0, { time, taskAge: time }), [peer], { budgetLeft });

  it('is added up from the tasks they tell, those that began and ended between two reports too', () => {
    const spending = new Spending();
    const left = (view: ReturnType<typeof at>) => {
      spending.note(view);
      return spending.left(view, view.peers[0]);
    };
    expect(left(at(10, told(10, map, 10)))).toBe(60);
    expect(left(at(16, told(16, observe(0), 4)))).toBe(56);
    // The same report once more changes nothing.
    expect(left(at(18, told(16, observe(0), 4)))).toBe(56);
    expect(left(at(30, told(30, map, 6)))).toBe(48);
    expect(left(at(50, told(50, map, 26)))).toBe(48);
  });

  it('is measured against what oneself was given', () => {
    const spending = new Spending();
    const view = viewOf(report(0, 0, { time: 20, task: observe(1), taskAge: 8 }), [told(20, map, 20)], {
      budgetLeft: 52,
    });
    spending.note(view);
    expect(spending.left(view, view.self)).toBe(52);
    expect(spending.left(view, view.peers[0])).toBe(60);
  });

  it('does not matter where nobody counts', () => {
    const view = at(20, told(20, observe(0), 20), Infinity);
    const spending = new Spending();
    spending.note(view);
    expect(spending.left(view, view.peers[0])).toBe(Infinity);
  });
});

describe('vain watches', () => {
  const peer = (time: number, positionSigma: number) => report(1, 5, { time, positionSigma });
  const under = (time: number, sigma = 1, since = Number.NaN) =>
    viewOf(report(0, 0, { time, task: observe(1) }), [peer(time, sigma)], { pairs: [seen(0, 1, since)] });

  function after(...views: ReturnType<typeof under>[]): VainWatches {
    const memory = new VainWatches();
    memory.chosen(peer(100, 1), 100);
    for (const view of views) {
      memory.note(view);
      memory.chosen(view.peers[0], view.time);
    }
    return memory;
  }

  it('are given up after a while, for a while', () => {
    expect(after(under(130)).avoids(peer(130, 1), 130)).toBe(false);
    const given = after(under(130), under(136));
    expect(given.avoids(peer(136, 1), 136)).toBe(true);
    expect(given.avoids(report(2, 0), 136)).toBe(false);
    expect(given.avoids(peer(180, 1), 180)).toBe(true);
    expect(given.avoids(peer(182, 1), 182)).toBe(false);
  });

  it('are not those that made the peer surer, or saw it', () => {
    expect(after(under(136, 0.5)).avoids(peer(136, 1), 136)).toBe(false);
    expect(after(under(136, 1, 10)).avoids(peer(136, 1), 136)).toBe(false);
    expect(after(under(136, 1, 50)).avoids(peer(136, 1), 136)).toBe(true);
  });

  it('count from when they began, not those before them', () => {
    const memory = after();
    memory.chosen(undefined, 110);
    memory.chosen(peer(115, 1), 115);
    memory.note(under(136));
    expect(memory.avoids(peer(136, 1), 136)).toBe(false);
  });
});
