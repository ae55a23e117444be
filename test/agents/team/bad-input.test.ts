import { describe, expect, it } from 'vitest';
import { open, seal, TEAM_KINDS, type TeamKind } from '../../../agents/radio/envelope.ts';
import { encodeEntry } from '../../../agents/team/codec.ts';
import { encodeDigest } from '../../../agents/team/digest.ts';
import type { Entry } from '../../../agents/team/entries.ts';
import { Ledgers } from '../../../agents/team/ledger.ts';
import { pack } from '../../../agents/team/replication.ts';
import { TeamRadio } from '../../../agents/team/team-radio.ts';
import { Random } from '../../../base/random.ts';
import { Crew } from './crew.ts';
import { nodeEntry, placeEntry, sightingEntry } from './entries.ts';
import { TestLink } from './links.ts';

const TEAM = [0, 1, 2];
const random = new Random('bad input');

function listener(): TeamRadio {
  return new TeamRadio({ id: 0, team: TEAM, link: new TestLink(TEAM) });
}

/** Robot 1 says something at 10 s of its clock, which is 10.1 s of the listener's. */
function say(kind: TeamKind, body: Uint8Array, sender = 1, sentAt = 10) {
  return { from: 1, kind, bytes: seal(kind, sender, sentAt, body) };
}

function tellEntry(entry: Entry | Uint8Array, number = 1, owner = 1) {
  const bytes = entry instanceof Uint8Array ? entry : encodeEntry(entry);
  return say('sightings', pack([{ owner, channel: 'graph', number, bytes }])[0]);
}

const firstNode = tellEntry(nodeEntry(1, 0, 9, random), 0);

describe('what a robot makes of a bad message', () => {
  it.each([
    ['no bytes', { from: 1, kind: 'digest', bytes: new Uint8Array(0) }, /0 bytes are no message/],
    ['noise', { from: 1, kind: 'places', bytes: new Uint8Array(50).fill(2) }, /damaged/],
    [
      'another version',
      { from: 1, kind: 'digest', bytes: new Uint8Array(50).fill(7) },
      /version 7; version 2 is spoken/,
    ],
    [
      'another kind inside',
      { ...say('digest', new Uint8Array(3)), kind: 'places' },
      /it says it is of kind digest/,
    ],
    ['another sender inside', say('digest', new Uint8Array(3), 2), /it speaks for robot 2/],
    ['a robot that does not exist', { ...say('digest', new Uint8Array(3), 7), from: 7 }, /no robot 7/],
    ['itself', { ...say('digest', new Uint8Array(3), 0), from: 0 }, /its own/],
    [
      'an entry of nobody',
      say('keyframes', pack([{ owner: 9, channel: 'graph', number: 0, bytes: new Uint8Array(1) }])[0]),
      /no robot 9/,
    ],
    ['a digest cut short', say('digest', Uint8Array.of(3, 1)), /too early/],
    ['a solution for nobody', say('solution', Uint8Array.of(1, 1, 9, 0)), /no robot 9/],
    ['a place in the future of the numbers', tellEntry(new Uint8Array(1), 100_000), /too far ahead/],
  ])('drops %s, says why, counts it, and goes on', (_, message, reason) => {
    const radio = listener();
    const { dropped } = radio.hear([message, firstNode], 10.1);
    expect(dropped).toHaveLength(1);
    expect(dropped[0]).toMatch(reason);
    expect(dropped[0]).toContain(`robot ${message.from}`);
    expect([...radio.refusals.byReason.values()]).toEqual([1]);
    expect(radio.ledgers.entries(1, 'graph')).toHaveLength(1);
  });

  it('leaves alone what is not of its protocol', () => {
    expect(listener().hear([{ from: 1, kind: 'report', bytes: new Uint8Array(3) }], 1).dropped).toEqual([]);
  });

  it('names what keeps coming the 1st, 10th and 100th time', () => {
    const radio = listener();
    const noise = { from: 1, kind: 'digest', bytes: new Uint8Array(50).fill(2) };
    const dropped = Array.from({ length: 120 }, () => radio.hear([noise], 1).dropped).flat();
    expect(dropped).toHaveLength(3);
    expect(dropped[2]).toMatch(/\(100 times now\)/);
    expect([...radio.refusals.byReason.values()]).toEqual([120]);
  });
});

const negative = sightingEntry(0, 2, 9.5, random);
const negativeBytes = encodeEntry(negative);
negativeBytes.fill(0, negativeBytes.length - 42, negativeBytes.length - 40);

