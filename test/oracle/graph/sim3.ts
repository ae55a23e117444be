import { rotationMatrix } from '../../../base/se3.ts';
import {
  betweenSimilarities,
  composeSimilarity,
  expSimilarity,
  inverseSimilarity,
  logSimilarity,
  type Similarity,
} from '../../../base/sim3.ts';
import type { Manifold } from './manifold.ts';

/** Similarities; the error is the logarithm of `measured⁻¹ · from⁻¹ · to`, `[translation, rotation, log scale]`. */
export class Sim3Edges implements Manifold {
  readonly stride = 8;
  readonly dimension = 7;
  readonly error = new Float64Array(7);
  readonly byFrom = new Float64Array(49);
  readonly byTo = new Float64Array(49);

  evaluate(nodes: Float64Array, from: number, to: number, measured: Float64Array, edge: number): void {
    this.error.set(logSimilarity(betweenSimilarities(at(measured, edge), relative(nodes, from, to))));
  }

  linearize(nodes: Float64Array, from: number, to: number, measured: Float64Array, edge: number): void {
    this.evaluate(nodes, from, to, measured, edge);
    inverseRightJacobian(this.error, this.byTo);
    multiply(this.byTo, adjoint(inverseSimilarity(relative(nodes, from, to))), this.byFrom);
    for (let i = 0; i < 49; i++) this.byFrom[i] = -this.byFrom[i];
  }

  retract(nodes: Float64Array, node: number, delta: Float64Array, start: number, out: Float64Array): void {
    const step = expSimilarity(delta.subarray(start, start + 7));
    composeSimilarity(at(nodes, node), step, out.subarray(8 * node, 8 * node + 8));
  }
}

function at(list: Float64Array, index: number): Similarity {
  return list.subarray(8 * index, 8 * index + 8);
}

function relative(nodes: Float64Array, from: number, to: number): Similarity {
  return betweenSimilarities(at(nodes, from), at(nodes, to));
}

/** 7×7 row-major: `S · exp(τ) = exp(Ad·τ) · S`. */
function adjoint(s: Similarity): Float64Array {
  const out = new Float64Array(49);
  const r = rotationMatrix(s);
  const [x, y, z] = s;
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < 3; i++) {
      out[7 * i + c] = s[7] * r[3 * i + c];
      out[7 * (i + 3) + c + 3] = r[3 * i + c];
    }
    out[c + 3] = y * r[6 + c] - z * r[3 + c];
    out[7 + c + 3] = z * r[c] - x * r[6 + c];
    out[14 + c + 3] = x * r[3 + c] - y * r[c];
    out[7 * c + 6] = -s[c];
  }
  out[48] = 1;
  return out;
}

/** I + ad/2 + ad²/12 − ad⁴/720, close for errors well under a radian. */
function inverseRightJacobian([x, y, z, a, b, c, sigma]: Float64Array, out: Float64Array): void {
  const ad = Float64Array.of(
    ...[sigma, -c, b, 0, -z, y, -x],
    ...[c, sigma, -a, z, 0, -x, -y],
    ...[-b, a, sigma, -y, x, 0, -z],
    ...[0, 0, 0, 0, -c, b, 0],
    ...[0, 0, 0, c, 0, -a, 0],
    ...[0, 0, 0, -b, a, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0],
  );
  const ad2 = multiply(ad, ad);
  const ad4 = multiply(ad2, ad2);
  for (let i = 0; i < 49; i++) out[i] = ad[i] / 2 + ad2[i] / 12 - ad4[i] / 720 + (i % 8 === 0 ? 1 : 0);
}

function multiply(a: Float64Array, b: Float64Array, out = new Float64Array(49)): Float64Array {
  for (let i = 0; i < 7; i++) {
    for (let j = 0; j < 7; j++) {
      let sum = 0;
      for (let k = 0; k < 7; k++) sum += a[7 * i + k] * b[7 * k + j];
      out[7 * i + j] = sum;
    }
  }
  return out;
}
