import { PATTERN } from '../../../slam/features/pattern.ts';
import type { GreyImage } from './pyramid.ts';

/** Oriented FAST, rotated BRIEF (Rublee, Rabaud, Konolige, Bradski, "ORB", ICCV 2011). */

const PATCH_RADIUS = 15;
const DESCRIPTOR_BYTES = 32;
const f = Math.fround;

/** First moments of the round patch at a pixel: sums of u·I and v·I. */
export function moments(image: GreyImage, x: number, y: number): [number, number] {
  const { data, width } = image;
  const centre = y * width + x;
  let m10 = 0;
  let m01 = 0;
  for (let v = -PATCH_RADIUS; v <= PATCH_RADIUS; v++) {
    const end = Math.floor(Math.sqrt(PATCH_RADIUS * PATCH_RADIUS - v * v) + 0.5);
    for (let u = -end; u <= end; u++) {
      m10 += u * data[centre + v * width + u];
      m01 += v * data[centre + v * width + u];
    }
  }
  return [m10, m01];
}

/** Cosine and sine of the direction of the patch's intensity centroid. */
export function direction([m10, m01]: readonly [number, number]): [number, number] {
  const norm = Math.sqrt(m10 * m10 + m01 * m01);
  return norm > 0 ? [f(m10 / norm), f(m01 / norm)] : [1, 0];
}

/** The pixel at a place of the pattern, turned; in 32-bit floats, rounded half up. */
export function turnedPixel(
  { data, width }: GreyImage,
  x: number,
  y: number,
  [px, py]: readonly [number, number],
  [cos, sin]: readonly [number, number],
): number {
  const column = Math.floor(f(f(f(px * cos) - f(py * sin)) + 0.5));
  const row = Math.floor(f(f(f(px * sin) + f(py * cos)) + 0.5));
  return data[(y + row) * width + x + column];
}

/** Writes the 32 bytes of the keypoint at a pixel of a blurred image into `out` at `offset`. */
export function describe(
  blurred: GreyImage,
  x: number,
  y: number,
  towards: readonly [number, number],
  out: Uint8Array,
  offset: number,
): void {
  for (let test = 0; test < 8 * DESCRIPTOR_BYTES; test++) {
    const [ax, ay, bx, by] = PATTERN.subarray(4 * test, 4 * test + 4);
    const a = turnedPixel(blurred, x, y, [ax, ay], towards);
    const b = turnedPixel(blurred, x, y, [bx, by], towards);
    if (a < b) out[offset + (test >> 3)] |= 1 << (test & 7);
  }
}
