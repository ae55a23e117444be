// One edge of a pose graph: its error and Jacobians under right perturbations of its nodes. Rows of a Jacobian are padded to
// an even number of elements, the padding zero.

import { put } from './se3';

export const error = memory.data(64, 16);
export const byFrom = memory.data(448, 16); // 7 rows of 8 at most
export const byTo = memory.data(448, 16);

let stride: i32 = 0;

export function clearJacobians(padded: i32): void {
  stride = padded;
  memory.fill(byFrom, 0, 448);
  memory.fill(byTo, 0, 448);
}

@inline
export function putFrom(row: i32, column: i32, value: f64): void {
  put(byFrom, row * stride + column, value);
}

@inline
export function putTo(row: i32, column: i32, value: f64): void {
  put(byTo, row * stride + column, value);
}
