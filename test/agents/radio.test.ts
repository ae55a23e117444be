import { describe, expect, it } from 'vitest';
import {
  decodeExplored,
  decodeReport,
  encodeExplored,
  encodeReport,
  type Report,
} from '../../agents/radio/messages.ts';
import { Radio } from '../../agents/radio/radio.ts';
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

describe('radio messages', () => {
  it('carries a report whole, with and without claim, whatever the task', () => {
    expect(decodeReport(encodeReport(report))).toEqual(report);
    const { claim: _, ...mapping } = { ...report, task: { kind: 'map' } as const };
    expect(decodeReport(encodeReport(mapping))).toEqual(mapping);
  });

  it('carries explored cells, negative ones too', () => {
    const explored = { frame: 3, cells: Int16Array.of(-3, 5, 32_000, -32_000) };
    expect(decodeExplored(encodeExplored(explored))).toEqual(explored);
  });

  it('refuses what is cut short, names no state, or places nobody anywhere', () => {
    const bytes = encodeReport(report);
    expect(() => decodeReport(bytes.subarray(0, 40))).toThrow(/64 bytes, not 40/);
    const strange = bytes.slice();
    strange[14] = 9;
    expect(() => decodeReport(strange)).toThrow(/9 is no tracking state/);
    expect(() => decodeReport(encodeReport({ ...report, x: Number.NaN }))).toThrow(/not finite/);
    for (const bad of [
      { trackedShare: Number.NaN },
      { frontier: Infinity },
      { claim: [0, Number.NaN] as const },
    ])
      expect(() => decodeReport(encodeReport({ ...report, ...bad }))).toThrow(/not finite/);
    expect(() => decodeExplored(new Uint8Array(4))).toThrow(/4 do not divide/);
  });
});

describe('a robot on the radio', () => {
  const from = (agent: number, time: number): RadioMessage => ({
    from: agent,
    kind: 'report',
    bytes: encodeReport({ ...report, agent, time }),
  });

  it('keeps the newest report of each teammate: late and doubled ones change nothing', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    radio.hear([from(3, 8), from(1, 9), from(3, 7), from(1, 9)]);
    expect(radio.teammates(-1).map(({ agent, time }) => [agent, time])).toEqual([
      [1, 9],
      [3, 8],
    ]);
  });

  it('drops what does not decode or speaks for another, and says why', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    const heard = radio.hear([
      { from: 1, kind: 'report', bytes: new Uint8Array(3) },
      { from: 1, kind: 'report', bytes: encodeReport({ ...report, agent: 2 }) },
      { from: 1, kind: 'explored', bytes: encodeExplored({ frame: 0, cells: Int16Array.of(1, 2) }) },
    ]);
    expect(heard.dropped).toHaveLength(2);
    expect(heard.dropped[1]).toMatch(/speaks for robot 2/);
    expect(heard.explored).toEqual([{ frame: 0, cells: Int16Array.of(1, 2) }]);
    expect(radio.teammates(-1)).toEqual([]);
  });

  it('has no teammate outside the team, and is none of its own', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    const { dropped } = radio.hear([from(7, 1), from(0, 1)]);
    expect(dropped[0]).toMatch(/no robot 7 in the team/);
    expect(dropped[1]).toMatch(/it is its own/);
    expect(radio.teammates(-1)).toEqual([]);
  });

  it('knows no place of who tells of places in another frame', () => {
    const radio = new Radio(0, TEAM, fakeLink().link);
    radio.hear([from(1, 9)]);
    expect(radio.teammates(-1)[0]).toMatchObject({ agent: 1, x: 1.5, claim: [10.5, 4] });
    expect(radio.teammates(0)[0]).toMatchObject({ agent: 1, x: Number.NaN, yaw: Number.NaN, time: 9 });
    expect(radio.teammates(0)[0].claim).toBeUndefined();
  });

  it('reports once a second', () => {
    const { link, sent } = fakeLink();
    const radio = new Radio(2, TEAM, link);
    for (let tick = 0; tick < 21; tick++) {
      const time = tick / 10;
      if (radio.isDue(time)) radio.tell({ ...report, time }, new Int16Array(0));
    }
    expect(sent.map(({ bytes }) => decodeReport(bytes).time)).toEqual([0, 1, 2]);
  });
});
