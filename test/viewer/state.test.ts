import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { KeyedRows } from '../../viewer/state/keyed-rows.ts';
import { MetricsHistory } from '../../viewer/state/metrics-history.ts';
import { ThinnedPath } from '../../viewer/state/thinned-path.ts';

describe('keyed rows', () => {
  it('hold what a map of ids to rows would hold, across chunks', () => {
    const random = new Random('rows');
    const rows = new KeyedRows(2);
    const plain = new Map<number, number[]>();
    for (let step = 0; step < 60_000; step++) {
      const id = random.int(30_000);
      if (random.chance(0.3)) {
        expect(rows.delete(id) >= 0).toBe(plain.delete(id));
      } else {
        const values = [random.int(1000), step];
        rows.set(id, values, 0);
        plain.set(id, values);
      }
    }
    expect(rows.size).toBe(plain.size);
    expect(rows.chunks.length).toBeGreaterThan(1);
    const { ids, values } = rows.copy();
    expect(new Map([...ids].map((id, i) => [id, [...values.slice(2 * i, 2 * i + 2)]]))).toEqual(plain);
  });
});

describe('a thinned path', () => {
  it('keeps its vertices apart and ends where the agent is', () => {
    const path = new ThinnedPath(0.5);
    for (let i = 0; i <= 100; i++) path.add(0.11 * i, 0, 0);
    const x = [...path.copy()].filter((_, i) => i % 3 === 0);
    expect(x[0]).toBe(0);
    expect(x.at(-1)).toBeCloseTo(11, 5);
    for (let i = 2; i < x.length; i++) expect(x[i] - x[i - 2]).toBeGreaterThanOrEqual(0.5);
    expect(x.length).toBeLessThan(30);
  });

  it('stays within its memory, whatever the way', () => {
    const path = new ThinnedPath(0.1);
    for (let i = 0; i <= 100_000; i++) path.add(0.1 * i, 1, 2);
    expect(path.length).toBeLessThanOrEqual(ThinnedPath.CAPACITY);
    expect([...path.copy().slice(0, 3)]).toEqual([0, 1, 2]);
    expect(path.copy().at(-3)).toBeCloseTo(10_000, 2);
    expect(path.spacing).toBeLessThan(10);
  });

  it('names the first vertex that changed', () => {
    const path = new ThinnedPath(1);
    expect(path.add(0, 0, 0)).toBe(0);
    expect(path.add(0.2, 0, 0)).toBe(1);
    expect(path.add(0.4, 0, 0)).toBe(1);
    expect(path.add(1.2, 0, 0)).toBe(2);
    expect(path.add(1.3, 0, 0)).toBe(2);
  });
});

describe('the history of metrics', () => {
  it('stays within its memory and keeps both ends', () => {
    const history = new MetricsHistory();
    for (let time = 0; time < 10_000; time++)
      history.add({ type: 'metrics', time, coverage: 0, accurateCoverage: 0, teamAte: 0 });
    expect(history.samples.length).toBeLessThanOrEqual(MetricsHistory.CAPACITY);
    expect(history.samples[0].time).toBe(0);
    expect(history.samples.at(-1)?.time).toBe(9999);
  });
});
