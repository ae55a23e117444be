import { at, put } from './se3';

@inline
function dot(a: usize, b: usize, n: i32): f64 {
  let sum = f64x2.splat(0);
  let k = 0;
  for (; k + 2 <= n; k += 2) {
    const offset = <usize>k << 3;
    sum = f64x2.add(sum, f64x2.mul(v128.load(a + offset), v128.load(b + offset)));
  }
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  if (k < n) total += at(a, k) * at(b, k);
  return total;
}

// Solves A x = b, A symmetric positive definite n×n, row-major, lower triangle read; A becomes its factor, b the
// solution. False where A is not positive definite.
export function solveCholesky(a: usize, b: usize, n: i32): bool {
  const stride = <usize>n << 3;
  for (let i = 0; i < n; i++) {
    const row = a + <usize>i * stride;
    for (let j = 0; j < i; j++) {
      const other = a + <usize>j * stride;
      put(row, j, (at(row, j) - dot(row, other, j)) / at(other, j));
    }
    const diagonal = at(row, i) - dot(row, row, i);
    if (!(diagonal > 0)) return false;
    put(row, i, Math.sqrt(diagonal));
  }
  for (let i = 0; i < n; i++) {
    const row = a + <usize>i * stride;
    put(b, i, (at(b, i) - dot(row, b, i)) / at(row, i));
  }
  for (let i = n - 1; i >= 0; i--) {
    const row = a + <usize>i * stride;
    const value = at(b, i) / at(row, i);
    put(b, i, value);
    for (let k = 0; k < i; k++) put(b, k, at(b, k) - at(row, k) * value);
  }
  return true;
}
