import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';

describe('random streams', () => {
  it('gives the same numbers for the same seed on every machine', () => {
    const random = new Random(7);
    const words = [random.word(), random.word(), random.word()];
    expect(words).toEqual([new Random(7), new Random(7)].map((r) => [r.word(), r.word(), r.word()])[1]);
    expect(words).toMatchInlineSnapshot(`
      [
        2936088193,
        2758614659,
        316199051,
      ]
    `);
  });

  it('forks by name, whatever was drawn before', () => {
    const a = new Random(1);
    const b = new Random(1);
    b.word();
    expect(a.fork('camera/0').word()).toBe(b.fork('camera/0').word());
    expect(a.fork('camera/0').word()).not.toBe(a.fork('camera/1').word());
    expect(a.fork('camera/0').word()).not.toBe(new Random(2).fork('camera/0').word());
  });

  it('is uniform over its range, bit by bit', () => {
    const random = new Random('bits');
    const ones = new Array(32).fill(0);
    const n = 20000;
    for (let i = 0; i < n; i++) {
      const word = random.word();
      for (let bit = 0; bit < 32; bit++) ones[bit] += (word >>> bit) & 1;
    }
    for (const count of ones) expect(Math.abs(count / n - 0.5)).toBeLessThan(0.02);
  });

  it('neighbouring seeds share nothing', () => {
    let equal = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const difference = new Random(seed).word() ^ new Random(seed + 1).word();
      for (let bit = 0; bit < 32; bit++) equal += 1 - ((difference >>> bit) & 1);
    }
    expect(Math.abs(equal / 64000 - 0.5)).toBeLessThan(0.01);
  });

  it('has the moments of a standard normal', () => {
    const random = new Random('normal');
    const n = 50000;
    const moments = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = random.normal();
      moments[0] += x / n;
      moments[1] += (x * x) / n;
      moments[2] += (x * x * x) / n;
      moments[3] += (x * x * x * x) / n;
    }
    expect(Math.abs(moments[0])).toBeLessThan(0.02);
    expect(Math.abs(moments[1] - 1)).toBeLessThan(0.03);
    expect(Math.abs(moments[2])).toBeLessThan(0.06);
    expect(Math.abs(moments[3] - 3)).toBeLessThan(0.2);
  });

  it('shuffles without losing anything, and every place is reachable', () => {
    const random = new Random('shuffle');
    const first = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const items = random.shuffle([0, 1, 2, 3, 4]);
      expect([...items].sort()).toEqual([0, 1, 2, 3, 4]);
      first.add(items[0]);
    }
    expect(first.size).toBe(5);
  });
});
