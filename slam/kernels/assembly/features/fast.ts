// FAST-9/16 (Rosten, Drummond, ECCV 2006), sixteen pixels at a time; the twin of test/oracle/features/fast.ts.

const CELL: i32 = 32;

let stride: usize = 0;

// Lanes that count of a block that holds `n` pixels.
const LANES = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

@inline
function minimum(a: v128, b: v128): v128 {
  return i8x16.min_u(a, b);
}

@inline
function maximum(a: v128, b: v128): v128 {
  return i8x16.max_u(a, b);
}

// Of each lane, the greatest value that nine neighbours on the ring all reach.
@inline
function bestArc(
  d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, d6: v128, d7: v128,
  d8: v128, d9: v128, d10: v128, d11: v128, d12: v128, d13: v128, d14: v128, d15: v128,
): v128 {
  // Least of two, of four; two fours make the eight that two arcs of nine share.
  const p0 = minimum(d1, d2);
  const p1 = minimum(d3, d4);
  const p2 = minimum(d5, d6);
  const p3 = minimum(d7, d8);
  const p4 = minimum(d9, d10);
  const p5 = minimum(d11, d12);
  const p6 = minimum(d13, d14);
  const p7 = minimum(d15, d0);
  const q0 = minimum(p0, p1);
  const q1 = minimum(p1, p2);
  const q2 = minimum(p2, p3);
  const q3 = minimum(p3, p4);
  const q4 = minimum(p4, p5);
  const q5 = minimum(p5, p6);
  const q6 = minimum(p6, p7);
  const q7 = minimum(p7, p0);
  let best = minimum(minimum(q0, q2), maximum(d0, d9));
  best = maximum(best, minimum(minimum(q1, q3), maximum(d2, d11)));
  best = maximum(best, minimum(minimum(q2, q4), maximum(d4, d13)));
  best = maximum(best, minimum(minimum(q3, q5), maximum(d6, d15)));
  best = maximum(best, minimum(minimum(q4, q6), maximum(d8, d1)));
  best = maximum(best, minimum(minimum(q5, q7), maximum(d10, d3)));
  best = maximum(best, minimum(minimum(q6, q0), maximum(d12, d5)));
  return maximum(best, minimum(minimum(q7, q1), maximum(d14, d7)));
}

