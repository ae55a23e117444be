// Image levels: bilinear shrinking and Gaussian blur; the twins of test/oracle/features/pyramid.ts. Images are 8-bit rows without
// padding; every buffer has 32 spare bytes at its end, since whole vectors are read and written there.

// Rows first, then columns, each with 7-bit weights. columns: i32 a target column, the source column left of it; weights: its two
// i16 weights; rows: two i32 a target row, the source row above it and the weight of the one below. row: i16 a source column.
export function shrink(
  from: usize,
  fromWidth: i32,
  to: usize,
  width: i32,
  height: i32,
  columns: usize,
  weights: usize,
  rows: usize,
  row: usize,
): void {
  for (let y = 0; y < height; y++) {
    const above = from + <usize>(load<i32>(rows + (<usize>y << 3)) * fromWidth);
    blendRows(above, above + <usize>fromWidth, load<i32>(rows + (<usize>y << 3), 4), fromWidth, row);
    blendColumns(row, to + <usize>(y * width), width, columns, weights);
  }
}

@inline
function blendRows(above: usize, below: usize, down: i32, width: i32, row: usize): void {
  const up = i16x8.splat(<i16>(128 - down));
  const lower = i16x8.splat(<i16>down);
  for (let x = 0; x < width; x += 8) {
    const a = v128.load_ext<u8>(above + <usize>x);
    const b = v128.load_ext<u8>(below + <usize>x);
    v128.store(row + (<usize>x << 1), i16x8.add(i16x8.mul(a, up), i16x8.mul(b, lower)));
  }
}

@inline
function blendFour(row: usize, columns: usize, weights: usize): v128 {
  let pairs = v128.load32_zero(row + (<usize>load<i32>(columns) << 1));
  pairs = v128.load_lane<u32>(row + (<usize>load<i32>(columns, 4) << 1), pairs, 1);
  pairs = v128.load_lane<u32>(row + (<usize>load<i32>(columns, 8) << 1), pairs, 2);
  pairs = v128.load_lane<u32>(row + (<usize>load<i32>(columns, 12) << 1), pairs, 3);
  const sum = i32x4.dot_i16x8_s(pairs, v128.load(weights));
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(8192)), 14);
}

@inline
function blendColumns(row: usize, to: usize, width: i32, columns: usize, weights: usize): void {
  for (let x = 0; x < width; x += 8) {
    const at = <usize>x << 2;
    const low = blendFour(row, columns + at, weights + at);
    const high = blendFour(row, columns + at + 16, weights + at + 16);
    const words = i16x8.narrow_i32x4_s(low, high);
    v128.store_lane<u64>(to + <usize>x, i8x16.narrow_i16x8_u(words, words), 0);
  }
}

// Of 8-bit pixels, into 14 bits.
@inline
function firstPass(far: v128, middle: v128, near: v128, centre: v128): v128 {
  const outer = i16x8.add(i16x8.mul(far, i16x8.splat(18)), i16x8.mul(middle, i16x8.splat(34)));
  const inner = i16x8.add(i16x8.mul(near, i16x8.splat(49)), i16x8.mul(centre, i16x8.splat(54)));
  return i16x8.shr_u(i16x8.add(i16x8.add(outer, inner), i16x8.splat(2)), 2);
}

// Of 14 bits, into 8-bit pixels.
@inline
function secondPass(far: v128, middle: v128, near: v128, centre: v128): v128 {
  const outer = i16x8.add(i16x8.q15mulr_sat_s(far, i16x8.splat(18 << 7)), i16x8.q15mulr_sat_s(middle, i16x8.splat(34 << 7)));
  const inner = i16x8.add(i16x8.q15mulr_sat_s(near, i16x8.splat(49 << 7)), i16x8.q15mulr_sat_s(centre, i16x8.splat(54 << 7)));
  return i16x8.shr_s(i16x8.add(i16x8.add(outer, inner), i16x8.splat(32)), 6);
}

@inline
function pair(a: usize, b: usize): v128 {
  return i16x8.add(v128.load_ext<u8>(a), v128.load_ext<u8>(b));
}

@inline
function mirrored(y: i32, height: i32): i32 {
  return y < 0 ? -y : y >= height ? 2 * height - 2 - y : y;
}

// 7 taps, σ = 2, in 1/256; down the columns, then along the row, six bits finer than a pixel in between; borders by reflection.
// row: 2·width + 64 bytes.
export function blur(from: usize, width: i32, height: i32, to: usize, row: usize): void {
  const line = row + 16;
  for (let y = 0; y < height; y++) {
    const r0 = from + <usize>(mirrored(y - 3, height) * width);
    const r1 = from + <usize>(mirrored(y - 2, height) * width);
    const r2 = from + <usize>(mirrored(y - 1, height) * width);
    const r3 = from + <usize>(y * width);
    const r4 = from + <usize>(mirrored(y + 1, height) * width);
    const r5 = from + <usize>(mirrored(y + 2, height) * width);
    const r6 = from + <usize>(mirrored(y + 3, height) * width);
    for (let i = 0; i < width; i += 8) {
      const x = <usize>i;
      const sum = firstPass(pair(r0 + x, r6 + x), pair(r1 + x, r5 + x), pair(r2 + x, r4 + x), v128.load_ext<u8>(r3 + x));
      v128.store(line + 2 * x, sum);
    }
    for (let k = 1; k <= 3; k++) {
      store<u16>(line - 2 * <usize>k, load<u16>(line + 2 * <usize>k));
      store<u16>(line + 2 * <usize>(width - 1 + k), load<u16>(line + 2 * <usize>(width - 1 - k)));
    }
    const target = to + <usize>(y * width);
    for (let i = 0; i < width; i += 8) {
      const p = line + 2 * <usize>i;
      const sum = secondPass(
        i16x8.add(v128.load(p - 6), v128.load(p + 6)),
        i16x8.add(v128.load(p - 4), v128.load(p + 4)),
        i16x8.add(v128.load(p - 2), v128.load(p + 2)),
        v128.load(p),
      );
      v128.store_lane<u64>(target + <usize>i, i8x16.narrow_i16x8_u(sum, sum), 0);
    }
  }
}
