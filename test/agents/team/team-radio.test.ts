import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { Crew } from './crew.ts';
import { nodeEntry, placeEntry, sightingEntry } from './entries.ts';
import { STORM } from './links.ts';

/** A mission's worth of entries: a node a second, a sighting every other, a place every third. */
function talkative(seed = 'talk') {
  const randoms = new Map<number, Random>();
  return (radio: Crew['radios'][number], id: number, time: number) => {
    const second = Math.round(10 * time) / 10;
    if (!Number.isInteger(second)) return;
    const random = randoms.get(id) ?? new Random(`${seed}${id}`);
    randoms.set(id, random);
    const index = radio.ledgers.nodesOf(id).size;
    radio.append(nodeEntry(id, index, time, random));
    if (index % 2) radio.append(sightingEntry(index, id === 0 ? 1 : 0, time, random));
    if (index % 3 === 0) radio.append(placeEntry(index, random, 40));
  };
}

describe('the ledgers of a team', () => {
  it('are the same with everyone soon after the last word, in calm weather', () => {
    const crew = new Crew(3);
    crew.run(20, talkative());
    crew.run(1);
    for (const owner of [0, 1, 2]) {
      expect(crew.count(owner)).toBe(20 + 10 + 7);
      expect(crew.lacks(owner)).toEqual([]);
    }
    expect(crew.dropped).toEqual([]);
  });

  it('are the same with everyone in a storm too, a little later, each entry told once and in order', () => {
    const crew = new Crew(4, STORM);
    crew.run(30, talkative());
    crew.run(8);
    for (const owner of [0, 1, 2, 3]) {
      expect(crew.lacks(owner)).toEqual([]);
      const numbers = crew.heard[(owner + 1) % 4]
        .filter((each) => each.owner === owner && each.channel === 'graph')
        .map(({ number }) => number);
      expect(numbers).toEqual([...numbers.keys()]);
    }
    expect(crew.dropped).toEqual([]);
  });
});
