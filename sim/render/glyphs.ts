import { Random } from '../../base/random.ts';

/** The kernel's own numbers: see assembly/shade.ts. */
const TILES_OF_A_KIND = 32;
/** First tile of each kind. */
export const POSTERS = 0;
export const PATCHES = TILES_OF_A_KIND;
export const TILE_SIDE = 64;
export const TILE_BYTES = 5472;
const NEUTRAL = 128;
/** Texels along a tile's edge that stay neutral, so that marks end before their cell does. */
const MARGIN = 3;
const SUBSAMPLES = 2;

type Inside = (x: number, y: number) => boolean;

interface Shape {
  readonly inside: Inside;
  /** −1…1. */
  readonly tone: number;
}

/**
 * The marks that textures are made of: tiles of posters, and of patches over each other, light and dark in equal parts, so that seen
 * from afar they fade into the surface. Each tile is followed by its halved images down to 2 × 2.
 */
export function drawAtlas(): Uint8Array {
  const atlas = new Uint8Array(2 * TILES_OF_A_KIND * TILE_BYTES);
  const random = new Random('glyphs');
  for (let k = 0; k < 2 * TILES_OF_A_KIND; k++) {
    const own = random.fork(`tile${k}`);
    const shapes = k < PATCHES ? drawPoster(own) : drawPatches(own, 4 + own.int(4), [0.5, 0.5], 0.32);
    writeLevels(drawTile(shapes), TILE_SIDE, atlas.subarray(k * TILE_BYTES, (k + 1) * TILE_BYTES));
  }
  return atlas;
}

/** An image of `side`² values in [0, 255] and its halved ones, one after the other, down to 2 × 2. */
export function writeLevels(image: Float32Array, side: number, out: Uint8Array): void {
  let level = image;
  let at = 0;
  for (let size = side; size >= 2; size /= 2) {
    for (let i = 0; i < size * size; i++) out[at + i] = Math.round(level[i]);
    at += size * size;
    level = halved(level, size);
  }
}

function halved(image: Float32Array, size: number): Float32Array {
  const half = size / 2;
  const out = new Float32Array(half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const at = 2 * y * size + 2 * x;
      out[y * half + x] = (image[at] + image[at + 1] + image[at + size] + image[at + size + 1]) / 4;
    }
  }
  return out;
}

/** The shapes, later ones over earlier ones, in the unit square. */
function drawTile(shapes: readonly Shape[]): Float32Array {
  const tile = new Float32Array(TILE_SIDE * TILE_SIDE);
  for (let y = MARGIN; y < TILE_SIDE - MARGIN; y++) {
    for (let x = MARGIN; x < TILE_SIDE - MARGIN; x++) {
      let sum = 0;
      for (let k = 0; k < SUBSAMPLES * SUBSAMPLES; k++) {
        const px = (x + ((k % SUBSAMPLES) + 0.5) / SUBSAMPLES) / TILE_SIDE;
        const py = (y + (Math.floor(k / SUBSAMPLES) + 0.5) / SUBSAMPLES) / TILE_SIDE;
        sum += shapes.findLast(({ inside }) => inside(px, py))?.tone ?? 0;
      }
      tile[y * TILE_SIDE + x] = sum / (SUBSAMPLES * SUBSAMPLES);
    }
  }
  return balanced(tile);
}

/** A sheet with a picture and lines of words. */
function drawPoster(random: Random): Shape[] {
  const [left, top] = [random.uniform(0.05, 0.2), random.uniform(0.05, 0.2)];
  const [right, bottom] = [random.uniform(0.75, 0.95), random.uniform(0.75, 0.95)];
  const paper = random.chance(0.6) ? 1 : -1;
  const shapes = [rectangle(left, top, right, bottom, 0.6 * paper)];
  const picture = random.uniform(0.3, 0.6) * (bottom - top);
  const centre = [random.uniform(0.4, 0.6), top + picture / 2] as const;
  shapes.push(...drawPatches(random, 3 + random.int(3), centre, picture / 2));
  const height = random.uniform(0.035, 0.06);
  for (let y = top + picture + 2 * height; y + 2 * height < bottom; y += 2 * height) {
    let x = left + height;
    while (x < right - 3 * height) {
      const end = Math.min(right - height, x + random.uniform(1, 6) * height);
      shapes.push(rectangle(x, y, end, y + height, random.uniform(-1, -0.5) * paper));
      x = end + height;
    }
  }
  return shapes;
}

function rectangle(left: number, top: number, right: number, bottom: number, tone: number): Shape {
  return { tone, inside: (x, y) => x > left && x < right && y > top && y < bottom };
}

/** Light and dark patches by turns, around a centre and no farther from it than `reach`. */
function drawPatches(
  random: Random,
  count: number,
  [x, y]: readonly [number, number],
  reach: number,
): Shape[] {
  return Array.from({ length: count }, (_, i) => ({
    tone: (i % 2 === 0 ? 1 : -1) * random.uniform(0.4, 1),
    inside: drawPatch(random, x + random.uniform(-reach, reach), y + random.uniform(-reach, reach), reach),
  }));
}

/** A rotated rectangle, a triangle or a ring. */
function drawPatch(random: Random, cx: number, cy: number, size: number): Inside {
  const [a, b] = [random.uniform(0.2, 1) * size, random.uniform(0.15, 0.8) * size];
  const angle = random.uniform(0, Math.PI);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const own = (x: number, y: number) => [c * (x - cx) + s * (y - cy), c * (y - cy) - s * (x - cx)] as const;
  const kind = random.uniform();
  if (kind < 0.55) {
    return (x, y) => {
      const [u, v] = own(x, y);
      return Math.abs(u) < a && Math.abs(v) < b;
    };
  }
  if (kind < 0.85) {
    const lean = random.uniform(-0.8, 0.8);
    return (x, y) => {
      const [u, v] = own(x, y);
      const up = (v + b) / (2 * b);
      return up > 0 && up < 1 && Math.abs(u - lean * a * up) < a * (1 - up);
    };
  }
  const inner = random.uniform(0.3, 0.7) * a;
  return (x, y) => {
    const [u, v] = own(x, y);
    const radius = Math.sqrt(u * u + v * v);
    return radius < a && radius > inner;
  };
}

/** As much light as dark, in grey values around the neutral one. */
function balanced(tile: Float32Array): Float32Array {
  let light = 0;
  let dark = 0;
  for (const value of tile) {
    if (value > 0) light += value;
    else dark -= value;
  }
  const most = Math.max(light, dark) || 1;
  return tile.map((value) => NEUTRAL + 127 * value * (value > 0 ? dark / most : light / most));
}
