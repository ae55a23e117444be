import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../agents/radio/bytes.ts';
import { type MessageKind, open, seal } from '../../agents/radio/envelope.ts';
import { decodeExplored, encodeExplored } from '../../agents/radio/explored.ts';
import { LinkQuality } from '../../agents/radio/link-quality.ts';
import { Radio } from '../../agents/radio/radio.ts';
import { decodeReport, encodeReport, type Report } from '../../agents/radio/report.ts';
import { UNKNOWN_HEALTH } from '../../base/allocation.ts';
import type { Link, RadioMessage } from '../../base/world.ts';

const report: Report = {
  agent: 2,
  frame: -1,
  time: 12.5,
  state: 'blind',
  x: 1.5,
  y: -2.25,
  yaw: 0.5,
  positionSigma: 0.125,
  trackedShare: 0.75,
  inliers: 150,
  keyframes: 70_000,
  mapPoints: 123_456,
  frontier: 4.5,
  task: { kind: 'observe', peer: 3 },
  taskAge: 7,
  distanceLeft: Number.NaN,
  health: UNKNOWN_HEALTH,
  claim: [10.5, 4],
};

const TEAM = [0, 1, 2, 3];

/** A link that keeps what is sent. */
function fakeLink() {
  const sent: { kind: string; bytes: Uint8Array }[] = [];
  const link: Link = {
    send: (_from, _to, kind, bytes) => sent.push({ kind, bytes }),
    receive: () => [],
    bytesSent: () => new Map(),
  };
  return { link, sent };
}

/** A report there and back. */
function carried(of: Report, number = 7) {
  return decodeReport(new ByteReader(encodeReport({ number, report: of })), of.agent, of.time);
}

function say(kind: MessageKind, body: Uint8Array, sender: number, sentAt: number): RadioMessage {
  return { from: sender, kind, bytes: seal(kind, sender, sentAt, body) };
}

describe('radio messages', () => {
  it('carries a report whole, with and without claim, whatever the task', () => {
    expect(carried(report, 65_535)).toEqual({ number: 65_535, report });
    const { claim: _, ...mapping } = { ...report, task: { kind: 'map' } as const };
    expect(carried(mapping).report).toEqual(mapping);
  });

  it('carries what is known of the health of a SLAM, and what is not as not known', () => {
    const health = {
      inlierRatio: 0.5,
      referenceShare: 0.75,
      covisibility: 12,
      residual: 1.25,
      sinceKeyframe: 2,
      sinceRelocalisation: 30,
      sinceObserved: 40,
      mapGrowth: -6,
      speed: 0.5,
    };
    const whole = { ...report, health, distanceLeft: 5.5 };
    expect(carried(whole).report).toEqual(whole);
    for (const lacking of Object.keys(health)) {
      const partly = { ...whole, health: { ...health, [lacking]: Number.NaN } };
      expect(carried(partly).report, lacking).toEqual(partly);
    }
  });

  it('carries explored cells, negative ones too', () => {
    const explored = { frame: 3, cells: Int16Array.of(-3, 5, 32_000, -32_000) };
    expect(decodeExplored(new ByteReader(encodeExplored(explored)))).toEqual(explored);
  });

  it('refuses what is cut short or too long, names no state, or is no number', () => {
    const bytes = encodeReport({ number: 0, report });
    const decode = (of: Uint8Array) => decodeReport(new ByteReader(of), 2, 0);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decode(bytes.subarray(0, length)), `${length} bytes`).toThrow(/too early/);
    expect(() => decode(Uint8Array.of(...bytes, 0))).toThrow(/1 bytes are left over/);
    const strange = bytes.slice();
    strange[2] = 9;
    expect(() => decode(strange)).toThrow(/9 is no tracking state/);
    const infinite = bytes.slice();
    infinite.set([0, 0, 128, 127], bytes.length - 4);
    expect(() => decode(infinite)).toThrow(/not finite/);
    expect(() => decodeExplored(new ByteReader(new Uint8Array(4)))).toThrow(/2 do not divide/);
  });
});

