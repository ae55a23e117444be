import { Random } from '../../base/random.ts';
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

/** Tests reach no farther than this from the centre, so that they stay in the border at any rotation. */
const REACH = 13;

/**
 * 256 point pairs, x1 y1 x2 y2 each: isotropic Gaussian as in BRIEF's G II (Calonder et al., ECCV 2010), drawn once
 * from a seeded stream, with pairs apart enough to differ.
 */
import { readFileSync } from 'node:fs';
const PATTERN = process.env.PATTERN ? Float64Array.from(JSON.parse(readFileSync(process.env.PATTERN,'utf8'))) : drawPattern();

function drawPattern(): Float64Array {
  const random = new Random('orb/pattern');
  const pattern = new Float64Array(4 * 8 * DESCRIPTOR_BYTES);
  const sigma = (2 * PATCH_RADIUS + 1) / 5;
  const place = (): [number, number] => {
    for (;;) {
      const x = Math.round(random.normal(sigma));
      const y = Math.round(random.normal(sigma));
      if (x * x + y * y <= REACH * REACH) return [x, y];
    }
  };
  for (let i = 0; i < pattern.length; i += 4) {
    const [x1, y1] = place();
    let [x2, y2] = place();
    while ((x1 - x2) * (x1 - x2) + (y1 - y2) * (y1 - y2) < 16) [x2, y2] = place();
    pattern.set([x1, y1, x2, y2], i);
  }
  return pattern;
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
