import { PATCHES, TILE_BYTES, TILE_SIDE } from '../../sim/render/glyphs.ts';
import type { Layer, Look } from '../../sim/render/looks.ts';
import type { Bitmap, Surface } from '../../sim/render/stage.ts';

const TILES_OF_A_KIND = PATCHES;
const CELL_TEXELS = 115;
const BITMAP_SIDE = 128;

/** Grey of a surface at a point of its texture; the twin of sim/render/assembly/shade.ts. */
export function textureAt(
  look: Look | Bitmap,
  { grey, strength, seed }: Surface,
  s: number,
  t: number,
  footprint: number,
  atlas: Uint8Array,
): number {
  if ('levels' in look) {
    const level = Math.min(6, levelOf(footprint * BITMAP_SIDE * BITMAP_SIDE));
    return sample(look.levels, 0, BITMAP_SIDE, level, s, t);
  }
  let sum = 0;
  look.layers.forEach((layer, k) => {
    sum += markAt(layer, seed + k, s, t, footprint, atlas);
  });
  return Math.max(0, Math.min(255, grey + strength * sum));
}

function levelOf(ratio2: number): number {
  return Math.max(0, Math.floor(Math.floor(Math.log2(2 * ratio2)) / 2));
}

function markAt(
  layer: Layer,
  seed: number,
  s: number,
  t: number,
  footprint: number,
  atlas: Uint8Array,
): number {
  const { cells, period, share, amplitude, turn, tile } = layer;
  const level = levelOf(footprint * cells * cells * CELL_TEXELS * CELL_TEXELS);
  if (level >= 6) return 0;
  const [column, row] = [Math.floor(s * cells), Math.floor(t * cells)];
  const wrap = (cell: number) => (period > 0 ? cell - period * Math.floor(cell / period) : cell);
  const h = hash(wrap(column), wrap(row), seed);
  if (h >>> 22 >= Math.round(1024 * share)) return 0;
  const six = (word: number, from: number) => (word >>> from) & 63;
  const cos = 1.2 + (six(h, 6) * 1.2) / 64;
  const sin = (six(h, 12) * turn) / 64;
  const room = 0.5 - (0.5 * (cos + sin)) / (cos * cos + sin * sin);
  const more = Math.imul(h, 0x9e3779b1) >>> 0;
  const a = s * cells - column - 0.5 - room * ((six(more, 26) * 2) / 63 - 1);
  const b = t * cells - row - 0.5 - room * ((six(more, 20) * 2) / 63 - 1);
  const swapped = (h >>> 21) & 1;
  const p = swapped ? a : b;
  const q = (swapped ? b : a) * ((h >>> 19) & 1 ? -1 : 1);
  const turned = (h >>> 18) & 1 ? -sin : sin;
  const x = cos * p - turned * q;
  const y = turned * p + cos * q;
  if (Math.abs(x) >= 0.5 || Math.abs(y) >= 0.5) return 0;
  const start = (tile + (h & (TILES_OF_A_KIND - 1))) * TILE_BYTES;
  const value = sample(atlas, start, TILE_SIDE, level, x + 0.5, y + 0.5) - 128;
  return ((h >>> 20) & 1 ? -value : value) * (amplitude / 127);
}

function hash(column: number, row: number, seed: number): number {
  let h = Math.imul(column, 0x9e3779b1) ^ Math.imul(row, 0x85ebca77) ^ Math.imul(seed, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

function sample(
  images: Uint8Array,
  start: number,
  side: number,
  level: number,
  x: number,
  y: number,
): number {
  const size = side >> level;
  const at = start + (4 * (side * side - size * size)) / 3;
  const within = (value: number) => Math.max(0, Math.min(size - 1.001, value * size - 0.5));
  const [px, py] = [within(x), within(y)];
  const [column, row] = [Math.floor(px), Math.floor(py)];
  const line = (offset: number) => {
    const first = images[at + offset + column];
    return first + (px - column) * (images[at + offset + column + 1] - first);
  };
  const above = line(row * size);
  return above + (py - row) * (line((row + 1) * size) - above);
}
