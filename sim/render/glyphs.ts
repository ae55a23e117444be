import { Random } from '../../base/random.ts';

/** The kernel's own numbers: see assembly/shade.ts. */
export const TILES = 64;
export const TILE_SIDE = 64;
export const TILE_BYTES = 5472;
const NEUTRAL = 128;
/** Texels along a tile's edge that stay neutral, so that marks end before their cell does. */
const MARGIN = 3;
const SUBSAMPLES = 2;

type Inside = (x: number, y: number) => boolean;

/**
 * The marks that textures are made of: tiles of patches over each other, light and dark in equal parts, so that seen from afar they
 * fade into the surface. Each tile is followed by its halved images down to 2 × 2.
 */
export function drawAtlas(): Uint8Array {
  const atlas = new Uint8Array(TILES * TILE_BYTES);
  const random = new Random('glyphs');
  for (let k = 0; k < TILES; k++) {
    const tile = drawTile(random.fork(`tile${k}`));
    writeLevels(tile, TILE_SIDE, atlas.subarray(k * TILE_BYTES, (k + 1) * TILE_BYTES));
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

function drawTile(random: Random): Float32Array {
  const shapes = Array.from({ length: 4 + random.int(4) }, (_, i) => ({
    inside: drawShape(random),
    tone: (i % 2 === 0 ? 1 : -1) * random.uniform(0.4, 1),
  }));
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

/** A rotated rectangle, a triangle or a ring, in the unit square. */
function drawShape(random: Random): Inside {
  const [cx, cy] = [random.uniform(0.2, 0.8), random.uniform(0.2, 0.8)];
  const [a, b] = [random.uniform(0.07, 0.32), random.uniform(0.05, 0.25)];
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
