// What the sensor makes of a clean image: gain and noise on grey, noise, dropouts and a limit on depth.

import { gaussian, next, openStream, uniform } from './random';

// In place; count is rounded up to 4 pixels. sigma: grey levels.
export function exposeGrey(grey: usize, count: i32, gain: f32, sigma: f32, seed: i32): void {
  openStream(seed);
  const gains = f32x4.splat(gain);
  const sigmas = f32x4.splat(sigma);
  for (let i = 0; i < count; i += 4) {
    const at = grey + <usize>i;
    const clean = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at))));
    const noisy = f32x4.add(f32x4.mul(clean, gains), f32x4.mul(gaussian(next()), sigmas));
    const rounded = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(noisy, f32x4.splat(0.5))));
    const words = i16x8.narrow_i32x4_s(rounded, rounded);
    v128.store32_lane(at, i8x16.narrow_i16x8_u(words, words), 0);
  }
}

// Metres into out, 0 where there is no answer: σ(z) = a + b·z²; nothing nearer than `nearest` or farther than `farthest`, and a share
// lost by chance. count is rounded up to 4 pixels.
export function measureDepth(
  inverseDepth: usize,
  count: i32,
  a: f32,
  b: f32,
  nearest: f32,
  farthest: f32,
  dropout: f32,
  seed: i32,
  out: usize,
): void {
  openStream(seed);
  const base = f32x4.splat(a);
  const growth = f32x4.splat(b);
  const low = f32x4.splat(nearest);
  const high = f32x4.splat(farthest);
  const lost = f32x4.splat(dropout);
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2;
    const z = f32x4.div(f32x4.splat(1), v128.load(inverseDepth + at));
    const sigma = f32x4.add(base, f32x4.mul(growth, f32x4.mul(z, z)));
    const word = next();
    const measured = f32x4.add(z, f32x4.mul(gaussian(word), sigma));
    const within = v128.and(f32x4.ge(measured, low), f32x4.le(measured, high));
    const kept = v128.and(within, f32x4.ge(uniform(word), lost));
    v128.store(out + at, v128.and(measured, kept));
  }
}
