import { pathToFileURL } from 'node:url';
import { Random } from '../../base/random.ts';
import { direction, moments, turnedPixel } from './features/descriptor.ts';
import { Corners, FastDetector } from './features/fast.ts';
import { blur, type GreyImage } from './features/pyramid.ts';
import { spreadEvenly } from './features/spread.ts';

/**
 * How the table in slam/features/pattern.ts was learnt (after Rublee et al., "ORB", ICCV 2011, section 4.3). Run this file to print it:
 * `npx tsx test/oracle/orb-pattern.ts`, a minute or so.
 */

const WIDTH = 480;
const HEIGHT = 360;
const IMAGES = 40;
const CORNERS = 250;
const BORDER = 20;
const REACH = 15;
const TESTS = 256;
const CANDIDATES = 60_000;
/** Points of a test are at least this far apart, pixels. */
const APART = 4;
/** How far from even a test may split the patches, and the correlation two tests may have: the least that leaves enough of them. */
const MOST_UNEVEN = 0.15;
const [FIRST_CORRELATION, CORRELATION_STEP] = [0.3, 0.01];

/** Leaves fall until the ground is covered: ellipses and boxes, many small and few large, each of one shaded grey; then optics and noise. */
export function deadLeaves(random: Random): GreyImage {
  const ground = new Uint8Array(WIDTH * HEIGHT);
  const covered = new Uint8Array(WIDTH * HEIGHT);
  let bare = WIDTH * HEIGHT;
  for (let n = 0; bare > 0.002 * WIDTH * HEIGHT && n < 40_000; n++) bare -= dropLeaf(random, ground, covered);
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 1; y < HEIGHT - 1; y++) {
    for (let x = 1; x < WIDTH - 1; x++) {
      const i = y * WIDTH + x;
      const [n, s] = [i - WIDTH, i + WIDTH];
      const beside = ground[i - 1] + ground[i + 1] + ground[n] + ground[s];
      const across = ground[n - 1] + ground[n + 1] + ground[s - 1] + ground[s + 1];
      data[i] = clamp(Math.round((4 * ground[i] + 2 * beside + across) / 16 + random.normal(2)));
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

/** Returns how many pixels it covered that were bare. */
function dropLeaf(random: Random, ground: Uint8Array, covered: Uint8Array): number {
  const [smallest, largest] = [1 / (2.5 * 2.5), 1 / (100 * 100)];
  const radius = 1 / Math.sqrt(smallest - random.uniform() * (smallest - largest));
  const cx = random.uniform(-50, WIDTH + 50);
  const cy = random.uniform(-50, HEIGHT + 50);
  const angle = random.uniform(0, Math.PI);
  const squash = random.uniform(0.35, 1);
  const box = random.chance(0.6);
  const base = random.uniform(15, 240);
  const [gx, gy] = [random.normal(0.25), random.normal(0.25)];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const reach = radius * 1.5;
  let fresh = 0;
  for (let y = Math.max(0, Math.floor(cy - reach)); y <= Math.min(HEIGHT - 1, Math.ceil(cy + reach)); y++) {
    for (let x = Math.max(0, Math.floor(cx - reach)); x <= Math.min(WIDTH - 1, Math.ceil(cx + reach)); x++) {
      const i = y * WIDTH + x;
      if (covered[i]) continue;
      const [dx, dy] = [x - cx, y - cy];
      const p = dx * cos + dy * sin;
      const q = (-dx * sin + dy * cos) / squash;
      const inside = box ? Math.abs(p) < radius && Math.abs(q) < radius : p * p + q * q < radius * radius;
      if (!inside) continue;
      covered[i] = 1;
      ground[i] = clamp(base + gx * dx + gy * dy);
      fresh++;
    }
  }
  return fresh;
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, value));
}

/** Greys of upright patches at the given places round each corner, one array a corner. */
export function uprightPatches(
  image: GreyImage,
  places: readonly (readonly [number, number])[],
): Uint8Array[] {
  const corners = new Corners();
  new FastDetector().detect(image, 20, 7, BORDER, corners);
  const { width, height } = image;
  const blurred = blur(image);
  return spreadEvenly(corners, width, height, CORNERS).map((c) => {
    const [x, y] = [corners.x[c], corners.y[c]];
    const towards = direction(moments(image, x, y));
    return Uint8Array.from(places, (place) => turnedPixel(blurred, x, y, place, towards));
  });
}

/** Of random tests, evenest first, those that correlate little with the ones taken before. */
export function learnPattern(): number[] {
  const random = new Random('orb/dead leaves');
  const places: [number, number][] = [];
  for (let y = -REACH; y <= REACH; y++)
    for (let x = -REACH; x <= REACH; x++) if (x * x + y * y <= REACH * REACH) places.push([x, y]);
  const patches = Array.from({ length: IMAGES }, (_, n) => deadLeaves(random.fork(`i${n}`))).flatMap(
    (image) => uprightPatches(image, places),
  );
  const candidates = drawCandidates(random, places).map(([a, b]) => {
    const bits = new Int32Array(Math.ceil(patches.length / 32));
    patches.forEach((patch, n) => {
      if (patch[a] < patch[b]) bits[n >> 5] |= 1 << (n & 31);
    });
    return { ends: [...places[a], ...places[b]], bits, mean: ones(bits) / patches.length };
  });
  const unevenness = (mean: number) => Math.abs(mean - 0.5);
  const ranked = candidates
    .filter(({ mean }) => unevenness(mean) <= MOST_UNEVEN)
    .sort((a, b) => unevenness(a.mean) - unevenness(b.mean));
  for (let most = FIRST_CORRELATION; ; most += CORRELATION_STEP) {
    const taken: typeof ranked = [];
    for (const test of ranked) {
      if (taken.some((other) => Math.abs(correlation(test, other, patches.length)) > most)) continue;
      if (taken.push(test) === TESTS) return taken.flatMap(({ ends }) => ends);
    }
  }
}

function drawCandidates(random: Random, places: readonly [number, number][]): [number, number][] {
  const pairs: [number, number][] = [];
  for (let n = 0; n < CANDIDATES; n++) {
    const [i, j] = [random.int(places.length), random.int(places.length)];
    const dx = places[i][0] - places[j][0];
    const dy = places[i][1] - places[j][1];
    if (dx * dx + dy * dy >= APART * APART) pairs.push(random.chance(0.5) ? [i, j] : [j, i]);
  }
  return pairs;
}

function correlation(
  a: { bits: Int32Array; mean: number },
  b: { bits: Int32Array; mean: number },
  count: number,
): number {
  let both = 0;
  for (let w = 0; w < a.bits.length; w++) both += ones32(a.bits[w] & b.bits[w]);
  return (both / count - a.mean * b.mean) / Math.sqrt(a.mean * (1 - a.mean) * b.mean * (1 - b.mean));
}

function ones(bits: Int32Array): number {
  return bits.reduce((sum, word) => sum + ones32(word), 0);
}

function ones32(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const table = learnPattern();
  for (let i = 0; i < table.length; i += 16) console.log(`  ${table.slice(i, i + 16).join(', ')},`);
}
