import { describe, expect, it } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { poseOf } from '../../base/se3.ts';
import { decode, decodeBatch, encode } from '../../viewer/messages/codec.ts';
import { CODECS } from '../../viewer/messages/codecs.ts';
import type { TelemetryMessage } from '../../viewer/messages/types.ts';
import { profileOf } from './synthetic-mission.ts';

const pose = poseOf(1.5, -2.25, 0.125, 0.5, -0.5, 0.5, 0.5);
const { start: _, ...profileWithoutStart } = profileOf(1);

const MESSAGES: { readonly [T in TelemetryMessage['type']]: Extract<TelemetryMessage, { type: T }> } = {
  start: {
    type: 'start',
    time: 0,
    scenario: 'office',
    policy: 'nächster',
    seed: 2 ** 40,
    duration: 300,
    agents: [
      { ...profileOf(0), rig: { ...profileOf(0).rig, kind: 'mono', distortion: [0.1, -0.2, 0, 0, 0.05] } },
      profileWithoutStart,
    ],
  },
  scene: {
    type: 'scene',
    time: 0,
    bounds: { minX: -1, minY: -2, maxX: 3, maxY: 4 },
    boxes: Float32Array.of(1, 2, 3, 4, 5, 6, 0.5),
  },
  pose: {
    type: 'pose',
    time: 1.25,
    agent: 3,
    state: 'blind',
    worldFromBody: pose,
    positionSigma: 0.1,
    expected: 200,
    inliers: 0,
    referenceKeyframe: -1,
    keyframeFromBody: pose,
    trackedPixels: Float32Array.of(1, 2, 3),
    trackMs: 2.5,
  },
  map: {
    type: 'map',
    time: 2,
    agent: 1,
    changes: {
      keyframesAdded: { ids: Int32Array.of(7), poses: pose },
      keyframesMoved: { ids: Int32Array.of(5, 6), poses: Float64Array.of(...pose, ...pose) },
      keyframesRemoved: Int32Array.of(1, 2, 3),
      pointsAdded: { ids: Int32Array.of(9), positions: Float32Array.of(1, 2, 3) },
      pointsMoved: { ids: new Int32Array(0), positions: new Float32Array(0) },
      pointsRemoved: Int32Array.of(8),
      covisibilityAdded: Int32Array.of(5, 7),
    },
  },
  task: {
    type: 'task',
    time: 3,
    agent: 0,
    reason: 'override',
    decision: {
      task: { kind: 'observe', peer: 2 },
      values: [
        { task: { kind: 'map' }, value: -1.5 },
        { task: { kind: 'observe', peer: 2 }, value: 4 },
      ],
    },
    previous: { kind: 'map' },
  },
  team: {
    type: 'team',
    time: 4,
    agent: 1,
    solver: 0,
    frame: -1,
    moved: 0.3,
    sigmaBefore: 0.5,
    sigmaAfter: 0.1,
  },
  ties: { type: 'ties', time: 4, agent: 0, ties: Int32Array.of(0, 12, 1, 7, 0, 0, 0, 13, 2, 9, 1, 1) },
  sighting: { type: 'sighting', time: 4, observer: 0, peer: 3, bodyFromPeer: pose },
  scan: {
    type: 'scan',
    time: 5,
    agent: 2,
    angleMin: -0.7,
    angleStep: 0.1,
    ranges: Float32Array.of(1, Number.POSITIVE_INFINITY, 3),
    maxRange: 6,
  },
  plan: { type: 'plan', time: 6, agent: 0, path: Float32Array.of(0, 1, 2, 3) },
  truth: { type: 'truth', time: 7, agent: 0, worldFromBody: pose },
  metrics: { type: 'metrics', time: 8, coverage: 0.5, accurateCoverage: 0.25, teamAte: 0.125 },
  log: { type: 'log', time: 9, agent: 1, level: 'warning', text: 'der Weg ist versperrt — 🤖' },
  end: { type: 'end', time: 10, reason: 'stopped' },
  reset: { type: 'reset', time: 11 },
  path: {
    type: 'path',
    time: 12,
    agent: 1,
    kind: 'truth',
    spacing: 0.2,
    positions: Float32Array.of(1, 2, 3),
  },
  live: { type: 'live', time: 13 },
};
const TYPES = Object.keys(CODECS) as TelemetryMessage['type'][];

