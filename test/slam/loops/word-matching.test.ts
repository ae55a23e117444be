import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { PlaceIndex } from '../../../slam/loops/place-index.ts';
import { matchByWords } from '../../../slam/loops/word-matching.ts';
import { oracle } from '../../oracle/kernels.ts';

const BYTES = 32;
const COUNT = 150;

describe('matching by words', () => {
  const random = new Random('words');
  const place = { id: 0, descriptors: Uint8Array.from({ length: BYTES * COUNT }, () => random.int(256)) };
  const index = new PlaceIndex<typeof place>();
  index.add(place, place.descriptors);
  const b = { descriptors: place.descriptors, words: index.wordsOf(place)! };
  const worded = (descriptors: Uint8Array) => ({ descriptors, words: index.wordsFor(descriptors) });

  it('finds what brute force finds, where things look different enough', () => {
    const order = random.shuffle([...Array(COUNT).keys()]);
    const seen = Uint8Array.from(
      order.flatMap((k) => [...place.descriptors.subarray(BYTES * k, BYTES * (k + 1))]),
    );
    for (let k = 0; k < COUNT; k++) seen[BYTES * k + random.int(BYTES)] ^= 0x15;
    const [byWords, byForce] = [new Int32Array(COUNT), new Int32Array(COUNT)];
    const found = matchByWords(worded(seen), b, 60, 0.85, byWords);
    expect(oracle.matchBruteForce(seen, b.descriptors, 60, 0.85, byForce)).toBe(COUNT);
    expect(found).toBeGreaterThan(0.97 * COUNT);
    byWords.forEach((j, i) => {
      if (j >= 0) expect(j).toBe(byForce[i]);
    });
  });

  it('gives a descriptor to one only, the nearer, and nothing to what no word is like', () => {
    const twice = new Uint8Array(3 * BYTES);
    twice.set(place.descriptors.subarray(0, BYTES), 0);
    twice.set(place.descriptors.subarray(0, BYTES), BYTES);
    twice[0] ^= 1;
    for (let i = 2 * BYTES; i < twice.length; i++) twice[i] = random.int(256);
    const matches = new Int32Array(3);
    expect(matchByWords(worded(twice), b, 60, 0.85, matches)).toBe(1);
    expect([...matches]).toEqual([-1, 0, -1]);
    expect(matchByWords(worded(twice), b, 0, 0.85, matches)).toBe(1);
  });
});
