import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { PlaceIndex } from '../../../slam/loops/place-index.ts';

const BYTES = 32;

interface Place {
  readonly id: number;
  readonly descriptors: Uint8Array;
}

function descriptors(random: Random, count: number): Uint8Array {
  return Uint8Array.from({ length: BYTES * count }, () => random.int(256));
}

/** The same again with a share of its bits flipped. */
function noisy(clean: Uint8Array, random: Random, share: number): Uint8Array {
  const out = clean.slice();
  for (let bit = 0; bit < 8 * out.length; bit++) if (random.chance(share)) out[bit >> 3] ^= 1 << (bit & 7);
  return out;
}

/** A street of places, each of which shares half of what it shows with the next. */
function street(random: Random, length: number, each = 200): Place[] {
  const houses = Array.from({ length: length + 1 }, () => descriptors(random, each / 2));
  return Array.from({ length }, (_, id) => ({
    id,
    descriptors: Uint8Array.from([...houses[id], ...houses[id + 1]]),
  }));
}

function indexOf(places: readonly Place[]): PlaceIndex<Place> {
  const index = new PlaceIndex<Place>();
  for (const place of places) index.add(place, place.descriptors);
  return index;
}

describe('the place index', () => {
  const places = street(new Random('street'), 60);

  it('finds a place, and the two that share half of it next, though a tenth of all bits has flipped', () => {
    const index = indexOf(places);
    const random = new Random('noise');
    for (const at of [1, 17, 40, 58]) {
      const found = index.query(noisy(places[at].descriptors, random, 0.1), 4);
      expect(found[0].place.id).toBe(at);
      expect(
        found
          .slice(1, 3)
          .map(({ place }) => place.id)
          .sort((a, b) => a - b),
      ).toEqual([at - 1, at + 1]);
      expect(found[0].score).toBeGreaterThan(1.5 * found[1].score);
      expect(found[2].score).toBeGreaterThan(5 * (found[3]?.score ?? 0));
    }
  });

  it('scores between 0 and 1, and nothing known is no answer', () => {
    const index = indexOf(places);
    const [same] = index.query(places[5].descriptors, 1);
    expect(same.score).toBeGreaterThan(0.5);
    expect(same.score).toBeLessThanOrEqual(1);
    const strange = index.query(descriptors(new Random('elsewhere'), 200), 3);
    expect(strange.every(({ score }) => score < 0.02)).toBe(true);
    expect(new PlaceIndex<Place>().query(places[0].descriptors, 3)).toEqual([]);
    expect(index.query(new Uint8Array(0), 3)).toEqual([]);
  });

  it('trusts what few places show over what all show', () => {
    const random = new Random('idf');
    const poster = descriptors(random, 100);
    const own = Array.from({ length: 20 }, () => descriptors(random, 50));
    const index = indexOf(
      own.map((some, id) => ({ id, descriptors: Uint8Array.from([...poster, ...some]) })),
    );
    const seen = Uint8Array.from([...poster, ...own[7].subarray(0, 20 * BYTES)]);
    const [first, second] = index.query(seen, 2);
    expect(first.place.id).toBe(7);
    expect(first.score).toBeGreaterThan(3 * second.score);
  });

  it('forgets what is removed and nothing else', () => {
    const index = indexOf(places);
    index.remove(places[30]);
    index.remove(places[30]);
    expect(index.size).toBe(59);
    const left = indexOf(places.filter(({ id }) => id !== 30));
    expect(index.wordCount).toBe(left.wordCount);
    for (const at of [10, 29, 30, 31]) {
      expect(index.query(places[at].descriptors, 5)).toEqual(left.query(places[at].descriptors, 5));
    }
    index.add(places[30], places[30].descriptors);
    expect(index.query(places[30].descriptors, 1)[0].place.id).toBe(30);
    expect(() => index.add(places[30], places[30].descriptors)).toThrow(/place 30 is in the index already/);
  });

  it('needs no more room for ever new places, as long as old ones go', () => {
    const random = new Random('turnover');
    const index = new PlaceIndex<Place>();
    const living: Place[] = [];
    for (let id = 0; id < 300; id++) {
      const place = { id, descriptors: descriptors(random, 50) };
      living.push(place);
      index.add(place, place.descriptors);
      if (living.length > 10) index.remove(living.shift()!);
    }
    expect(index.size).toBe(10);
    expect(index.wordCount).toBe(500);
    expect(index.capacity).toBeLessThan(600);
  });

  it('gives the same answers again, and equals by rising id', () => {
    const answers = [0, 1].map(() => {
      const index = indexOf(places);
      index.remove(places[12]);
      return places.map(({ descriptors: seen }) =>
        index.query(seen, 5).map(({ place, score }) => [place.id, score]),
      );
    });
    expect(answers[1]).toEqual(answers[0]);
    const twins = indexOf([3, 1, 2].map((id) => ({ id, descriptors: places[0].descriptors })));
    expect(twins.query(places[0].descriptors, 3).map(({ place }) => place.id)).toEqual([1, 2, 3]);
  });
});