describe('telemetry messages', () => {
  it.each(TYPES)('%s comes back as it went', (type) => {
    expect(decode(encode(MESSAGES[type], 42))).toEqual({ sequence: 42, event: MESSAGES[type] });
  });

  it('grows with what it holds', () => {
    const crowd = { ...MESSAGES.start, agents: Array.from({ length: 20 }, (_, id) => profileOf(id)) };
    expect(decode(encode(crowd, 0)).event).toEqual(crowd);
  });

  it('has a number of its own for each type', () => {
    expect(new Set(TYPES.map((type) => CODECS[type].code)).size).toBe(TYPES.length);
  });

  it('comes back from bytes at any offset of a buffer', () => {
    const message = encode(MESSAGES.map, 1);
    for (let offset = 0; offset < 8; offset++) {
      const shifted = Buffer.alloc(message.length + offset).subarray(offset);
      shifted.set(message);
      expect(decode(shifted).event).toEqual(MESSAGES.map);
    }
  });

  it('takes a batch apart in order', () => {
    const batch = Buffer.concat(TYPES.map((type, i) => encode(MESSAGES[type], i)));
    expect(decodeBatch(batch)).toEqual(TYPES.map((type, sequence) => ({ sequence, event: MESSAGES[type] })));
  });
});

describe('malformed messages', () => {
  const good = () => encode(MESSAGES.plan, 1).slice();
  const view = (bytes: Uint8Array) => new DataView(bytes.buffer);

  it('are named for what is wrong', () => {
    const wrong = (change: (bytes: Uint8Array) => void) => {
      const bytes = good();
      change(bytes);
      return () => decode(bytes);
    };
    expect(() => decode(new Uint8Array(5))).toThrow('5 bytes, but the header alone takes 24');
    expect(wrong((b) => b.fill(0, 0, 2))).toThrow('does not begin with "PS"');
    expect(wrong((b) => b.fill(9, 2, 3))).toThrow('version 9');
    expect(wrong((b) => b.fill(200, 3, 4))).toThrow('type is 200');
    expect(wrong((b) => view(b).setUint32(4, 8, true))).toThrow('header says 8 bytes');
    expect(wrong((b) => view(b).setFloat64(8, -1, true))).toThrow('sequence number is -1');
    expect(wrong((b) => view(b).setFloat64(16, Number.NaN, true))).toThrow('time is NaN');
    expect(wrong((b) => view(b).setUint32(28, 4_000_000_000, true))).toThrow(
      'path claims 4000000000 elements',
    );
    expect(wrong((b) => view(b).setUint32(28, 3, true))).toThrow('pairs are right');
    expect(() => decode(encode({ ...MESSAGES.scene, boxes: new Float32Array(6) }, 1))).toThrow(
      '7 a box are right',
    );
    const enumerated = encode(MESSAGES.end, 1).slice();
    enumerated[24] = 77;
    expect(() => decode(enumerated)).toThrow('reason is number 77 of 3 (finished, stopped, failed)');
  });

  it('never end in anything but an InputError, whatever is cut or flipped', () => {
    let state = 12345;
    const next = (n: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % n;
    };
    for (let round = 0; round < 4000; round++) {
      const bytes = encode(MESSAGES[TYPES[round % TYPES.length]], 1).slice();
      if (round % 3 === 0) bytes[next(bytes.length)] = next(256);
      if (round % 3 === 1)
        view(bytes).setUint32(4 * next(bytes.length / 4), next(2) ? 0xffffffff : next(1 << 20), true);
      const given = round % 3 === 2 ? bytes.subarray(0, next(bytes.length)) : bytes;
      try {
        decode(given);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }
  });
});
