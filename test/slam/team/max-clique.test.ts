import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { maximumClique } from '../../../slam/team/max-clique.ts';

function randomGraph(n: number, density: number, random: Random): Uint8Array {
  const adjacent = new Uint8Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      if (!random.chance(density)) continue;
      adjacent[n * i + k] = 1;
      adjacent[n * k + i] = 1;
    }
  }
  return adjacent;
}

function isClique(members: readonly number[], n: number, adjacent: Uint8Array): boolean {
  return members.every((i) => members.every((k) => i === k || adjacent[n * i + k] === 1));
}

function largestByTrying(n: number, adjacent: Uint8Array): number {
  let most = 0;
  for (let set = 0; set < 1 << n; set++) {
    const members = Array.from({ length: n }, (_, i) => i).filter((i) => set & (1 << i));
    if (members.length > most && isClique(members, n, adjacent)) most = members.length;
  }
  return most;
}

describe('the largest clique', () => {
  it('is as large as trying every set finds, and is one', () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = new Random(`clique ${seed}`);
      const n = 3 + random.int(9);
      const adjacent = randomGraph(n, random.uniform(0.2, 0.9), random);
      const found = maximumClique(n, adjacent);
      expect(isClique(found, n, adjacent)).toBe(true);
      expect(found.length).toBe(largestByTrying(n, adjacent));
      expect(found).toEqual([...found].sort((a, b) => a - b));
    }
  });

  it('is found among a hundred where two sets agree with themselves and others with nobody', () => {
    const n = 120;
    const adjacent = randomGraph(n, 0.1, new Random('two sets'));
    const join = (first: number, end: number) => {
      for (let i = first; i < end; i++)
        for (let k = first; k < end; k++) if (i !== k) adjacent[n * i + k] = 1;
    };
    join(0, 36);
    join(40, 75);
    expect(maximumClique(n, adjacent).slice(0, 36)).toEqual(Array.from({ length: 36 }, (_, i) => i));
  });

  it('is still a clique where its effort is spent, and there are none and single ones', () => {
    const n = 150;
    const adjacent = randomGraph(n, 0.8, new Random('hard'));
    const found = maximumClique(n, adjacent, 1000);
    expect(isClique(found, n, adjacent)).toBe(true);
    expect(found.length).toBeGreaterThan(12);
    expect(maximumClique(0, new Uint8Array(0))).toEqual([]);
    expect(maximumClique(3, new Uint8Array(9))).toHaveLength(1);
  });
});