describe('what a robot makes of a senseless clock', () => {
  const senseless = 1e300;

  /** All that robot 1 says is dated so for a while. */
  function misdate(crew: Crew, seconds: number): void {
    crew.link.spoil = (message) => {
      if (message.from !== 1) return message;
      const kind = message.kind as TeamKind;
      const { body } = open(kind, 1, message.bytes);
      return { ...message, bytes: seal(kind, 1, senseless, body.raw(body.left)) };
    };
    crew.run(seconds);
    crew.link.spoil = (message) => message;
  }

  it.each([0, 10])(
    'hears its owner again once it tells sensible times (they had spoken for %s s)',
    (before) => {
      const crew = new Crew(3);
      crew.run(before);
      misdate(crew, 2);
      expect(crew.dropped.join()).toMatch(/of robot 1: robot 1's clock is said to show 1e\+300 s/);
      crew.run(10, (radio, id, time) => {
        if (id === 1) radio.append(nodeEntry(1, radio.ledgers.nodesOf(1).size, time, random));
      });
      crew.run(2);
      for (const id of [0, 2]) expect(crew.radios[id].living).toEqual([0, 1, 2]);
      expect(crew.lacks(0)).toEqual([]);
      crew.dead.add(1);
      crew.run(10);
      expect(crew.radios[0].living).toEqual([0, 2]);
    },
  );

  it('takes none on the word of a third robot', () => {
    const crew = new Crew(3);
    crew.run(10);
    const extents = { graph: { length: 0, early: [] }, places: { length: 0, early: [] } };
    const digest = encodeDigest([{ agent: 2, beat: senseless, extents }]);
    const { dropped } = crew.radios[0].hear([say('digest', digest, 1, crew.time)], crew.time);
    expect(dropped[0]).toMatch(/a digest message of robot 1: robot 2's clock is said to show/);
    crew.dead.add(2);
    crew.run(20);
    expect(crew.radios[0].living).toEqual([0, 1]);
  });
});

describe('what a robot makes of a bad entry', () => {
  it.each([
    ['a sighting of nobody', sightingEntry(0, 9, 9.5, random), /no robot 9 in the team/],
    ['a sighting of oneself', sightingEntry(0, 1, 9.5, random), /robot 1 says so of itself/],
    ['a sighting from the future', sightingEntry(0, 2, 10.5, random), /10.500 s lies in the future/],
    ['a sighting with a variance of 0', negativeBytes, /covariance is not positive/],
    ['a sighting at a node never told of', sightingEntry(3, 2, 9.5, random), /node 3 was not told of/],
    ['an answer to nobody', { kind: 'answer', observer: 9, sighting: 0, node: 0 } as const, /no robot 9/],
    [
      'an answer to oneself',
      { kind: 'answer', observer: 1, sighting: 0, node: 0 } as const,
      /says so of itself/,
    ],
    ['a node from the future', nodeEntry(1, 1, 11, random), /future/],
    ['a node that hangs on none', nodeEntry(1, 5, 9, random), /node 4 was not told of/],
    ['a place among nodes', placeEntry(0, random, 3), /does not belong to graph/],
    ['no entry', Uint8Array.of(77), /77 is no kind of entry/],
  ])('refuses %s, and what follows counts', (_, entry, reason) => {
    const radio = listener();
    const good = tellEntry(sightingEntry(0, 2, 9.75, random), 2);
    const { dropped, entries } = radio.hear([firstNode, tellEntry(entry), good], 10.1);
    expect(dropped).toHaveLength(1);
    expect(dropped[0]).toMatch(reason);
    expect(dropped[0]).toContain('robot 1');
    expect(entries.map(({ number }) => number)).toEqual([0, 2]);
    expect(radio.ledgers.extents(1).graph).toEqual({ length: 3, early: [] });
    expect(radio.hear([tellEntry(entry)], 10.2).dropped).toEqual([]);
  });

  it('refuses one from the future by way of a third robot, once the clocks are compared', () => {
    const crew = new Crew(3);
    crew.run(10);
    const forward = (time: number, number: number) => {
      const bytes = encodeEntry(nodeEntry(2, number, time, random));
      return say('keyframes', pack([{ owner: 2, channel: 'graph', number, bytes }])[0], 1, crew.time);
    };
    const news = crew.radios[0].hear([forward(crew.time - 1, 0), forward(crew.time + 5, 1)], crew.time);
    expect(news.entries.map(({ number }) => number)).toEqual([0]);
    expect(news.dropped[0]).toMatch(/entry of robot 2 .*future/);
  });

  it('takes none of its own that make no sense, says so, and tells nobody of them', () => {
    const radio = listener();
    radio.hear([], 10);
    expect(radio.append(sightingEntry(0, 1, 9, random))).toBeUndefined();
    radio.append(nodeEntry(0, 0, 9, random));
    const bad: Entry[] = [
      sightingEntry(0, 0, 9, random),
      sightingEntry(0, 9, 9, random),
      sightingEntry(0, 1, 11, random),
      { ...sightingEntry(0, 1, 9, random), covariance: new Float64Array(36) },
      { ...sightingEntry(0, 1, 9, random), bodyFromPeer: new Float64Array(7) },
      { ...sightingEntry(0, 1, 9, random), bodyFromPeer: Float64Array.of(Number.NaN, 0, 0, 0, 0, 0, 1) },
      nodeEntry(1, 1, 9, random),
    ];
    for (const entry of bad) expect(radio.append(entry)).toBeUndefined();
    expect(radio.ledgers.length(0, 'graph')).toBe(1);
    expect(radio.hear([], 10.1).dropped).toHaveLength(8);
    expect(radio.append(sightingEntry(0, 1, 9, random))?.number).toBe(1);
  });
});

describe('a robot whose own ledger another would write', () => {
  it('takes nothing of it but what it wrote', () => {
    const radio = listener();
    radio.hear([], 10);
    const written = nodeEntry(0, 0, 9, random);
    radio.append(written);
    const forged = tellEntry(nodeEntry(0, 1, 9, random), 1, 0);
    expect(radio.hear([tellEntry(written, 0, 0), forged], 10.1).dropped).toEqual([
      'dropped an entry of robot 0 in graph: it never wrote entry 1',
    ]);
    expect(radio.ledgers.length(0, 'graph')).toBe(1);
  });
});

describe('a log', () => {
  it('keeps the first word: another entry of the same number changes nothing', () => {
    const ledgers = new Ledgers(TEAM);
    const never = (reason: string) => expect.unreachable(reason);
    const add = (number: number, time: number) =>
      ledgers.add(
        1,
        'graph',
        number,
        { bytes: encodeEntry(nodeEntry(1, number, time, random)), latest: 10 },
        never,
      );
    expect(add(1, 2)).toEqual([]);
    expect(add(1, 3)).toEqual([]);
    expect(add(0, 1).map(({ number }) => number)).toEqual([0, 1]);
    expect(add(0, 4)).toEqual([]);
    expect(ledgers.entries(1, 'graph').map(({ entry }) => entry.kind === 'node' && entry.node.time)).toEqual([
      1, 2,
    ]);
  });
});

describe('damaged bytes', () => {
  it('never get past the radio, never into a ledger, and never keep good ones from it', () => {
    const crew = new Crew(3);
    const noise = new Random('noise');
    const entries = new Random('entries');
    let spoilt = 0;
    crew.link.spoil = (message) => {
      if (!noise.chance(0.4)) return message;
      spoilt++;
      const bytes = noise.chance(0.2)
        ? message.bytes.slice(0, noise.int(message.bytes.length))
        : message.bytes.slice();
      for (let flips = noise.int(4); flips >= 0 && bytes.length > 0; flips--)
        bytes[noise.int(bytes.length)] ^= 1 << noise.int(8);
      return { ...message, bytes };
    };
    crew.run(40, (radio, id, time) => {
      const index = radio.ledgers.nodesOf(id).size;
      if (time > 30 || !entries.chance(0.2)) return;
      radio.append(nodeEntry(id, index, time, entries));
      radio.append(sightingEntry(index, (id + 1) % 3, time, entries));
      if (entries.chance(0.3)) radio.append(placeEntry(index, entries, 20));
      if (id === 0)
        radio.publish(
          [1, 2].map((agent) => ({ agent, frame: 0, poses: new Map(), covariance: new Float64Array(36) })),
        );
    });
    crew.link.spoil = (message) => message;
    crew.run(3);
    expect(spoilt).toBeGreaterThan(200);
    for (const owner of TEAM) {
      expect(crew.count(owner)).toBeGreaterThan(80);
      expect(crew.lacks(owner)).toEqual([]);
    }
    const why = crew.dropped.filter((text) => !/damaged|version|no message/.test(text));
    expect(why).toEqual([]);
  });

  it('whose checksum is right all the same throw nothing but what is named', () => {
    const noise = new Random('forger');
    const radio = listener();
    radio.hear([firstNode], 10.1);
    for (let trial = 0; trial < 3000; trial++) {
      const kind = noise.pick(TEAM_KINDS);
      const body = Uint8Array.from({ length: noise.int(80) }, () =>
        noise.chance(0.6) ? noise.int(4) : noise.int(256),
      );
      radio.hear([say(kind, body, 1, noise.uniform(0, 20))], 20);
      radio.append(sightingEntry(noise.int(3), noise.int(4), noise.uniform(0, 30), noise));
      radio.tell(20 + 0.1 * trial);
    }
    expect(radio.refusals.byReason.size).toBeGreaterThan(10);
    for (const owner of TEAM)
      for (const { entry } of radio.ledgers.entries(owner, 'graph'))
        expect(() => encodeEntry(entry)).not.toThrow();
  });
});
