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

// Offsets from the corner of four points of the pattern, turned; rounded half up.
@inline
function offsets(points: usize, cos: v128, sin: v128, width: v128): v128 {
  const x = v128.load(points);
  const y = v128.load(points, 16);
  const column = f32x4.sub(f32x4.mul(x, cos), f32x4.mul(y, sin));
  const row = f32x4.add(f32x4.mul(x, sin), f32x4.mul(y, cos));
  const half = f32x4.splat(0.5);
  const u = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(column, half)));
  const v = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(row, half)));
  return i32x4.add(i32x4.mul(v, width), u);
}

@inline
function pixel(p: usize, offset: i32): u32 {
  return load<u8>(p + <usize>(<isize>offset));
}

// Four tests, as four bits. points: x of four first points, their y, x of the second points, their y; f32.
@inline
function fourTests(p: usize, points: usize, cos: v128, sin: v128, width: v128): u32 {
  const a = offsets(points, cos, sin, width);
  const b = offsets(points + 32, cos, sin, width);
  let bits: u32 = u32(pixel(p, i32x4.extract_lane(a, 0)) < pixel(p, i32x4.extract_lane(b, 0)));
  bits |= u32(pixel(p, i32x4.extract_lane(a, 1)) < pixel(p, i32x4.extract_lane(b, 1))) << 1;
  bits |= u32(pixel(p, i32x4.extract_lane(a, 2)) < pixel(p, i32x4.extract_lane(b, 2))) << 2;
  bits |= u32(pixel(p, i32x4.extract_lane(a, 3)) < pixel(p, i32x4.extract_lane(b, 3))) << 3;
  return bits;
}

// Moments (two i32 each) and descriptors (32 bytes each) of the chosen corners. pattern: 256 tests in fours, see `fourTests`.
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
    const at = <usize>(load<i32>(corner, 4) * width + load<i32>(corner));
    const m = momentsOut + (<usize>i << 3);
    moments(image + at, width, masks, columns, m);
    const m10 = <f64>load<i32>(m);
    const m01 = <f64>load<i32>(m, 4);
    const norm = Math.sqrt(m10 * m10 + m01 * m01);
    const cos = f32x4.splat(norm > 0 ? <f32>(m10 / norm) : 1);
    const sin = f32x4.splat(norm > 0 ? <f32>(m01 / norm) : 0);
    const target = descriptors + (<usize>i << 5);
    for (let byte: usize = 0; byte < 32; byte++) {
      const points = pattern + (byte << 7);
      const low = fourTests(blurred + at, points, cos, sin, across);
      store<u8>(target + byte, low | (fourTests(blurred + at, points + 64, cos, sin, across) << 4));
    }
  }
}