describe('a robot on the radio', () => {
  const NOW = 10;
  const from = (agent: number, time: number, number = 0): RadioMessage =>
    say('report', encodeReport({ number, report: { ...report, agent } }), agent, time);

  it('keeps the newest report of each teammate: late and doubled ones change nothing', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    radio.hear([from(3, 8), from(1, 9), from(3, 7), from(1, 9)], NOW);
    expect(radio.teammates(-1).map(({ agent, time }) => [agent, time])).toEqual([
      [1, 9],
      [3, 8],
    ]);
  });

  it('drops what is damaged, of another version, or speaks for another, and says why', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    const damaged = from(1, 9);
    damaged.bytes[20] ^= 4;
    const foreign = from(1, 9);
    foreign.bytes[0] = 1;
    const { explored, dropped } = radio.hear(
      [
        { from: 1, kind: 'report', bytes: new Uint8Array(3) },
        damaged,
        foreign,
        { ...from(2, 9), from: 1 },
        say('explored', encodeExplored({ frame: 0, cells: Int16Array.of(1, 2) }), 1, 9),
        say('explored', new Uint8Array(5), 1, 9),
      ],
      NOW,
    );
    expect(dropped).toEqual([
      'dropped a report of robot 1: 3 bytes are no message',
      'dropped a report of robot 1: its bytes are damaged',
      'dropped a report of robot 1: it is of version 1; version 2 is spoken here',
      'dropped a report of robot 1: it speaks for robot 2',
      'dropped explored cells of robot 1: explored cells come as 4 bytes each; 3 do not divide',
    ]);
    expect(explored).toEqual([{ frame: 0, cells: Int16Array.of(1, 2) }]);
    expect(radio.teammates(-1)).toEqual([]);
  });

  it('is not fooled by a senseless clock: who had one is heard again once it tells sensible times', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    const { dropped } = radio.hear([from(1, 1e300), from(2, 60)], NOW);
    expect(dropped[0]).toBe('dropped a report of robot 1: it was sent at 1e+300 s; now is 10.0 s');
    expect(dropped).toHaveLength(2);
    radio.hear([from(1, 10), from(2, 10)], NOW);
    expect(radio.teammates(-1).map(({ agent, time }) => [agent, time])).toEqual([
      [1, 10],
      [2, 10],
    ]);
  });

  it('has no teammate outside the team, and is none of its own', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    const { dropped } = radio.hear([from(7, 1), from(0, 1)], NOW);
    expect(dropped[0]).toMatch(/no robot 7 in the team/);
    expect(dropped[1]).toMatch(/it is its own/);
    expect(radio.teammates(-1)).toEqual([]);
  });

  it('leaves alone what is not for it', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    expect(radio.hear([{ from: 1, kind: 'digest', bytes: new Uint8Array(3) }], NOW).dropped).toEqual([]);
  });

  it('knows no place of who tells of places in another frame', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    radio.hear([from(1, 9)], NOW);
    expect(radio.teammates(-1)[0]).toMatchObject({ agent: 1, x: 1.5, claim: [10.5, 4] });
    expect(radio.teammates(0)[0]).toMatchObject({ agent: 1, x: Number.NaN, yaw: Number.NaN, time: 9 });
    expect(radio.teammates(0)[0].claim).toBeUndefined();
  });

  it('reports once a second, and numbers its reports', () => {
    const { link, sent } = fakeLink();
    const radio = new Radio(2, TEAM, link);
    for (let tick = 0; tick < 21; tick++) {
      const time = tick / 10;
      if (radio.isDue(time)) radio.tell({ ...report, time }, new Int16Array(0));
    }
    const told = sent.map(({ bytes }) => open('report', 2, bytes));
    expect(told.map(({ sentAt }) => sentAt)).toEqual([0, 1, 2]);
    expect(told.map(({ body }) => decodeReport(body, 2, 0).number)).toEqual([0, 1, 2]);
  });

  it('says nothing that is no number, and that it did not', () => {
    const { link, sent } = fakeLink();
    const radio = new Radio(2, TEAM, link);
    radio.tell({ ...report, positionSigma: Infinity }, Int16Array.of(1, 2));
    expect(sent.map(({ kind }) => kind)).toEqual(['explored']);
    expect(radio.hear([], NOW).dropped).toEqual(['dropped its own report: a number is not finite']);
  });

  it('knows how well each teammate comes through', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    for (const number of [3, 5]) radio.hear([from(1, number, number)], number);
    expect(radio.qualityOf(1, 5)).toBeCloseTo(2 / 3);
    expect(radio.qualityOf(2, 5)).toBeNaN();
  });
});

describe('how well reports come through', () => {
  const heard = (...numbers: number[]) => {
    const quality = new LinkQuality(1);
    for (const number of numbers) quality.note(number, 0);
    return quality;
  };

  it('is unknown before the first, and whole after it', () => {
    expect(heard().share(0)).toBeNaN();
    expect(heard(500).share(0)).toBe(1);
  });

  it('is the share of the last ten that came; late ones count, doubled ones once', () => {
    expect(heard(0, 1, 3).share(0)).toBe(3 / 4);
    expect(heard(0, 1, 3, 2).share(0)).toBe(1);
    expect(heard(0, 1, 3, 3, 1).share(0)).toBe(3 / 4);
    expect(heard(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12).share(0)).toBe(9 / 10);
    expect(heard(0, 100).share(0)).toBe(1 / 10);
    expect(heard(5, 4).share(0)).toBe(1);
  });

  it('falls while a robot is silent', () => {
    const quality = heard(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(quality.share(1.4)).toBe(1);
    expect(quality.share(3.6)).toBe(7 / 10);
    expect(quality.share(60)).toBe(0);
    expect(heard(500).share(1.6)).toBe(1 / 2);
  });

  it('goes on where numbers begin again from 0', () => {
    expect(heard(65_534, 65_535, 0, 1).share(0)).toBe(1);
    expect(heard(65_534, 0, 65_535, 1).share(0)).toBe(1);
  });
});
