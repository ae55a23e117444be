import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { pack, unpack } from '../../base/container.ts';
import { crc32 } from '../../base/crc32.ts';
import { InputError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { identity } from '../../base/se3.ts';
import { readKernels } from '../../bin/resources.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { ColumnWriter } from '../../slam/map/file/columns.ts';
import { loadMap, MAP_FORMAT, saveMap } from '../../slam/map/file/map-file.ts';
import type { MapPoint } from '../../slam/map/map-point.ts';
import { SlamMap } from '../../slam/map/slam-map.ts';
import { onProbation } from '../../slam/mapping/culling.ts';
import { Drive } from './drive.ts';
import { CorridorWorld, RIG } from './synthetic.ts';

const WHERE = 'map.peerslam';
/** Bytes of a file in which its header and list of sections lie. */
const START = 300;
const world = new CorridorWorld({ seed: 'corridor' });
let kernels: Kernels;
/** Of a robot with wheels that drove round the block and further, with a budget, so that keyframes were culled. */
let saved: Uint8Array;
let driven: Drive;
beforeAll(async () => {
  kernels = await readKernels();
  driven = new Drive(world, kernels, true, { mostKeyframes: 30 }).go(1.1 * world.lap);
  saved = saveMap(driven.slam.map);
});

/** The words of the place index grow out of all that was ever seen; a loaded map's out of the keyframes it holds. */
const reindexed = (map: SlamMap): SlamMap => new SlamMap(map.camera, map.contents());
const load = (bytes = saved): SlamMap => loadMap(bytes, WHERE).map;
const goOn = (map: SlamMap, options: { wheels?: boolean; localizeOnly?: boolean } = {}) =>
  new Drive(world, kernels, options.wheels ?? true, undefined, { map, localizeOnly: options.localizeOnly });

it('is checked by the CRC-32 that everybody means', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

describe('a saved map', () => {
  it('is, once loaded, the same in every part', () => {
    const map = reindexed(driven.slam.map);
    expect(map.contents().graves.size).toBeGreaterThan(10);
    expect([...map.keyframes()].some(({ odometry }) => odometry)).toBe(true);
    expect(difference(map, load())).toBeNull();
    expect(difference(load(), map)).toBeNull();
  });

  it('goes on as the original does, bit for bit', () => {
    const { map: made } = new Drive(world, kernels, true, { mostKeyframes: 20 }).go(0.8 * world.lap).slam;
    const [loaded, original] = [load(saveMap(made)), reindexed(made)].map((map) =>
      goOn(map)
        .carryTo(5)
        .go(0.5 * world.lap),
    );
    expect(original.last.state).toBe('tracking');
    expect(original.slam.map.keyframeCount).toBeGreaterThan(0);
    expect(digest(loaded)).toBe(digest(original));
    expect(same(saveMap(loaded.slam.map), saveMap(original.slam.map))).toBe(true);
  });

  it('tells which of its points have still to prove themselves, as the mapper that made it knew', () => {
    const { mapper } = driven.slam as unknown as { mapper: { young: MapPoint[] } };
    const young = mapper.young.filter(({ culled }) => !culled).map(({ id }) => id);
    expect(young.length).toBeGreaterThan(10);
    expect(onProbation(load()).map(({ id }) => id)).toEqual(young.sort((a, b) => a - b));
  });

  it('still knows where culled keyframes were', () => {
    const map = load();
    for (const id of map.contents().graves.keys())
      expect(map.keyframePose(id)).toEqual(load().keyframePose(id));
  });

  it('may be empty', () => {
    const { map } = new Drive(world, kernels, true).slam;
    expect(difference(load(saveMap(map)), map)).toBeNull();
    const drive = goOn(load(saveMap(map))).go(1);
    expect(drive.last.state).toBe('tracking');
  });
});

describe('a robot in a loaded map', () => {
  it('has no pose until it finds itself, wherever its wheels believe it to be', () => {
    const drive = goOn(load()).carryTo(6).go(0.5, true);
    expect(drive.last.state).toBe('lost');
    expect(drive.slam.trajectory().times.length).toBe(0);
    drive.go(1.5);
    expect(drive.last.state).toBe('tracking');
    expect(drive.error).toBeLessThan(0.15);
  });

  it('maps on', () => {
    const half = new Drive(world, kernels, true).go(0.5 * world.lap).slam.map;
    const before = half.keyframeCount;
    const drive = goOn(load(saveMap(half)))
      .carryTo(0.3 * world.lap)
      .go(0.6 * world.lap);
    expect(drive.slam.map.keyframeCount).toBeGreaterThan(1.2 * before);
    expect(drive.error).toBeLessThan(0.3);
  });

  for (const wheels of [true, false]) {
    it(`only localising, ${wheels ? 'with' : 'without'} wheels, tracks and leaves the map as it is`, () => {
      const map = load();
      const drive = goOn(map, { wheels, localizeOnly: true })
        .carryTo(3)
        .go(0.5 * world.lap);
      const found = drive.reports.filter(({ state }) => state === 'tracking').length;
      expect(found).toBeGreaterThan(0.9 * drive.reports.length);
      expect(drive.error).toBeLessThan(0.15);
      expect(same(saveMap(map), saved)).toBe(true);
    });
  }

  it('only localising, is left as it is by a single camera that comes into it from outside', () => {
    const mono = new Drive(world, kernels, true, undefined, undefined, 'mono').go(4).slam.map;
    const bytes = saveMap(mono);
    const map = load(bytes);
    const options = { map, localizeOnly: true };
    const drive = new Drive(world, kernels, false, undefined, options, 'mono').carryTo(world.lap - 3).go(5);
    drive.slam.finish();
    expect(drive.reports[0].state).toBe('lost');
    expect(drive.last.state).toBe('tracking');
    expect(same(saveMap(map), bytes)).toBe(true);
  });

  it('that is somewhere else is lost throughout, and claims no pose', () => {
    const elsewhere = new CorridorWorld({ seed: 'elsewhere' });
    const map = load();
    const drive = new Drive(elsewhere, kernels, true, undefined, { map }).go(3);
    expect(drive.reports.every(({ state }) => state === 'lost')).toBe(true);
    expect(drive.slam.online().times.length).toBe(0);
    expect(map.keyframeCount).toBe(load().keyframeCount);
  });

  it('must have the camera the map was made with', () => {
    const drive = (rig: typeof RIG) => new Drive(world, kernels, true, undefined, { map: load(), rig });
    expect(() => drive({ ...RIG, fx: 400 })).toThrow(
      "the map: was made with another camera: its fx is 380, this one's 400",
    );
    expect(() => drive({ ...RIG, kind: 'stereo' })).toThrow(InputError);
    expect(() => drive({ ...RIG, distortion: [0.1] })).toThrow(/distortion is none, this one's \[0.1\]/);
    expect(() => drive({ ...RIG, distortion: [0, 0] })).not.toThrow();
  });
});

describe('reading a map file', () => {
  /** Some kilobytes. */
  let small: Uint8Array;
  beforeAll(() => {
    const sparse = new CorridorWorld({ seed: 'corridor', maxFeatures: 60 });
    small = saveMap(new Drive(sparse, kernels, true, { keyframeGap: 1 }).go(0.5).slam.map);

    expect(load(small).keyframeCount).toBeGreaterThan(2);
  });

  it('says what is wrong with what is no map, is cut short, goes on, or is newer', () => {
    expect(refusal(new TextEncoder().encode('ply\nformat ascii 1.0'))).toBe(`${WHERE}: is no peerslam map`);
    expect(refusal(new Uint8Array(0))).toMatch(/cut short at byte 0:/);
    expect(refusal(saved.subarray(0, 1000))).toMatch(/cut short at byte 1000: it should go on to byte \d+/);
    expect(refusal(Buffer.concat([small, Buffer.of(7)]))).toMatch(/goes on for 1 bytes after its end/);
    expect(refusal(withVersion(small, 3, 2))).toBe(
      `${WHERE}: was written by a newer version (format 3; this version reads up to 1)`,
    );
  });

  it('reads a newer version that only adds to it', () => {
    const sections = sectionsOf(small);
    sections.push({ name: 'stairs', bytes: Uint8Array.of(1, 2, 3) });
    const loaded = loadMap(withVersion(pack(MAP_FORMAT, sections), 2, 1), WHERE);
    expect(loaded.version).toBe(2);
    expect(difference(loaded.map, load(small))).toBeNull();
  });

  it('notices when it lacks a section', () => {
    for (const { name } of sectionsOf(small)) {
      const rest = sectionsOf(small).filter((section) => section.name !== name);
      expect(refusal(pack(MAP_FORMAT, rest))).toBe(`${WHERE}: lacks its section ${name}`);
    }
  });

  it('notices wherever it is cut', () => {
    const lengths = Array.from(small.keys());
    expect(lengths.filter((n) => !refusal(small.subarray(0, n)).includes(`cut short at byte ${n}:`))).toEqual(
      [],
    );
  });

  it('notices any byte that changed', () => {
    const random = new Random('flips');
    const everyFew = Array.from({ length: 4000 }, () => random.int(small.length));
    for (const at of [...Array(START).keys(), ...everyFew]) {
      const changed = small.slice();
      changed[at] ^= 1 + random.int(255);
      refusal(changed);
    }
  });

  it('refuses garbage, also behind a true beginning', () => {
    const random = new Random('garbage');
    for (let n = 0; n < 2000; n++) {
      const bytes = Uint8Array.from({ length: random.int(400) }, () => random.int(256));
      bytes.set(small.subarray(0, Math.min(bytes.length, random.int(300))));
      refusal(bytes);
    }
  });

  it('refuses trees and graves that hang on themselves or on nothing: walks along them would not end', () => {
    const forged = (name: string, bytes: Uint8Array) =>
      refusal(
        pack(
          MAP_FORMAT,
          sectionsOf(small).map((section) => (section.name === name ? { name, bytes } : section)),
        ),
      );
    const count = load(small).keyframeCount;
    const children = Uint32Array.from({ length: count }, (_, i) => (i === 1 || i === 2 ? 1 : 0));
    const circle = new ColumnWriter().add(children).add(Uint32Array.of(2, 1)).bytes();
    expect(forged('tree', circle)).toMatch(/section tree: keyframe \d+ is its own ancestor/);
    const grave = (parents: number[]) =>
      new ColumnWriter()
        .count(parents.length)
        .add(Int32Array.from(parents, (_, i) => 1000 + i))
        .add(Int32Array.from(parents))
        .addEach(parents.map(() => identity()))
        .bytes();
    for (const parents of [[1000], [1001, 1000], [1001, 2000]])
      expect(forged('graves', grave(parents))).toMatch(/culled keyframe 1000 hangs on none that lives/);
  });

  it('believes no lie, though the checksums fit: it refuses, or has read all that is there', () => {
    const random = new Random('lies');
    let refused = 0;
    for (let n = 0; n < 1000; n++) {
      const sections = sectionsOf(small);
      const lie = sections[n % sections.length];
      forge(lie, random);
      const bytes = pack(MAP_FORMAT, sections);
      let map: SlamMap;
      try {
        map = load(bytes);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refused++;
        continue;
      }
      if (!same(saveMap(map), bytes)) throw new Error(`lie ${n} in ${lie.name} was read as something else`);
      for (const id of map.contents().graves.keys()) map.keyframePose(id);
      if (n % 100 === 0) new Drive(world, kernels, true, undefined, { map, rig: map.camera.rig }).go(0.2);
    }
    expect(refused).toBeGreaterThan(200);
  });
});

function sectionsOf(bytes: Uint8Array) {
  return Array.from(unpack(MAP_FORMAT, bytes, WHERE).sections, ([name, section]) => ({
    name,
    bytes: section.slice(),
  }));
}

/** Changes a word or a byte, or cuts or adds some. */
function forge(section: { bytes: Uint8Array }, random: Random): void {
  const { bytes } = section;
  const at = random.int(Math.min(bytes.length, random.int(2) ? 64 : bytes.length));
  const kind = random.int(4);
  if (kind === 0) bytes[at] = random.int(256);
  else if (kind === 3) section.bytes = bytes.slice(0, random.int(bytes.length));
  else {
    const words = new DataView(bytes.buffer, 0, bytes.length - (bytes.length % 4));
    const word = Math.min(at - (at % 4), words.byteLength - 4);
    words.setUint32(word, kind === 1 ? random.int(200) : random.word(), true);
  }
}

function withVersion(bytes: Uint8Array, version: number, reader: number): Uint8Array {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  view.setUint32(8, version, true);
  view.setUint32(12, reader, true);
  view.setUint32(20, crc32(out.subarray(0, 20)), true);
  return out;
}

function refusal(bytes: Uint8Array): string {
  try {
    loadMap(bytes, WHERE);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('a spoilt map was read');
}

/** Byte for byte; vitest's own comparison takes seconds for a megabyte. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function digest({ reports, slam }: Drive): string {
  const hash = createHash('sha256');
  for (const report of reports) {
    const { trackMs, mapMs, trackedPixels, worldFromBody, covariance, keyframeFromBody, ...plain } = report;
    hash.update(JSON.stringify(plain));
    for (const numbers of [trackedPixels, worldFromBody, covariance, keyframeFromBody])
      hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  }
  hash.update(new Uint8Array(slam.trajectory().poses.buffer));
  slam.map.hashInto((bytes) => hash.update(bytes));
  return hash.digest('hex');
}

/** What nobody saves: scratch of who walks the map, and lists kept for speed. */
const SCRATCH = new Set(['stamp', 'votes', 'walk', 'byRank', 'changes', 'recordChanges']);

/** The path to the first thing in which two webs of objects differ, order in maps and sets included. */
function difference(a: unknown, b: unknown): string | null {
  const twins = new Map<unknown, unknown>();
  const queue: [unknown, unknown, string][] = [[a, b, 'map']];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [x, y, path] = next;
    if (typeof x !== 'object' || x === null || typeof y !== 'object' || y === null) {
      if (!Object.is(x, y)) return `${path}: ${x} and ${y}`;
      continue;
    }
    if (twins.has(x)) {
      if (twins.get(x) !== y) return `${path}: not the same object`;
      continue;
    }
    twins.set(x, y);
    if (x.constructor !== y.constructor) return `${path}: ${x.constructor.name} and ${y.constructor.name}`;
    const [inX, inY] = [inside(x), inside(y)];
    if (inX.length !== inY.length) return `${path}: ${inX.length} and ${inY.length} parts`;
    inX.forEach(([name, value], i) => {
      queue.push([value, inY[i][1], `${path}.${name}`]);
    });
  }
  return null;
}

function inside(object: object): [string, unknown][] {
  if (object instanceof Map)
    return [...object].flatMap(([key, value], i): [string, unknown][] => [
      [`key${i}`, key],
      [`value${i}`, value],
    ]);
  if (object instanceof Set) return [...object].map((value, i) => [`${i}`, value]);
  if (ArrayBuffer.isView(object)) return [...(object as Float64Array)].map((value, i) => [`${i}`, value]);
  return Object.entries(object)
    .filter(([name]) => !SCRATCH.has(name))
    .sort(([p], [q]) => (p < q ? -1 : 1));
}
