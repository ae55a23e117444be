import { PATTERN } from './pattern.ts';
import type { GreyImage } from './pyramid.ts';

/** Oriented FAST, rotated BRIEF (Rublee, Rabaud, Konolige, Bradski, "ORB", ICCV 2011). */

/** Radius of the patch that orientation looks at, pixels. */
export const PATCH_RADIUS = 15;
export const DESCRIPTOR_BYTES = 32;

/** Last column of each row of the round patch. */
const ROW_END = Int32Array.from({ length: PATCH_RADIUS + 1 }, (_, v) =>
  Math.floor(Math.sqrt(PATCH_RADIUS * PATCH_RADIUS - v * v) + 0.5),
);

/** Direction of the patch's intensity centroid, radians. */
export function orientation(image: GreyImage, x: number, y: number): number {
  const { data, width } = image;
  const centre = y * width + x;
  let m10 = 0;
  let m01 = 0;
  for (let u = -PATCH_RADIUS; u <= PATCH_RADIUS; u++) m10 += u * data[centre + u];
  for (let v = 1; v <= PATCH_RADIUS; v++) {
    const end = ROW_END[v];
    let difference = 0;
    for (let u = -end; u <= end; u++) {
      const below = data[centre + u + v * width];
      const above = data[centre + u - v * width];
      difference += below - above;
      m10 += u * (below + above);
    }
    m01 += v * difference;
  }
  return Math.atan2(m01, m10);
}

/** Writes the 32 bytes of the keypoint at a pixel of a blurred image into `out` at `offset`. */
export function describe(
  blurred: GreyImage,
  x: number,
  y: number,
  angle: number,
  out: Uint8Array,
  offset: number,
): void {
  const { data, width } = blurred;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const centre = y * width + x;
  let p = 0;
  for (let byte = 0; byte < DESCRIPTOR_BYTES; byte++) {
    let bits = 0;
    for (let bit = 0; bit < 8; bit++, p += 4) {
      const ax = PATTERN[p];
      const ay = PATTERN[p + 1];
      const bx = PATTERN[p + 2];
      const by = PATTERN[p + 3];
      const a = data[centre + Math.round(ax * sin + ay * cos) * width + Math.round(ax * cos - ay * sin)];
      const b = data[centre + Math.round(bx * sin + by * cos) * width + Math.round(bx * cos - by * sin)];
      if (a < b) bits |= 1 << bit;
    }
    out[offset + byte] = bits;
  }
}
