// Disparity of the keypoints of a rectified pair, as ORB-SLAM2 finds it; the twin of test/oracle/features/stereo.ts.

import { hamming } from '../matching';

const MAX_DISTANCE: i32 = 75;
// Half side of the window compared, and how far it slides, in pixels of the keypoint's level.
const WINDOW: i32 = 5;
const SLIDE: i32 = 5;

// A level: addresses of the left and of the right image, width, height as i32; rows a keypoint on it may be off, f64.
const LEVEL: usize = 24;
// A keypoint: x, y in the full image as f32; octave, column and row on its level as i32.
const KEYPOINT: usize = 20;

const costs = memory.data(4 * 11, 16);

@inline
function level(levels: usize, octave: i32): usize {
  return levels + <usize>octave * LEVEL;
}

@inline
function octaveOf(keypoint: usize): i32 {
  return load<i32>(keypoint, 8);
}

@inline
function firstRow(keypoint: usize, levels: usize): i32 {
  return max(0, <i32>Math.ceil(<f64>load<f32>(keypoint, 4) - load<f64>(level(levels, octaveOf(keypoint)), 16)));
}

@inline
function lastRow(keypoint: usize, levels: usize): i32 {
  const last = <i32>Math.floor(<f64>load<f32>(keypoint, 4) + load<f64>(level(levels, octaveOf(keypoint)), 16));
  return min(load<i32>(levels, 12) - 1, last);
}

// How many entries `matchStereo` needs in `rowItems`. rowStart: height + 2 i32, filled here.
export function indexRows(count: i32, keypoints: usize, levels: usize, rowStart: usize): i32 {
  const height = load<i32>(levels, 12);
  memory.fill(rowStart, 0, <usize>(height + 2) << 2);
  for (let k = 0; k < count; k++) {
    const keypoint = keypoints + <usize>k * KEYPOINT;
    const last = lastRow(keypoint, levels);
    for (let row = firstRow(keypoint, levels); row <= last; row++) {
      const at = rowStart + (<usize>row << 2);
      store<i32>(at, load<i32>(at, 8) + 1, 8);
    }
  }
  for (let row = 0; row < height; row++) {
    const at = rowStart + (<usize>row << 2);
    store<i32>(at, load<i32>(at, 4) + load<i32>(at, 8), 8);
  }
  return load<i32>(rowStart + (<usize>height << 2), 4);
}

function fillRows(count: i32, keypoints: usize, levels: usize, rowStart: usize, rowItems: usize): void {
  for (let k = 0; k < count; k++) {
    const keypoint = keypoints + <usize>k * KEYPOINT;
    const last = lastRow(keypoint, levels);
    for (let row = firstRow(keypoint, levels); row <= last; row++) {
      const next = rowStart + (<usize>row << 2);
      const at = load<i32>(next, 4);
      store<i32>(rowItems + (<usize>at << 2), k);
      store<i32>(next, at + 1, 4);
    }
  }
}

// disparity: f64 a left keypoint, in full pixels, −1 where there is none; cost: i32, of its window. rowStart as `indexRows` left it.
export function matchStereo(
  levels: usize,
  leftCount: i32,
  left: usize,
  leftDescriptors: usize,
  rightCount: i32,
  right: usize,
  rightDescriptors: usize,
  maxDisparity: f64,
  rowStart: usize,
  rowItems: usize,
  disparity: usize,
  cost: usize,
): void {
  fillRows(rightCount, right, levels, rowStart, rowItems);
  const height = load<i32>(levels, 12);
  for (let k = 0; k < leftCount; k++) {
    store<f64>(disparity + (<usize>k << 3), -1);
    const keypoint = left + <usize>k * KEYPOINT;
    const row = <i32>Math.floor(<f64>load<f32>(keypoint, 4) + 0.5);
    if (row < 0 || row >= height) continue;
    // Filling has moved each row's start to its end, which is the next row's start.
    const begin = load<i32>(rowStart + (<usize>row << 2));
    const end = load<i32>(rowStart + (<usize>row << 2), 4);
    let best = MAX_DISTANCE;
    let index = -1;
    for (let i = begin; i < end; i++) {
      const candidate = load<i32>(rowItems + (<usize>i << 2));
      const other = right + <usize>candidate * KEYPOINT;
      if (abs(octaveOf(other) - octaveOf(keypoint)) > 1) continue;
      const apart = <f64>load<f32>(keypoint) - <f64>load<f32>(other);
      if (apart < 0 || apart > maxDisparity) continue;
      const distance = hamming(leftDescriptors + (<usize>k << 5), rightDescriptors + (<usize>candidate << 5));
      if (distance >= best) continue;
      best = distance;
      index = candidate;
    }
    if (index >= 0) refine(levels, keypoint, right + <usize>index * KEYPOINT, maxDisparity, k, disparity, cost);
  }
}

