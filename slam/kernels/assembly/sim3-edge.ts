// Similarities; the error is the logarithm of measured⁻¹·a⁻¹·b. The twin of test/oracle/graph/sim3.ts.

import { byFrom, byTo, error } from './edge-buffers';
import { at, put } from './se3';
import { adjointSimilarity, composeSimilarity, expSimilarity, inverseSimilarity, logSimilarity } from './sim3';

const inverseA = memory.data(64, 16);
const inverseMeasured = memory.data(64, 16);
const relative = memory.data(64, 16);
const rest = memory.data(64, 16);
const motion = memory.data(64, 16);
const adjoint = memory.data(448, 16);
const ad = memory.data(448, 16);
const ad2 = memory.data(448, 16);
const ad4 = memory.data(448, 16);

export function evaluateSim3(a: usize, b: usize, measured: usize): void {
  inverseSimilarity(a, inverseA);
  composeSimilarity(inverseA, b, relative);
  inverseSimilarity(measured, inverseMeasured);
  composeSimilarity(inverseMeasured, relative, rest);
  logSimilarity(rest, error);
}

// After evaluateSim3 of the same edge.
export function differentiateSim3(): void {
  inverseRightJacobian(error, byTo);
  inverseSimilarity(relative, motion);
  adjointSimilarity(motion, adjoint);
  multiply7(byTo, adjoint, byFrom);
  for (let i = 0; i < 56; i++) put(byFrom, i, -at(byFrom, i));
}

export function retractSim3(node: usize, step: usize, out: usize): void {
  expSimilarity(step, motion);
  composeSimilarity(node, motion, out);
}

// I + ad/2 + ad²/12 − ad⁴/720, close for errors well under a radian. Rows are 8 apart.
function inverseRightJacobian(v: usize, out: usize): void {
  memory.fill(ad, 0, 448);
  const sigma = at(v, 6);
  cross(0, 0, at(v, 3), at(v, 4), at(v, 5));
  cross(3, 3, at(v, 3), at(v, 4), at(v, 5));
  cross(0, 3, at(v, 0), at(v, 1), at(v, 2));
  for (let i = 0; i < 3; i++) {
    put(ad, 9 * i, sigma);
    put(ad, 8 * i + 6, -at(v, i));
  }
  multiply7(ad, ad, ad2);
  multiply7(ad2, ad2, ad4);
  for (let i = 0; i < 7; i++) {
    for (let c = 0; c < 7; c++) {
      const k = 8 * i + c;
      const one: f64 = i == c ? 1 : 0;
      put(out, k, one + at(ad, k) / 2 + at(ad2, k) / 12 - at(ad4, k) / 720);
    }
  }
}

function cross(row: i32, column: i32, a: f64, b: f64, c: f64): void {
  put(ad, 8 * row + column + 1, -c);
  put(ad, 8 * row + column + 2, b);
  put(ad, 8 * (row + 1) + column, c);
  put(ad, 8 * (row + 1) + column + 2, -a);
  put(ad, 8 * (row + 2) + column, -b);
  put(ad, 8 * (row + 2) + column + 1, a);
}

// out = a·b, rows 8 apart, out apart from both.
function multiply7(a: usize, b: usize, out: usize): void {
  for (let i = 0; i < 7; i++) {
    const row = out + <usize>(64 * i);
    memory.fill(row, 0, 64);
    for (let k = 0; k < 7; k++) {
      const scale = f64x2.splat(at(a, 8 * i + k));
      const line = b + <usize>(64 * k);
      for (let c: usize = 0; c < 64; c += 16) {
        v128.store(row + c, f64x2.add(v128.load(row + c), f64x2.mul(scale, v128.load(line + c))));
      }
    }
  }
}
