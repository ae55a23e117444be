import type { Keypoints } from '../../../slam/kernels/feature-kernels.ts';
import type { Extracted } from './extractor.ts';
import type { GreyImage } from './pyramid.ts';

const DESCRIPTOR_BYTES = 32;
const MAX_DISTANCE = 75;
/** Half side of the window compared, and how far it slides, in pixels of the keypoint's level. */
const WINDOW = 5;
const SLIDE = 5;

/** Disparity of each left keypoint, pixels of the full image, −1 where there is none; and what its window costs. */
export function disparities(left: Extracted, right: Extracted, scaleFactor: number, maxDisparity: number) {
  const { keypoints, levels } = left;
  const disparity = new Float64Array(keypoints.count).fill(-1);
  const cost = new Int32Array(keypoints.count);
  const rows = rowIndex(right.keypoints, levels[0].height, scaleFactor);
  for (let k = 0; k < keypoints.count; k++) {
    const row = rows[Math.floor(keypoints.y[k] + 0.5)] ?? [];
    const candidate = nearestInRow(keypoints, k, right.keypoints, row, maxDisparity);
    if (candidate < 0) continue;
    const octave = keypoints.octave[k];
    const [from, to] = [levels[octave], right.levels[octave]];
    // The candidate may lie on a neighbouring level: its pixel there, carried over to this one.
    const across = to.width / right.levels[right.keypoints.octave[candidate]].width;
    const start = Math.floor((right.keypoints.column[candidate] + 0.5) * across);
    const refined = refine(from, to, keypoints.column[k], keypoints.row[k], start);
    if (!refined) continue;
    const found = ((keypoints.column[k] - refined.x) * levels[0].width) / from.width;
    if (found < 0.01 || found >= maxDisparity) continue;
    disparity[k] = found;
    cost[k] = refined.cost;
  }
  return { disparity, cost };
}

function scaleOf(octave: number, scaleFactor: number): number {
  let scale = 1;
  for (let level = 0; level < octave; level++) scale *= scaleFactor;
  return scale;
}

/** Right keypoints by the image rows they may lie on, which is the more the coarser they are. */
function rowIndex(right: Keypoints, height: number, scaleFactor: number): number[][] {
  const rows: number[][] = Array.from({ length: height }, () => []);
  for (let k = 0; k < right.count; k++) {
    const reach = 2 * scaleOf(right.octave[k], scaleFactor);
    const last = Math.min(height - 1, Math.floor(right.y[k] + reach));
    for (let row = Math.max(0, Math.ceil(right.y[k] - reach)); row <= last; row++) rows[row].push(k);
  }
  return rows;
}

function nearestInRow(
  left: Keypoints,
  k: number,
  right: Keypoints,
  row: readonly number[],
  maxDisparity: number,
): number {
  let best = MAX_DISTANCE;
  let index = -1;
  for (const candidate of row) {
    if (Math.abs(right.octave[candidate] - left.octave[k]) > 1) continue;
    const disparity = left.x[k] - right.x[candidate];
    if (disparity < 0 || disparity > maxDisparity) continue;
    const distance = hamming(left.descriptors, k, right.descriptors, candidate);
    if (distance < best) {
      best = distance;
      index = candidate;
    }
  }
  return index;
}

function hamming(a: Uint8Array, i: number, b: Uint8Array, j: number): number {
  let distance = 0;
  for (let n = 0; n < DESCRIPTOR_BYTES; n++) {
    let bits = a[DESCRIPTOR_BYTES * i + n] ^ b[DESCRIPTOR_BYTES * j + n];
    bits -= (bits >> 1) & 0x55;
    bits = (bits & 0x33) + ((bits >> 2) & 0x33);
    distance += (bits + (bits >> 4)) & 0x0f;
  }
  return distance;
}

/** Column of least window difference around `xRight`, to a fraction of a pixel of this level. */
function refine(
  left: GreyImage,
  right: GreyImage,
  x: number,
  y: number,
  xRight: number,
): { x: number; cost: number } | undefined {
  const reach = WINDOW + SLIDE;
  if (y < WINDOW || y >= left.height - WINDOW || x < WINDOW || x >= left.width - WINDOW) return undefined;
  if (xRight < reach || xRight >= right.width - reach) return undefined;
  const costs: number[] = [];
  for (let slide = -SLIDE; slide <= SLIDE; slide++) costs.push(windowCost(left, right, x, y, xRight + slide));
  let best = 0;
  for (let i = 1; i < costs.length; i++) if (costs[i] < costs[best]) best = i;
  if (best === 0 || best === costs.length - 1) return undefined;
  const [a, b, c] = [costs[best - 1], costs[best], costs[best + 1]];
  const curvature = a + c - 2 * b;
  const delta = curvature > 0 ? (a - c) / (2 * curvature) : 0;
  if (Math.abs(delta) > 1) return undefined;
  return { x: xRight + best - SLIDE + delta, cost: b };
}

/** Sum of absolute differences of two windows, each less its centre. */
function windowCost(left: GreyImage, right: GreyImage, x: number, y: number, xRight: number): number {
  const centre = left.data[y * left.width + x] - right.data[y * right.width + xRight];
  let sum = 0;
  for (let v = -WINDOW; v <= WINDOW; v++) {
    const a = (y + v) * left.width + x;
    const b = (y + v) * right.width + xRight;
    for (let u = -WINDOW; u <= WINDOW; u++) sum += Math.abs(left.data[a + u] - right.data[b + u] - centre);
  }
  return sum;
}