// Scores of sixteen pixels, 0 where one is no corner at the threshold.
@inline
function scoreBlock(p: usize, threshold: v128, floor: v128): v128 {
  const s = stride;
  const centre = v128.load(p);
  const r0 = v128.load(p - 3 * s);
  const r4 = v128.load(p + 3);
  const r8 = v128.load(p + 3 * s);
  const r12 = v128.load(p - 3);
  // An arc of nine holds one of each opposite pair.
  let bright = minimum(maximum(r0, r8), maximum(r4, r12));
  let dark = maximum(minimum(r0, r8), minimum(r4, r12));
  const high = i8x16.add_sat_u(centre, threshold);
  const low = i8x16.sub_sat_u(centre, threshold);
  if (!v128.any_true(v128.or(i8x16.sub_sat_u(bright, high), i8x16.sub_sat_u(low, dark)))) return i8x16.splat(0);
  const r2 = v128.load(p - 2 * s + 2);
  const r6 = v128.load(p + 2 * s + 2);
  const r10 = v128.load(p + 2 * s - 2);
  const r14 = v128.load(p - 2 * s - 2);
  bright = minimum(bright, minimum(maximum(r2, r10), maximum(r6, r14)));
  dark = maximum(dark, maximum(minimum(r2, r10), minimum(r6, r14)));
  const anyBright = v128.any_true(i8x16.sub_sat_u(bright, high));
  const anyDark = v128.any_true(i8x16.sub_sat_u(low, dark));
  if (!anyBright && !anyDark) return i8x16.splat(0);
  const r1 = v128.load(p - 3 * s + 1);
  const r3 = v128.load(p - s + 3);
  const r5 = v128.load(p + s + 3);
  const r7 = v128.load(p + 3 * s + 1);
  const r9 = v128.load(p + 3 * s - 1);
  const r11 = v128.load(p + s - 3);
  const r13 = v128.load(p - s - 3);
  const r15 = v128.load(p - 3 * s - 1);
  let arc = i8x16.splat(0);
  if (anyBright) {
    arc = bestArc(
      i8x16.sub_sat_u(r0, centre), i8x16.sub_sat_u(r1, centre), i8x16.sub_sat_u(r2, centre), i8x16.sub_sat_u(r3, centre),
      i8x16.sub_sat_u(r4, centre), i8x16.sub_sat_u(r5, centre), i8x16.sub_sat_u(r6, centre), i8x16.sub_sat_u(r7, centre),
      i8x16.sub_sat_u(r8, centre), i8x16.sub_sat_u(r9, centre), i8x16.sub_sat_u(r10, centre), i8x16.sub_sat_u(r11, centre),
      i8x16.sub_sat_u(r12, centre), i8x16.sub_sat_u(r13, centre), i8x16.sub_sat_u(r14, centre), i8x16.sub_sat_u(r15, centre),
    );
  }
  if (anyDark) {
    arc = maximum(arc, bestArc(
      i8x16.sub_sat_u(centre, r0), i8x16.sub_sat_u(centre, r1), i8x16.sub_sat_u(centre, r2), i8x16.sub_sat_u(centre, r3),
      i8x16.sub_sat_u(centre, r4), i8x16.sub_sat_u(centre, r5), i8x16.sub_sat_u(centre, r6), i8x16.sub_sat_u(centre, r7),
      i8x16.sub_sat_u(centre, r8), i8x16.sub_sat_u(centre, r9), i8x16.sub_sat_u(centre, r10), i8x16.sub_sat_u(centre, r11),
      i8x16.sub_sat_u(centre, r12), i8x16.sub_sat_u(centre, r13), i8x16.sub_sat_u(centre, r14), i8x16.sub_sat_u(centre, r15),
    ));
  }
  const score = i8x16.sub_sat_u(arc, i8x16.splat(1));
  return v128.and(score, i8x16.ge_u(score, floor));
}

// Scores the pixels of a rectangle; says whether any is a corner.
function scoreCell(image: usize, scores: usize, threshold: i32, x0: i32, y0: i32, x1: i32, y1: i32): bool {
  const level = i8x16.splat(<i8>threshold);
  let found = i8x16.splat(0);
  for (let y = y0; y < y1; y++) {
    const row = <usize>y * stride;
    for (let x = x0; x < x1; x += 16) {
      const lanes = v128.load(LANES + <usize>(16 - min(16, x1 - x)));
      const block = v128.and(scoreBlock(image + row + <usize>x, level, level), lanes);
      v128.store(scores + row + <usize>x, block);
      found = v128.or(found, block);
    }
  }
  return v128.any_true(found);
}

// Finds corners at threshold `high`, and at `low` in the cells that have none such; each is the best of its 3×3 neighbourhood and
// `border` (≥ 4) pixels or more from the edge. scores: a byte a pixel. out: x, y, score as i32 a corner, in reading order.
// Returns how many.
export function detectCorners(
  image: usize,
  width: i32,
  height: i32,
  high: i32,
  low: i32,
  border: i32,
  scores: usize,
  out: usize,
): i32 {
  stride = <usize>width;
  memory.fill(scores, 0, <usize>(width * height));
  const left = border - 1;
  const right = width - border + 1;
  const bottom = height - border + 1;
  for (let y = left; y < bottom; y += CELL) {
    for (let x = left; x < right; x += CELL) {
      const x1 = min(x + CELL, right);
      const y1 = min(y + CELL, bottom);
      if (!scoreCell(image, scores, high, x, y, x1, y1)) scoreCell(image, scores, low, x, y, x1, y1);
    }
  }
  return keepMaxima(scores, width, height, border, out);
}