// The column of least window difference, to a fraction of a pixel.
@inline
function refine(
  levels: usize,
  keypoint: usize,
  candidate: usize,
  maxDisparity: f64,
  k: i32,
  disparity: usize,
  cost: usize,
): void {
  const at = level(levels, octaveOf(keypoint));
  const width = load<i32>(at, 8);
  const height = load<i32>(at, 12);
  // The candidate may lie on a neighbouring level: its pixel there, carried over to this one.
  const across = <f64>width / <f64>load<i32>(level(levels, octaveOf(candidate)), 8);
  const start = <i32>Math.floor((<f64>load<i32>(candidate, 12) + 0.5) * across);
  const x = load<i32>(keypoint, 12);
  const y = load<i32>(keypoint, 16);
  const reach = WINDOW + SLIDE;
  if (y < WINDOW || y >= height - WINDOW || x < WINDOW || x >= width - WINDOW) return;
  if (start < reach || start >= width - reach) return;
  const here = load<u32>(at) + <usize>(y * width + x);
  const there = load<u32>(at, 4) + <usize>(y * width + start);
  let best = 0;
  for (let slide = 0; slide <= 2 * SLIDE; slide++) {
    store<i32>(costs + (<usize>slide << 2), windowCost(here, there + slide - SLIDE, width));
    if (load<i32>(costs + (<usize>slide << 2)) < load<i32>(costs + (<usize>best << 2))) best = slide;
  }
  if (best == 0 || best == 2 * SLIDE) return;
  const a = load<i32>(costs + (<usize>(best - 1) << 2));
  const b = load<i32>(costs + (<usize>best << 2));
  const c = load<i32>(costs + (<usize>(best + 1) << 2));
  const curvature = a + c - 2 * b;
  const delta = curvature > 0 ? <f64>(a - c) / <f64>(2 * curvature) : 0;
  if (Math.abs(delta) > 1) return;
  const refined = <f64>(start + best - SLIDE) + delta;
  const found = ((<f64>x - refined) * <f64>load<i32>(levels, 8)) / <f64>width;
  if (found < 0.01 || found >= maxDisparity) return;
  store<f64>(disparity + (<usize>k << 3), found);
  store<i32>(cost + (<usize>k << 2), b);
}

// Sum of absolute differences of two windows of 11×11, each less its centre.
@inline
function windowCost(left: usize, right: usize, width: i32): i32 {
  const centre = i16x8.splat(<i16>(<i32>load<u8>(left) - <i32>load<u8>(right)));
  let near = i16x8.splat(0);
  let far = i16x8.splat(0);
  for (let v = -WINDOW; v <= WINDOW; v++) {
    const a = left + <usize>(<isize>(v * width - WINDOW));
    const b = right + <usize>(<isize>(v * width - WINDOW));
    const first = i16x8.sub(v128.load_ext<u8>(a), v128.load_ext<u8>(b));
    const second = i16x8.sub(v128.load_ext<u8>(a + 8), v128.load_ext<u8>(b + 8));
    near = i16x8.add(near, i16x8.abs(i16x8.sub(first, centre)));
    far = i16x8.add(far, i16x8.abs(i16x8.sub(second, centre)));
  }
  // The last three of eleven columns lie in the second vector.
  far = v128.and(far, i16x8(-1, -1, -1, 0, 0, 0, 0, 0));
  const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.add(near, far));
  return (
    i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3)
  );
}
