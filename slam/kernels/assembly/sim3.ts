// Similarities on addresses: 8 f64, [translation, quaternion xyzw, scale]; see base/sim3.ts.

import { at, compose, exp, inverse, log, put, rotation, transform } from './se3';

const rotated = memory.data(56, 16);

// out must differ from a and b.
export function composeSimilarity(a: usize, b: usize, out: usize): void {
  const s = at(a, 7);
  compose(a, b, out);
  transform(a, s * at(b, 0), s * at(b, 1), s * at(b, 2), out);
  put(out, 7, s * at(b, 7));
}

// out must differ from a.
export function inverseSimilarity(a: usize, out: usize): void {
  const scale = 1 / at(a, 7);
  inverse(a, out);
  for (let i = 0; i < 3; i++) put(out, i, scale * at(out, i));
  put(out, 7, scale);
}

const TERMS: i32 = 40;
const couplingMatrix = memory.data(72, 16);

// What couples translation to rotation and scale: Σ Mⁿ/(n + 1)! with M = σI + [θ]×.
function coupling(x: f64, y: f64, z: f64, sigma: f64): void {
  const theta2 = x * x + y * y + z * z;
  let a: f64 = 1;
  let b: f64 = 0;
  let c: f64 = 0;
  let sumA: f64 = 1;
  let sumB: f64 = 0;
  let sumC: f64 = 0;
  for (let n = 1; n < TERMS; n++) {
    const share = 1 / <f64>(n + 1);
    const nextB = (a + sigma * b - theta2 * c) * share;
    const nextC = (b + sigma * c) * share;
    a = sigma * a * share;
    b = nextB;
    c = nextC;
    sumA += a;
    sumB += b;
    sumC += c;
  }
  const m = couplingMatrix;
  put(m, 0, sumA + sumC * (x * x - theta2));
  put(m, 1, sumC * x * y - sumB * z);
  put(m, 2, sumC * x * z + sumB * y);
  put(m, 3, sumC * x * y + sumB * z);
  put(m, 4, sumA + sumC * (y * y - theta2));
  put(m, 5, sumC * y * z - sumB * x);
  put(m, 6, sumC * x * z - sumB * y);
  put(m, 7, sumC * y * z + sumB * x);
  put(m, 8, sumA + sumC * (z * z - theta2));
}

const turn = memory.data(48, 16);

export function expSimilarity(v: usize, out: usize): void {
  memory.fill(turn, 0, 24);
  memory.copy(turn + 24, v + 24, 24);
  exp(turn, out);
  coupling(at(v, 3), at(v, 4), at(v, 5), at(v, 6));
  for (let i = 0; i < 3; i++) {
    const m = couplingMatrix + <usize>(24 * i);
    put(out, i, at(m, 0) * at(v, 0) + at(m, 1) * at(v, 1) + at(m, 2) * at(v, 2));
  }
  put(out, 7, Math.exp(at(v, 6)));
}

export function logSimilarity(similarity: usize, out: usize): void {
  memory.copy(rotated, similarity, 56);
  memory.fill(rotated, 0, 24);
  log(rotated, out);
  put(out, 6, Math.log(at(similarity, 7)));
  coupling(at(out, 3), at(out, 4), at(out, 5), at(out, 6));
  const m = couplingMatrix;
  const x = at(similarity, 0);
  const y = at(similarity, 1);
  const z = at(similarity, 2);
  // Cramer's rule.
  const p = at(m, 4) * at(m, 8) - at(m, 5) * at(m, 7);
  const q = at(m, 3) * at(m, 8) - at(m, 5) * at(m, 6);
  const r = at(m, 3) * at(m, 7) - at(m, 4) * at(m, 6);
  const scale = 1 / (at(m, 0) * p - at(m, 1) * q + at(m, 2) * r);
  const yi = y * at(m, 8) - at(m, 5) * z;
  const yh = y * at(m, 7) - at(m, 4) * z;
  const dz = at(m, 3) * z - y * at(m, 6);
  put(out, 0, (x * p - at(m, 1) * yi + at(m, 2) * yh) * scale);
  put(out, 1, (at(m, 0) * yi - x * q + at(m, 2) * dz) * scale);
  put(out, 2, (at(m, 1) * -dz - at(m, 0) * yh + x * r) * scale);
}

const matrix = memory.data(72, 16);

// 7×7 adjoint, rows 8 apart: S·exp(τ) = exp(Ad·τ)·S.
export function adjointSimilarity(s: usize, out: usize): void {
  memory.fill(out, 0, 448);
  rotation(s, matrix);
  const x = at(s, 0);
  const y = at(s, 1);
  const z = at(s, 2);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < 3; i++) {
      put(out, 8 * i + c, at(s, 7) * at(matrix, 3 * i + c));
      put(out, 8 * (i + 3) + c + 3, at(matrix, 3 * i + c));
    }
    put(out, c + 3, y * at(matrix, 6 + c) - z * at(matrix, 3 + c));
    put(out, 8 + c + 3, z * at(matrix, c) - x * at(matrix, 6 + c));
    put(out, 16 + c + 3, x * at(matrix, 3 + c) - y * at(matrix, c));
    put(out, 8 * c + 6, -at(s, c));
  }
  put(out, 54, 1);
}