// Of equals the first in reading order stays.
function keepMaxima(scores: usize, width: i32, height: i32, border: i32, out: usize): i32 {
  let count = 0;
  for (let y = border; y < height - border; y++) {
    for (let x = border; x < width - border; x += 16) {
      const p = scores + <usize>y * stride + <usize>x;
      const s = v128.load(p);
      if (!v128.any_true(s)) continue;
      const before = maximum(
        maximum(v128.load(p - stride - 1), v128.load(p - stride)),
        maximum(v128.load(p - stride + 1), v128.load(p - 1)),
      );
      const after = maximum(
        maximum(v128.load(p + stride - 1), v128.load(p + stride)),
        maximum(v128.load(p + stride + 1), v128.load(p + 1)),
      );
      let bits = i8x16.bitmask(v128.and(i8x16.gt_u(s, before), i8x16.ge_u(s, after)));
      bits &= (1 << min(16, width - border - x)) - 1;
      for (; bits != 0; bits &= bits - 1) {
        const lane = ctz(bits);
        const at = out + <usize>(12 * count);
        store<i32>(at, x + lane);
        store<i32>(at, y, 4);
        store<i32>(at, load<u8>(p + <usize>lane), 8);
        count++;
      }
    }
  }
  return count;
}

const RING = memory.data(64, 16);
const DIFFERENCES = memory.data(100, 16);

function setRing(width: i32): void {
  store<i32>(RING, -3 * width);
  store<i32>(RING, -3 * width + 1, 4);
  store<i32>(RING, -2 * width + 2, 8);
  store<i32>(RING, -width + 3, 12);
  store<i32>(RING, 3, 16);
  store<i32>(RING, width + 3, 20);
  store<i32>(RING, 2 * width + 2, 24);
  store<i32>(RING, 3 * width + 1, 28);
  store<i32>(RING, 3 * width, 32);
  store<i32>(RING, 3 * width - 1, 36);
  store<i32>(RING, 2 * width - 2, 40);
  store<i32>(RING, width - 3, 44);
  store<i32>(RING, -3, 48);
  store<i32>(RING, -width - 3, 52);
  store<i32>(RING, -2 * width - 2, 56);
  store<i32>(RING, -3 * width - 1, 60);
}

// The highest threshold at which one pixel is a corner; negative where at none.
function cornerScore(p: usize): i32 {
  const centre = <i32>load<u8>(p);
  for (let k = 0; k < 16; k++) {
    const ring = <usize>(<isize>load<i32>(RING + (<usize>k << 2)));
    const d = <i32>load<u8>(p + ring) - centre;
    store<i32>(DIFFERENCES + (<usize>k << 2), d);
    if (k < 9) store<i32>(DIFFERENCES + (<usize>(k + 16) << 2), d);
  }
  let best = -255;
  for (let start = 0; start < 16; start++) {
    let least = 255;
    let most = -255;
    for (let k = start; k < start + 9; k++) {
      const d = load<i32>(DIFFERENCES + (<usize>k << 2));
      least = min(least, d);
      most = max(most, d);
    }
    best = max(best, max(least, -most));
  }
  return best - 1;
}

// Where a score peaks between a pixel's neighbours, in pixels: the top of a parabola, no further than half way.
@inline
function parabola(before: i32, here: i32, after: i32): f64 {
  const curvature = before + after - 2 * here;
  if (curvature >= 0) return 0;
  return max<f64>(-0.5, min<f64>(0.5, <f64>(before - after) / <f64>(2 * curvature)));
}

// chosen: i32 indices of corners; peaks: two f64 each, the peak's offset from the corner's pixel.
export function findPeaks(image: usize, width: i32, corners: usize, chosen: usize, count: i32, peaks: usize): void {
  setRing(width);
  for (let i = 0; i < count; i++) {
    const corner = corners + <usize>(12 * load<i32>(chosen + (<usize>i << 2)));
    const p = image + <usize>(load<i32>(corner, 4) * width + load<i32>(corner));
    const here = cornerScore(p);
    const target = peaks + (<usize>i << 4);
    store<f64>(target, parabola(cornerScore(p - 1), here, cornerScore(p + 1)));
    const below = cornerScore(p + <usize>width);
    store<f64>(target, parabola(cornerScore(p - <usize>width), here, below), 8);
  }
}
