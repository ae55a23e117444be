// Spatial poses; the error is g2o's of an EDGE_SE3:QUAT: translation and vector part of the quaternion (w ≥ 0) of
// measured⁻¹·a⁻¹·b. A node moves by its translation in its own frame and by a rotation vector on its right. The twin of
// test/oracle/graph/se3.ts.

import { error, putFrom, putTo } from './edge-buffers';
import { at, compose, exp, inverse, put, rotation, transform } from './se3';

const inverseA = memory.data(56, 16);
const inverseMeasured = memory.data(56, 16);
const relative = memory.data(56, 16); // a⁻¹·b
const rest = memory.data(56, 16); // measured⁻¹·a⁻¹·b
const matrix = memory.data(72, 16);
const turn = memory.data(48, 16);
const turned = memory.data(56, 16);

export function evaluateSe3(a: usize, b: usize, measured: usize): void {
  inverse(a, inverseA);
  compose(inverseA, b, relative);
  inverse(measured, inverseMeasured);
  compose(inverseMeasured, relative, rest);
  if (at(rest, 6) < 0) {
    for (let i = 3; i < 7; i++) put(rest, i, -at(rest, i));
  }
  memory.copy(error, rest, 48);
}

// After evaluateSe3 of the same edge.
export function differentiateSe3(measured: usize): void {
  const x = 0.5 * at(rest, 3);
  const y = 0.5 * at(rest, 4);
  const z = 0.5 * at(rest, 5);
  const w = 0.5 * at(rest, 6);
  rotation(rest, matrix);
  for (let i = 0; i < 3; i++) {
    for (let c = 0; c < 3; c++) putTo(i, c, at(matrix, 3 * i + c));
  }
  // ½(w·I + [v]×)
  putTo(3, 3, w);
  putTo(3, 4, -z);
  putTo(3, 5, y);
  putTo(4, 3, z);
  putTo(4, 4, w);
  putTo(4, 5, -x);
  putTo(5, 3, -y);
  putTo(5, 4, x);
  putTo(5, 5, w);
  rotation(measured, matrix);
  const tx = at(relative, 0);
  const ty = at(relative, 1);
  const tz = at(relative, 2);
  for (let i = 0; i < 3; i++) {
    // Row i of Rᵀ, of −Rᵀ and of Rᵀ·[t]×; column i of −½(w·I − [v]×)·Rᵀ.
    const r0 = at(matrix, i);
    const r1 = at(matrix, 3 + i);
    const r2 = at(matrix, 6 + i);
    putFrom(i, 0, -r0);
    putFrom(i, 1, -r1);
    putFrom(i, 2, -r2);
    putFrom(i, 3, r1 * tz - r2 * ty);
    putFrom(i, 4, r2 * tx - r0 * tz);
    putFrom(i, 5, r0 * ty - r1 * tx);
    const c0 = at(matrix, 3 * i);
    const c1 = at(matrix, 3 * i + 1);
    const c2 = at(matrix, 3 * i + 2);
    putFrom(3, 3 + i, -(w * c0 + z * c1 - y * c2));
    putFrom(4, 3 + i, -(w * c1 - z * c0 + x * c2));
    putFrom(5, 3 + i, -(w * c2 + y * c0 - x * c1));
  }
}

export function retractSe3(node: usize, step: usize, out: usize): void {
  memory.fill(turn, 0, 24);
  memory.copy(turn + 24, step + 24, 24);
  exp(turn, turned);
  compose(node, turned, out);
  transform(node, at(step, 0), at(step, 1), at(step, 2), out);
}
