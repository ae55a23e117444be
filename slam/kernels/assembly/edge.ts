// Relative-pose factors log(measured⁻¹ · a · b⁻¹) between two poses `cameraFromWorld`; the twin of edgeResidual in
// test/oracle/residuals.ts.

import { adjoint, at, compose, inverse, inverseJacobian, log, multiply6, multiplyTransposed6, put } from './se3';

const inverseMeasured = memory.data(56, 16);
const inverseB = memory.data(56, 16);
const relative = memory.data(56, 16);
const error = memory.data(56, 16);
const difference = memory.data(48, 16);
const byA = memory.data(288, 16);
const byB = memory.data(288, 16);
const jacobian = memory.data(288, 16);
const movement = memory.data(288, 16);
const weighted = memory.data(288, 16);
const product = memory.data(288, 16);

@inline
function data(edges: usize, count: i32, e: i32): usize {
  return edges + <usize>(8 * count + ((count & 1) << 3)) + <usize>(344 * e);
}

function measure(edges: usize, count: i32, e: i32, poses: usize): void {
  const a = poses + <usize>(56 * load<i32>(edges + <usize>(8 * e)));
  const b = poses + <usize>(56 * load<i32>(edges + <usize>(8 * e), 4));
  inverse(data(edges, count, e), inverseMeasured);
  inverse(b, inverseB);
  compose(a, inverseB, relative);
  compose(inverseMeasured, relative, error);
  log(error, difference);
}

export function edgeCost(edges: usize, count: i32, e: i32, poses: usize): f64 {
  measure(edges, count, e, poses);
  const information = data(edges, count, e) + 56;
  let cost: f64 = 0;
  for (let i = 0; i < 6; i++) {
    for (let k = 0; k < 6; k++) cost += at(difference, i) * at(information, 6 * i + k) * at(difference, k);
  }
  return cost / 2;
}

export function linearizeEdge(
  edges: usize,
  count: i32,
  e: i32,
  poses: usize,
  column: usize,
  h: usize,
  g: usize,
  size: i32,
): void {
  measure(edges, count, e, poses);
  const information = data(edges, count, e) + 56;
  inverseJacobian(difference, -1, jacobian);
  adjoint(inverseMeasured, movement);
  multiply6(jacobian, movement, byA);
  inverseJacobian(difference, 1, byB);
  for (let i = 0; i < 36; i++) put(byB, i, -at(byB, i));
  const a = load<i32>(column + (<usize>load<i32>(edges + <usize>(8 * e)) << 2));
  const b = load<i32>(column + (<usize>load<i32>(edges + <usize>(8 * e), 4) << 2));
  if (a >= 0) addBlocks(byA, a, byA, a, information, h, g, size);
  if (b >= 0) addBlocks(byB, b, byB, b, information, h, g, size);
  if (a < 0 || b < 0) return;
  if (a > b) addBlocks(byA, a, byB, b, information, h, g, size);
  else addBlocks(byB, b, byA, a, information, h, g, size);
}

// h[rows, columns] += leftᵀ Ω right; on the diagonal also g[rows] += leftᵀ Ω r.
function addBlocks(
  left: usize,
  row: i32,
  right: usize,
  columnAt: i32,
  information: usize,
  h: usize,
  g: usize,
  size: i32,
): void {
  multiplyTransposed6(left, information, weighted);
  multiply6(weighted, right, product);
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) {
      const index = size * (row + i) + columnAt + j;
      put(h, index, at(h, index) + at(product, 6 * i + j));
    }
    if (row != columnAt) continue;
    let slope: f64 = 0;
    for (let k = 0; k < 6; k++) slope += at(weighted, 6 * i + k) * at(difference, k);
    put(g, row + i, at(g, row + i) + slope);
  }
}
