// Dense column-major tiles of the multifrontal factor. Columns are padded (see `leading`), so that tiles of 4×4 may run over
// the end of rows and columns; what lies over the diagonal is never read.

import { at, put } from './se3';

// Distance between columns of a matrix of so many rows, in f64: even, and three more than the rows at least.
@inline
export function leading(rows: i32): i32 {
  return (rows + 4) & ~1;
}

// Columns of storage for so many columns.
@inline
export function storedColumns(columns: i32): i32 {
  return (columns + 3) & ~3;
}

// c (4×4) −= a (4×depth) · b (4×depth)ᵀ; a and b have the same distance between columns.
@inline
function subtractProduct(c: usize, cStride: usize, a: usize, b: usize, stride: usize, depth: i32): void {
  let c00 = v128.load(c);
  let c01 = v128.load(c, 16);
  const c1 = c + cStride;
  let c10 = v128.load(c1);
  let c11 = v128.load(c1, 16);
  const c2 = c1 + cStride;
  let c20 = v128.load(c2);
  let c21 = v128.load(c2, 16);
  const c3 = c2 + cStride;
  let c30 = v128.load(c3);
  let c31 = v128.load(c3, 16);
  for (let p = 0; p < depth; p++) {
    const a0 = v128.load(a);
    const a1 = v128.load(a, 16);
    let s = v128.load64_splat(b);
    c00 = f64x2.sub(c00, f64x2.mul(a0, s));
    c01 = f64x2.sub(c01, f64x2.mul(a1, s));
    s = v128.load64_splat(b, 8);
    c10 = f64x2.sub(c10, f64x2.mul(a0, s));
    c11 = f64x2.sub(c11, f64x2.mul(a1, s));
    s = v128.load64_splat(b, 16);
    c20 = f64x2.sub(c20, f64x2.mul(a0, s));
    c21 = f64x2.sub(c21, f64x2.mul(a1, s));
    s = v128.load64_splat(b, 24);
    c30 = f64x2.sub(c30, f64x2.mul(a0, s));
    c31 = f64x2.sub(c31, f64x2.mul(a1, s));
    a += stride;
    b += stride;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c2, c20);
  v128.store(c2, c21, 16);
  v128.store(c3, c30);
  v128.store(c3, c31, 16);
}

// target[0…count) −= scale · source[0…count); may touch one element more.
@inline
function subtractScaled(target: usize, source: usize, scale: f64, count: i32): void {
  const s = f64x2.splat(scale);
  const end = target + (<usize>count << 3);
  for (; target < end; target += 16, source += 16) {
    v128.store(target, f64x2.sub(v128.load(target), f64x2.mul(v128.load(source), s)));
  }
}

// Cholesky factor of the first `columns` columns of a matrix of `rows` rows, in place. False where they are not positive
// definite.
export function factorPanel(panel: usize, rows: i32, columns: i32): bool {
  const stride = <usize>leading(rows) << 3;
  for (let j = 0; j < columns; j += 4) {
    const corner = panel + <usize>j * stride;
    const left = panel + (<usize>j << 3);
    if (j > 0) {
      for (let i = j; i < rows; i += 4) {
        const row = <usize>i << 3;
        subtractProduct(corner + row, stride, panel + row, left, stride, j);
      }
    }
    const width = min(4, columns - j);
    for (let c = 0; c < width; c++) {
      const column = corner + <usize>c * stride;
      const pivot = at(column, j + c);
      if (!(pivot > 0) || !isFinite(pivot)) return false;
      const root = Math.sqrt(pivot);
      put(column, j + c, root);
      const inverse = f64x2.splat(1 / root);
      const end = column + (<usize>rows << 3);
      for (let entry = column + (<usize>(j + c + 1) << 3); entry < end; entry += 16) {
        v128.store(entry, f64x2.mul(v128.load(entry), inverse));
      }
      for (let d = c + 1; d < width; d++) {
        const from = <usize>(j + d) << 3;
        subtractScaled(corner + <usize>d * stride + from, column + from, at(column, j + d), rows - j - d);
      }
    }
  }
  return true;
}

// update −= L·Lᵀ with L the rows of a factored panel from `columns` on.
export function subtractOuterProduct(update: usize, panel: usize, rows: i32, columns: i32): void {
  const stride = <usize>leading(rows) << 3;
  const below = rows - columns;
  const updateStride = <usize>leading(below) << 3;
  const l = panel + (<usize>columns << 3);
  for (let j = 0; j < below; j += 4) {
    const column = update + <usize>j * updateStride;
    for (let i = j; i < below; i += 4) {
      const row = <usize>i << 3;
      subtractProduct(column + row, updateStride, l + row, l + (<usize>j << 3), stride, columns);
    }
  }
}

// Solves L₁₁ y = v for the panel's own columns and takes L₂₁ y from the rows below; v has `rows` elements and one to spare.
export function forward(panel: usize, rows: i32, columns: i32, v: usize): void {
  const stride = <usize>leading(rows) << 3;
  for (let c = 0; c < columns; c++) {
    const column = panel + <usize>c * stride;
    const value = at(v, c) / at(column, c);
    put(v, c, value);
    const next = <usize>(c + 1) << 3;
    subtractScaled(v + next, column + next, value, rows - c - 1);
  }
}

// Solves L₁₁ᵀ y = v₁ − L₂₁ᵀ v₂.
export function backward(panel: usize, rows: i32, columns: i32, v: usize): void {
  const stride = <usize>leading(rows) << 3;
  for (let c = columns - 1; c >= 0; c--) {
    const column = panel + <usize>c * stride;
    let sum = f64x2.splat(0);
    let i = c + 1;
    for (; i + 2 <= rows; i += 2) {
      const offset = <usize>i << 3;
      sum = f64x2.add(sum, f64x2.mul(v128.load(column + offset), v128.load(v + offset)));
    }
    let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    if (i < rows) total += at(column, i) * at(v, i);
    put(v, c, (at(v, c) - total) / at(column, c));
  }
}
