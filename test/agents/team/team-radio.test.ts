import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import type { RadioMessage } from '../../../base/world.ts';
import { Crew } from './crew.ts';
import { nodeEntry, placeEntry, sightingEntry } from './entries.ts';
import { STORM } from './links.ts';

/** A mission's worth of entries: a node a second, a sighting every other, a place every third. */
function talkative(keypoints = 40) {
  const randoms = new Map<number, Random>();
  return (radio: Crew['radios'][number], id: number, time: number) => {
    if (!Number.isInteger(Math.round(10 * time) / 10)) return;
    const random = randoms.get(id) ?? new Random(`talk${id}`);
    randoms.set(id, random);
    const index = radio.ledgers.nodesOf(id).size;
    radio.append(nodeEntry(id, index, time, random));
    if (index % 2) radio.append(sightingEntry(index, id === 0 ? 1 : 0, time, random));
    if (index % 3 === 0) radio.append(placeEntry(index, random, keypoints));
  };
}

/** Robot 0 alone has something to say, in every tick. */
function solo(radio: Crew['radios'][number], id: number, time: number): void {
  if (id === 0) radio.append(nodeEntry(0, radio.ledgers.nodesOf(0).size, time, new Random(`${time}`)));
}

/** Who hears whom: robots in one string hear each other. */
function groups(...texts: readonly string[]) {
  return (from: number, to: number) =>
    texts.some((text) => text.includes(`${from}`) && text.includes(`${to}`));
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

  it('are what the same weather makes of them, to the byte', () => {
    const sent = [0, 1].map(() => {
      const crew = new Crew(3, STORM);
      crew.run(20, talkative());
      return [0, 1, 2].map((id) => [...crew.link.bytesSent(id)]);
    });
    expect(sent[0]).toEqual(sent[1]);
  });

  it('pass through robots in between', () => {
    const crew = new Crew(4);
    crew.link.reaches = groups('01', '12', '23');
    crew.run(20, talkative());
    crew.run(4);
    for (const by of [0, 1, 2, 3]) expect(crew.lacks(by)).toEqual([]);
  });

  it('keep what the dead have said, for those too who had not heard it', () => {
    const crew = new Crew(4);
    crew.link.reaches = groups('01', '123');
    crew.run(10, talkative());
    crew.dead.add(0);
    const said = crew.count(0);
    expect(crew.count(0, 3)).toBeLessThan(said);
    crew.run(3);
    for (const by of [1, 2, 3]) expect(crew.count(0, by)).toBeGreaterThanOrEqual(said - 1);
    for (const by of [2, 3]) expect(crew.count(0, by)).toBe(crew.count(0, 1));
  });

  it('grow together again after a partition', () => {
    const crew = new Crew(4);
    const talk = talkative();
    crew.link.reaches = groups('01', '23');
    crew.run(60, talk);
    crew.run(1);
    expect(crew.lacks(0)).toEqual([2, 3]);
    crew.link.reaches = () => true;
    crew.run(8, talk);
    crew.run(2);
    for (const by of [0, 1, 2, 3]) expect(crew.lacks(by)).toEqual([]);
  });

  it('are repaired by their owner alone where that one is heard', () => {
    const crew = new Crew(4);
    crew.run(10);
    crew.link.reaches = (from, to) => !(from === 0 && to === 3);
    crew.run(2, solo);
    crew.link.reaches = () => true;
    crew.run(4);
    for (const by of [1, 2, 3]) expect(crew.lacks(by)).toEqual([]);
    for (const id of [1, 2]) expect([...crew.link.bytesSent(id).keys()]).toEqual(['digest']);
  });

  it('are repaired by the lowest that has them where their owner is not heard', () => {
    const crew = new Crew(4);
    crew.link.reaches = groups('012', '123');
    crew.run(10);
    crew.run(2, solo);
    crew.run(4);
    expect(crew.lacks(3)).toEqual([]);
    expect([...crew.link.bytesSent(1).keys()]).toEqual(['digest', 'keyframes']);
    expect([...crew.link.bytesSent(2).keys()]).toEqual(['digest']);
  });
});

describe('a late digest', () => {
  it('brings back nothing of what its sender lacked then', () => {
    const crew = new Crew(2);
    const digests: RadioMessage[] = [];
    crew.link.spoil = (message) => {
      if (message.from === 1 && message.kind === 'digest') digests.push(message);
      return message;
    };
    crew.run(5);
    crew.run(10, solo);
    crew.run(2);
    const [radio] = crew.radios;
    const before = crew.link.bytesSent(0).get('keyframes');
    radio.hear([digests[0]], crew.time + 0.1);
    radio.tell(crew.time + 0.1);
    expect(crew.link.bytesSent(0).get('keyframes')).toBe(before);
  });
});

describe('what a robot sends', () => {
  it('is counted by what it is', () => {
    const crew = new Crew(2);
    crew.run(10, talkative());
    expect([...crew.link.bytesSent(0).keys()].sort()).toEqual(['digest', 'keyframes', 'places', 'sightings']);
  });

  it('stays under its rate, whatever it has to say and whatever the others lack; what is small does not wait', () => {
    const rate = 10_000;
    const crew = new Crew(3, { ...STORM, loss: 0.2 }, 'flood', rate);
    const random = new Random('flood');
    crew.run(60, (radio, id, time) => {
      const index = radio.ledgers.nodesOf(id).size;
      radio.append(nodeEntry(id, index, time, random));
      radio.append(placeEntry(index, random, 150));
    });
    for (const id of [0, 1, 2]) expect(crew.link.total(id)).toBeLessThan(rate * (60 + 5));
    for (const [by, owner] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ]) {
      const there = crew.radios[by].ledgers.length(owner, 'graph');
      expect(there).toBeGreaterThan(0.9 * crew.radios[owner].ledgers.length(owner, 'graph'));
    }
  });

  it('of a usual mission is far below 25 kB a second', () => {
    const crew = new Crew(4, { loss: 0.05, doubling: 0, delay: [0.025, 0.075] });
    crew.run(60, talkative(150));
    for (const id of [0, 1, 2, 3]) expect(crew.link.total(id) / 60).toBeLessThan(5000);
  });
});
