import { writeLevels } from './glyphs.ts';
import type { Bitmap, Surface } from './stage.ts';

type Vector = readonly [number, number, number];

/** A flat square of black and white cells that a body wears. */
export interface WornBoard {
  /** 4 × 3, metres, in the body's frame: top left, then counter-clockwise, as seen from the front. */
  readonly corners: ArrayLike<number>;
  /** Cells along a side. */
  readonly side: number;
  /** side × side, row by row from the top left: 1 white, 0 black. */
  readonly cells: ArrayLike<number>;
}

/** The kernel's own number: see assembly/shade.ts. */
const BITMAP_SIDE = 128;
const [BLACK, WHITE] = [25, 225];

/** @param look index of its bitmap on the stage */
export function boardSurface({ corners }: WornBoard, look: number): Surface {
  const at = (i: number): Vector => [corners[3 * i], corners[3 * i + 1], corners[3 * i + 2]];
  const [topLeft, bottomLeft, bottomRight, topRight] = [0, 1, 2, 3].map(at);
  const u = perLength(topLeft, topRight);
  const v = perLength(topLeft, bottomLeft);
  // The picture's axes run right and down, so their product points away from the eye.
  const away = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const length = Math.sqrt(away[0] * away[0] + away[1] * away[1] + away[2] * away[2]);
  const normal: Vector = [-away[0] / length, -away[1] / length, -away[2] / length];
  const outline = [topLeft, bottomLeft, bottomRight, topRight];
  return { corners: outline, normal, origin: topLeft, u, v, look, seed: 0, grey: 0, strength: 1 };
}

/** The direction from one point to another over their squared distance: its product with a way along it is a share of that distance. */
function perLength(from: Vector, to: Vector): Vector {
  const [x, y, z] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const square = x * x + y * y + z * z;
  return [x / square, y / square, z / square];
}

/** The cells as the kernel wants an image: each texel the mean of what it covers. */
export function boardBitmap({ side, cells }: WornBoard): Bitmap {
  const cover = Array.from({ length: BITMAP_SIDE }, (_, i) => shares(i, side));
  const image = new Float32Array(BITMAP_SIDE * BITMAP_SIDE);
  for (let y = 0; y < BITMAP_SIDE; y++) {
    for (let x = 0; x < BITMAP_SIDE; x++) {
      let white = 0;
      for (const [row, high] of cover[y])
        for (const [column, wide] of cover[x]) white += high * wide * cells[row * side + column];
      image[y * BITMAP_SIDE + x] = BLACK + (WHITE - BLACK) * white;
    }
  }
  const levels = new Uint8Array(2 * BITMAP_SIDE * BITMAP_SIDE);
  writeLevels(image, BITMAP_SIDE, levels);
  return { levels };
}

/** Which cells a texel covers, and its shares of them. */
function shares(texel: number, cells: number): (readonly [number, number])[] {
  const [from, to] = [(texel * cells) / BITMAP_SIDE, ((texel + 1) * cells) / BITMAP_SIDE];
  const first = Math.floor(from);
  const out: (readonly [number, number])[] = [];
  for (let cell = first; cell < to && cell < cells; cell++) {
    out.push([cell, (Math.min(to, cell + 1) - Math.max(from, cell)) / (to - from)]);
  }
  return out;
}
