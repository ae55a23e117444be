import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../agents/radio/bytes.ts';
import { decodeEntry, encodeEntry } from '../../../agents/team/codec.ts';
import type { Entry } from '../../../agents/team/entries.ts';
import { readCovariance, readPose, writeCovariance, writePose } from '../../../agents/team/geometry-codec.ts';
import { Random } from '../../../base/random.ts';
import { angleBetween, distance, identity, type Pose, poseOf } from '../../../base/se3.ts';
import { covarianceOf, matchEntry, nodeEntry, placeEntry, randomPose, sightingEntry } from './entries.ts';

function carriedPose(pose: Pose): Pose {
  const out = new ByteWriter();
  writePose(out, pose);
  expect(out.length).toBe(21);
  return readPose(new ByteReader(out.finish()));
}

function carriedCovariance(covariance: Float64Array): Float64Array {
  const out = new ByteWriter();
  writeCovariance(out, covariance);
  expect(out.length).toBe(42);
  return readCovariance(new ByteReader(out.finish()));
}

/** Smallest and largest ratio of the variances of two covariances over many directions. */
function ratios(a: Float64Array, b: Float64Array, random: Random): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (let trial = 0; trial < 300; trial++) {
    const v = Float64Array.from({ length: 6 }, () => random.normal());
    const along = (m: Float64Array) =>
      v.reduce((sum, x, i) => sum + v.reduce((s, y, j) => s + x * y * m[6 * i + j], 0), 0);
    const ratio = along(b) / along(a);
    low = Math.min(low, ratio);
    high = Math.max(high, ratio);
  }
  return [low, high];
}

/** Whether a symmetric matrix has a Cholesky factor. */
function isPositive(m: Float64Array): boolean {
  const l = new Float64Array(36);
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = m[6 * i + j];
      for (let k = 0; k < j; k++) sum -= l[6 * i + k] * l[6 * j + k];
      if (i === j && !(sum > 0)) return false;
      l[6 * i + j] = i === j ? Math.sqrt(sum) : sum / l[7 * j];
    }
  }
  return true;
}

describe('a pose in 21 bytes', () => {
  it('is right to a few micrometres and a microradian, whichever part of the rotation is largest', () => {
    const random = new Random('poses');
    const largest = new Set<number>();
    for (let i = 0; i < 2000; i++) {
      const pose = randomPose(random);
      for (let k = 0, sign = random.chance(0.5) ? -1 : 1; k < 4; k++) pose[3 + k] *= sign;
      const parts = [3, 4, 5, 6].map((k) => Math.abs(pose[k]));
      largest.add(parts.indexOf(Math.max(...parts)));
      const carried = carriedPose(pose);
      expect(distance(carried, pose)).toBeLessThan(4e-6);
      expect(angleBetween(carried, pose)).toBeLessThan(1e-6);
    }
    expect(largest.size).toBe(4);
  });

  it('carries standing still, and half a turn, exactly', () => {
    expect(carriedPose(identity())).toEqual(identity());
    expect(carriedPose(poseOf(0, 0, 0, 0, 0, 1, 0))).toEqual(poseOf(0, 0, 0, 0, 0, 1, 0));
  });

  it('refuses what is no rotation', () => {
    const out = new ByteWriter();
    for (let i = 0; i < 3; i++) out.f32(0);
    for (let i = 0; i < 3; i++) out.u24(0x7ffffe);
    expect(() => readPose(new ByteReader(out.finish()))).toThrow(/rotation/);
    for (const part of [Number.NaN, 1.01, 0.5])
      expect(() => writePose(new ByteWriter(), poseOf(0, 0, 0, 0, 0, 0, part))).toThrow(/rotation/);
  });
});

describe('a covariance in 42 bytes', () => {
  it('keeps every variance to a percent, in every direction, strong correlations too', () => {
    const random = new Random('covariances');
    for (let i = 0; i < 100; i++) {
      const covariance = covarianceOf(random, 10 ** random.uniform(-4, 2));
      const carried = carriedCovariance(covariance);
      expect(isPositive(carried)).toBe(true);
      const [low, high] = ratios(covariance, carried, random);
      expect(low).toBeGreaterThan(0.99);
      expect(high).toBeLessThan(1.01);
    }
  });

  it('says what was not measured', () => {
    const covariance = new Float64Array(36);
    for (let i = 0; i < 6; i++) covariance[7 * i] = i < 3 ? 0.04 : Number.POSITIVE_INFINITY;
    covariance[1] = covariance[6] = 0.01;
    const carried = carriedCovariance(covariance);
    for (let i = 3; i < 6; i++) expect(carried[7 * i]).toBe(Number.POSITIVE_INFINITY);
    for (let i = 0; i < 36; i++) if (i % 7 !== 0 || i < 21) expect(carried[i]).toBeCloseTo(covariance[i], 4);
  });

  it('lets pass what is singular by rounding alone, and stays positive', () => {
    const covariance = new Float64Array(36);
    for (let i = 0; i < 6; i++) covariance[7 * i] = 1e-4;
    covariance[5] = covariance[30] = 1e-4;
    expect(isPositive(carriedCovariance(covariance))).toBe(true);
  });

  it.each([
    ['a negative variance', 7, -1],
    ['a variance of 0', 7, 0],
    ['no number', 7, Number.NaN],
    ['a correlation above 1', 1, 2],
    ['a correlation that is none', 1, Number.NaN],
  ])('refuses to write %s', (_, at, value) => {
    const covariance = Float64Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 1 : 0));
    covariance[at] = value;
    if (at === 1) covariance[6] = value;
    expect(() => writeCovariance(new ByteWriter(), covariance)).toThrow(/covariance is not positive/);
  });

  it('refuses to read a variance of 0, and correlations that no matrix has', () => {
    const bytes = new Uint8Array(42).fill(0x10);
    expect(isPositive(readCovariance(new ByteReader(bytes)))).toBe(true);
    const zero = bytes.slice();
    zero[0] = zero[1] = 0;
    expect(() => readCovariance(new ByteReader(zero))).toThrow(/a variance is 0/);
    const wild = bytes.slice();
    wild.fill(0x7f, 12);
    expect(() => readCovariance(new ByteReader(wild))).toThrow(/not positive definite/);
  });
});

