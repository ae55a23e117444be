// Normal matrices of points: symmetric 3×3 as six f64, xx xy xz yy yz zz.

import { at, put } from './se3';

// Levenberg-Marquardt's diagonal; 1 where nothing is measured.
@inline
export function damp(value: f64, lambda: f64): f64 {
  return value > 0 ? value * (1 + lambda) : 1;
}

// The inverse of a block with its diagonal damped.
export function invertDamped(block: usize, lambda: f64, out: usize): void {
  const a = damp(at(block, 0), lambda);
  const b = at(block, 1);
  const c = at(block, 2);
  const d = damp(at(block, 3), lambda);
  const e = at(block, 4);
  const f = damp(at(block, 5), lambda);
  const aa = d * f - e * e;
  const ab = c * e - b * f;
  const ac = b * e - c * d;
  const scale = 1 / (a * aa + b * ab + c * ac);
  put(out, 0, aa * scale);
  put(out, 1, ab * scale);
  put(out, 2, ac * scale);
  put(out, 3, (a * f - c * c) * scale);
  put(out, 4, (b * c - a * e) * scale);
  put(out, 5, (a * d - b * b) * scale);
}
