import { describe, expect, it } from 'vitest';
import { hall, makeWorld, robot } from './worlds.ts';

/** What two robots' clocks show in each tick of a few seconds. */
function readings(offset: number, drift: number, seed = 1): number[][] {
  const robots = [robot(0, [2, 5, 0]), robot(1, [10, 5, 0])];
  const world = makeWorld(hall([], { texture: 0 }), robots, { seed, clocks: { offset, drift } });
  return Array.from({ length: 40 }, () => world.step().map(({ time }) => time));
}

describe("robots' clocks", () => {
  it('show mission time where nothing is wrong with them', () => {
    readings(0, 0).forEach((times, i) => {
      expect(times).toEqual([(i + 1) * 0.1, (i + 1) * 0.1]);
    });
  });

  it('are each off by their own constant, drawn from the seed', () => {
    const shown = readings(2, 0);
    const [a, b] = shown[0].map((time) => time - 0.1);
    expect(Math.abs(a)).toBeGreaterThan(1e-3);
    expect(Math.abs(a - b)).toBeGreaterThan(1e-3);
    shown.forEach((times, i) => {
      expect(times[0]).toBeCloseTo((i + 1) * 0.1 + a, 9);
      expect(times[1]).toBeCloseTo((i + 1) * 0.1 + b, 9);
    });
    expect(readings(2, 0)).toEqual(shown);
    expect(readings(2, 0, 2)).not.toEqual(shown);
  });

  it('run at their own rate, as wrong as was asked for', () => {
    const rates = Array.from({ length: 20 }, (_, seed) => readings(0, 500, seed)).flatMap((shown) =>
      [0, 1].map((i) => (shown[39][i] - shown[0][i]) / 3.9 - 1),
    );
    const sigma = Math.sqrt(rates.reduce((sum, rate) => sum + rate * rate, 0) / rates.length);
    expect(sigma).toBeGreaterThan(300e-6);
    expect(sigma).toBeLessThan(750e-6);
  });
});
