import { DESCRIPTOR_BYTES } from './descriptor.ts';
import type { Keypoints } from './extractor.ts';
import type { GreyImage } from './pyramid.ts';

const MAX_DISTANCE = 75;
/** Half side of the window compared, and how far it slides, in pixels of the keypoint's level. */
const WINDOW = 5;
const SLIDE = 5;
/** Disparities beyond this many times the median of their window's cost are taken back. */
const COST_LIMIT = 2.1;

/**
 * Disparity of each left keypoint in a rectified pair: descriptors along the row, then the window of least absolute
 * differences, then a parabola through it (as ORB-SLAM2 does).
 * @returns depth in metres by keypoint, 0 where there is no match
 */
export function matchStereo(
  left: Keypoints,
  right: Keypoints,
  leftLevels: readonly GreyImage[],
  rightLevels: readonly GreyImage[],
  scaleFactor: number,
  fx: number,
  baseline: number,
): Float32Array {
  const depth = new Float32Array(left.count);
  const rows = rowIndex(right, leftLevels[0].height, scaleFactor);
  const maxDisparity = fx;
  const costs: { k: number; cost: number }[] = [];
  for (let k = 0; k < left.count; k++) {
    const candidate = nearestInRow(left, k, right, rows[Math.round(left.y[k])] ?? [], maxDisparity);
    if (candidate < 0) continue;
    const octave = left.octave[k];
    const [from, to] = [leftLevels[octave], rightLevels[octave]];
    // The candidate may lie on a neighbouring level: its pixel there, carried over to this one.
    const across = to.width / rightLevels[right.octave[candidate]].width;
    const start = Math.round((right.column[candidate] + 0.5) * across - 0.5);
    const refined = refine(from, to, left.column[k], left.row[k], start);
    if (!refined) continue;
    const disparity = ((left.column[k] - refined.x) * leftLevels[0].width) / from.width;
    if (disparity < 0.01 || disparity >= maxDisparity) continue;
    depth[k] = (fx * baseline) / disparity;
    costs.push({ k, cost: refined.cost });
  }
  costs.sort((a, b) => a.cost - b.cost || a.k - b.k);
  const limit = COST_LIMIT * (costs[costs.length >> 1]?.cost ?? 0);
  for (const { k, cost } of costs) if (cost > limit) depth[k] = 0;
  return depth;
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
