// Four xorshift streams side by side (Marsaglia 2003), started anew for each image from a seed of the robot's own stream.

let state: v128 = i32x4.splat(1);

export function openStream(seed: i32): void {
  let h = i32x4.add(i32x4.splat(seed), i32x4(0x3c6ef372, 0x1a54ff53, 0x510e527f, 0x1f83d9ab));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(<i32>0x7feb352d));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(<i32>0x846ca68b));
  state = v128.or(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(1));
}

@inline
export function next(): v128 {
  let s = state;
  s = v128.xor(s, i32x4.shl(s, 13));
  s = v128.xor(s, i32x4.shr_u(s, 17));
  s = v128.xor(s, i32x4.shl(s, 5));
  state = s;
  return i32x4.mul(s, i32x4.splat(<i32>0x9e3779b1));
}

// Nearly normal, σ = 1: the sum of a word's four bytes.
@inline
export function gaussian(word: v128): v128 {
  const sum = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(word));
  return f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(sum), f32x4.splat(510)), f32x4.splat(1 / 147.8));
}

// In [0, 1), from the word's bits as another mixing has them.
@inline
export function uniform(word: v128): v128 {
  const mixed = i32x4.mul(v128.xor(word, i32x4.shr_u(word, 15)), i32x4.splat(<i32>0x2c1b3c6d));
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(mixed, 8)), f32x4.splat(1.0 / 16777216));
}