describe('an entry as bytes', () => {
  const random = new Random('entries');
  const carried = (entry: Entry) => decodeEntry(encodeEntry(entry), 2);
  const entries: Entry[] = [
    {
      ...nodeEntry(2, 7, -3.25, random),
      edges: [...nodeEntry(2, 7, 0, random).edges, ...nodeEntry(2, 7, 0, random).edges],
    },
    sightingEntry(7, 300, 1e9 + 0.125, random),
    { kind: 'answer', observer: 3, sighting: 70_000, node: 4_000_000_000 },
    matchEntry(7, 3, 12, random),
  ];

  it.each(entries.map((entry) => [entry.kind, entry] as const))(
    'carries a %s whole, and the same again',
    (_, entry) => {
      const once = carried(entry);
      const rough = (value: unknown): unknown =>
        value instanceof Float64Array
          ? value.length
          : value !== null && typeof value === 'object'
            ? mapped(value)
            : value;
      const mapped = (value: object): unknown =>
        Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rough(each)]));
      expect(mapped(once)).toEqual(mapped(entry));
      expect(encodeEntry(carried(once)).length).toBe(encodeEntry(entry).length);
    },
  );

  it('carries poses and covariances to where they belong', () => {
    const { node, edges } = nodeEntry(2, 7, 5, random);
    const back = carried({ kind: 'node', node, edges }) as (typeof entries)[0] & { kind: 'node' };
    expect(distance(back.node.worldFromBody, node.worldFromBody)).toBeLessThan(1e-5);
    expect(distance(back.edges[0].fromFromTo, edges[0].fromFromTo)).toBeLessThan(1e-5);
    expect(back.edges[0].covariance[0]).toBeCloseTo(edges[0].covariance[0], 4);
    const marker = { ...node, keyframe: -1 };
    expect(carried({ kind: 'node', node: marker, edges: [] })).toMatchObject({ node: { keyframe: -1 } });
  });

  it('carries a place: quarter pixels, millimetres, 1/256 of a turn, descriptors bit by bit', () => {
    const entry = placeEntry(7, random);
    const { place } = carried(entry) as typeof entry;
    expect(encodeEntry(entry).length / 150).toBeLessThan(50);
    const { x, y, octave, angle, points, descriptors, mapPoints } = entry.place;
    expect(place.x).toEqual(x);
    expect(place.y).toEqual(y);
    expect(place.octave).toEqual(octave);
    expect(place.descriptors).toEqual(descriptors);
    expect(place.mapPoints).toEqual(mapPoints);
    for (let i = 0; i < 450; i++) {
      expect(Number.isNaN(place.points[i])).toBe(Number.isNaN(points[i]));
      if (!Number.isNaN(points[i])) expect(Math.abs(place.points[i] - points[i])).toBeLessThan(5.1e-4);
    }
    for (let i = 0; i < 150; i++) {
      const off = Math.abs(place.angle[i] - angle[i]);
      expect(Math.min(off, 2 * Math.PI - off)).toBeLessThan(0.0124);
    }
  });

  it('ties a node to one of any other index', () => {
    const { node, edges } = nodeEntry(2, 7, 5, random);
    const tied = edges.map((edge) => ({ ...edge, from: { agent: 2, index: 70_000 } }));
    expect(carried({ kind: 'node', node, edges: tied })).toMatchObject({
      edges: [{ from: { agent: 2, index: 70_000 } }],
    });
  });

  it('leaves out a point that lies too far away to be told', () => {
    const entry = placeEntry(7, random, 3);
    entry.place.points.set([40, 0, 1], 0);
    entry.place.points.set([30, 0, 1], 3);
    const { place } = carried(entry) as typeof entry;
    expect([...place.points.subarray(0, 6)]).toEqual([Number.NaN, Number.NaN, Number.NaN, 30, 0, 1]);
  });

  it('refuses what is cut short, too long, of no kind, or ties a node to none before it', () => {
    for (const entry of [...entries, placeEntry(3, random, 5)]) {
      const bytes = encodeEntry(entry);
      for (let end = 0; end < bytes.length; end++)
        expect(() => decodeEntry(bytes.subarray(0, end), 2)).toThrow(RangeError);
      expect(() => decodeEntry(Uint8Array.of(...bytes, 0), 2)).toThrow(/1 bytes are left over/);
    }
    expect(() => decodeEntry(Uint8Array.of(9), 2)).toThrow(/9 is no kind of entry/);
    const looped = nodeEntry(2, 7, 5, random);
    const edges = [{ ...looped.edges[0], from: { agent: 2, index: 7 } }];
    expect(() => carried({ ...looped, edges })).toThrow(/ties node 7 to node 7/);
  });

  it('refuses times and places that are not finite', () => {
    expect(() => carried(sightingEntry(1, 3, Number.NaN, random))).toThrow(/not finite/);
    const lost = sightingEntry(1, 3, 0, random);
    lost.bodyFromPeer[1] = Number.POSITIVE_INFINITY;
    expect(() => carried(lost)).toThrow(/not finite/);
  });
});
