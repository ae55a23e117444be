// Oriented FAST, rotated BRIEF (Rublee, Rabaud, Konolige, Bradski, "ORB", ICCV 2011); the twin of test/oracle/features/descriptor.ts.

const RADIUS: i32 = 15;

// Sums of u · I and v · I over the round patch at a pixel. masks: 31 rows of 32 i16, column −15 first, 1 inside the patch; columns: the
// same with u in place of 1.
@inline
function moments(p: usize, width: i32, masks: usize, columns: usize, out: usize): void {
  let m10 = i32x4.splat(0);
  let m01 = i32x4.splat(0);
  for (let v = -RADIUS; v <= RADIUS; v++) {
    const line = p + <usize>(<isize>v * width) - <usize>RADIUS;
    const row = <usize>(v + RADIUS) << 6;
    let sum = i32x4.splat(0);
    for (let k: usize = 0; k < 4; k++) {
      const pixels = v128.load_ext<u8>(line + 8 * k);
      m10 = i32x4.add(m10, i32x4.dot_i16x8_s(pixels, v128.load(columns + row + 16 * k)));
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(pixels, v128.load(masks + row + 16 * k)));
    }
    m01 = i32x4.add(m01, i32x4.mul(sum, i32x4.splat(v)));
  }
  store<i32>(out, horizontal(m10));
  store<i32>(out, horizontal(m01), 4);
}

@inline
function horizontal(v: v128): i32 {
  return (
    i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3)
  );
}

// 1.5 · 2²³: a whole number of few bits added to it stands in the low bits of the sum, from `WHOLE_BITS` on.
const WHOLE: f32 = 12582912;
const WHOLE_BITS: i32 = 0x4b400000;

@inline
function roundedHalfUp(v: v128): v128 {
  const whole = f32x4.floor(f32x4.add(v, f32x4.splat(0.5)));
  return i32x4.sub(f32x4.add(whole, f32x4.splat(WHOLE)), i32x4.splat(WHOLE_BITS));
}

// Offsets from the corner of four points of the pattern, turned.
@inline
function offsets(points: usize, cos: v128, sin: v128, width: v128): v128 {
  const x = v128.load(points);
  const y = v128.load(points, 16);
  const u = roundedHalfUp(f32x4.sub(f32x4.mul(x, cos), f32x4.mul(y, sin)));
  const v = roundedHalfUp(f32x4.add(f32x4.mul(x, sin), f32x4.mul(y, cos)));
  return i32x4.add(i32x4.mul(v, width), u);
}

@inline
function at(p: usize, offset: i32): usize {
  return p + <usize>(<isize>offset);
}

// The pixels at four offsets, in the first four lanes.
@inline
function gather(p: usize, offset: v128): v128 {
  let pixels = v128.load_lane<u8>(at(p, i32x4.extract_lane(offset, 0)), i8x16.splat(0), 0);
  pixels = v128.load_lane<u8>(at(p, i32x4.extract_lane(offset, 1)), pixels, 1);
  pixels = v128.load_lane<u8>(at(p, i32x4.extract_lane(offset, 2)), pixels, 2);
  return v128.load_lane<u8>(at(p, i32x4.extract_lane(offset, 3)), pixels, 3);
}

// Sixteen pixels of points that lie 64 bytes apart, four and four.
@inline
function sixteen(p: usize, points: usize, cos: v128, sin: v128, width: v128): v128 {
  const first = gather(p, offsets(points, cos, sin, width));
  const second = gather(p, offsets(points + 64, cos, sin, width));
  const third = gather(p, offsets(points + 128, cos, sin, width));
  const fourth = gather(p, offsets(points + 192, cos, sin, width));
  const low = v128.shuffle<i32>(first, second, 0, 4, 0, 4);
  return v128.shuffle<i64>(low, v128.shuffle<i32>(third, fourth, 0, 4, 0, 4), 0, 2);
}

// Sixteen tests, as sixteen bits. points, for each four tests: x of the first points, their y, x of the second points, their y; f32.
@inline
function sixteenTests(p: usize, points: usize, cos: v128, sin: v128, width: v128): i32 {
  const a = sixteen(p, points, cos, sin, width);
  return i8x16.bitmask(i8x16.lt_u(a, sixteen(p, points + 32, cos, sin, width)));
}

// Moments (two i32 each) and descriptors (32 bytes each) of the chosen corners. pattern: 256 tests in fours, see `sixteenTests`.
export function describeCorners(
  image: usize,
  blurred: usize,
  width: i32,
  corners: usize,
  chosen: usize,
  count: i32,
  pattern: usize,
  masks: usize,
  columns: usize,
  momentsOut: usize,
  descriptors: usize,
): void {
  const across = i32x4.splat(width);
  for (let i = 0; i < count; i++) {
    const corner = corners + <usize>(12 * load<i32>(chosen + (<usize>i << 2)));
    const pixel = <usize>(load<i32>(corner, 4) * width + load<i32>(corner));
    const m = momentsOut + (<usize>i << 3);
    moments(image + pixel, width, masks, columns, m);
    const m10 = <f64>load<i32>(m);
    const m01 = <f64>load<i32>(m, 4);
    const norm = Math.sqrt(m10 * m10 + m01 * m01);
    const cos = f32x4.splat(norm > 0 ? <f32>(m10 / norm) : 1);
    const sin = f32x4.splat(norm > 0 ? <f32>(m01 / norm) : 0);
    const target = descriptors + (<usize>i << 5);
    for (let n: usize = 0; n < 16; n++) {
      store<u16>(target + 2 * n, sixteenTests(blurred + pixel, pattern + (n << 8), cos, sin, across));
    }
  }
}
