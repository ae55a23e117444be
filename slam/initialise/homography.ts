import { svd3, symmetricEigen } from '../optimize/eigen.ts';
import { CHI2_TWO, type Motion } from './motion.ts';
import type { RayPairs } from './ray-pairs.ts';

/** What two images of a plane, or of anything from one place, have in common. All 3×3 matrices are row-major. */

/** Least-squares homography from the first rays to the second of at least four pairs (direct linear transform). */
export function fitHomography({ first, second }: RayPairs, chosen: readonly number[]): Float64Array {
  const normal = new Float64Array(81);
  for (const i of chosen) {
    const [x, y, u, v] = [first[2 * i], first[2 * i + 1], second[2 * i], second[2 * i + 1]];
    addRow(normal, [0, 0, 0, -x, -y, -1, v * x, v * y, v]);
    addRow(normal, [x, y, 1, 0, 0, 0, -u * x, -u * y, -u]);
  }
  return symmetricEigen(normal, 9).vectors.slice(72);
}

/** Adds row · rowᵀ to a 9×9 normal matrix. */
export function addRow(normal: Float64Array, row: readonly number[]): void {
  for (let i = 0; i < 9; i++) {
    if (row[i] === 0) continue;
    for (let j = 0; j < 9; j++) normal[9 * i + j] += row[i] * row[j];
  }
}

/** Symmetric transfer score S_H (Mur-Artal, Montiel, Tardós, T-RO 2015, eq. 2); `inlier` is filled. */
export function scoreHomography(h: Float64Array, pairs: RayPairs, inlier: Uint8Array): number {
  const { count, first, second, firstInformation, secondInformation } = pairs;
  const back = adjugate(h);
  let score = 0;
  for (let i = 0; i < count; i++) {
    const [x, y, u, v] = [first[2 * i], first[2 * i + 1], second[2 * i], second[2 * i + 1]];
    const there = transferError(h, x, y, u, v) * secondInformation[i];
    const here = transferError(back, u, v, x, y) * firstInformation[i];
    inlier[i] = there <= CHI2_TWO && here <= CHI2_TWO ? 1 : 0;
    if (there <= CHI2_TWO) score += CHI2_TWO - there;
    if (here <= CHI2_TWO) score += CHI2_TWO - here;
  }
  return score;
}

function transferError(h: Float64Array, x: number, y: number, u: number, v: number): number {
  const w = h[6] * x + h[7] * y + h[8];
  const du = (h[0] * x + h[1] * y + h[2]) / w - u;
  const dv = (h[3] * x + h[4] * y + h[5]) / w - v;
  return du * du + dv * dv;
}

/** The inverse but for its scale, which a homography does not have. */
function adjugate([a, b, c, d, e, f, g, h, i]: Float64Array): Float64Array {
  return Float64Array.of(
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  );
}

/** Singular values nearer to each other than this leave no motion to tell: the camera only turned. */
const DISTINCT = 1.00001;

/** The eight motions a homography may come from (Faugeras, Lustman, IJPRAI 1988); none where the camera only turned. */
export function decomposeHomography(h: Float64Array): Motion[] {
  const { u, s, vt } = svd3(h);
  const [d1, d2, d3] = s;
  if (!(d1 > DISTINCT * d2 && d2 > DISTINCT * d3)) return [];
  const sign = determinant(u) * determinant(vt);
  const spread = d1 * d1 - d3 * d3;
  const x1 = Math.sqrt((d1 * d1 - d2 * d2) / spread);
  const x3 = Math.sqrt((d2 * d2 - d3 * d3) / spread);
  const across = Math.sqrt((d1 * d1 - d2 * d2) * (d2 * d2 - d3 * d3));
  const motions: Motion[] = [];
  for (const [e1, e3] of [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ]) {
    {
      const sin = (e1 * e3 * across) / ((d1 + d3) * d2);
      const cos = (d2 * d2 + d1 * d3) / ((d1 + d3) * d2);
      const turn = [cos, 0, -sin, 0, 1, 0, sin, 0, cos];
      motions.push(motionOf(u, vt, sign, turn, [e1 * x1, 0, -e3 * x3]));
    }
    {
      const sin = (e1 * e3 * across) / ((d1 - d3) * d2);
      const cos = (d1 * d3 - d2 * d2) / ((d1 - d3) * d2);
      const turn = [cos, 0, sin, 0, -1, 0, sin, 0, -cos];
      motions.push(motionOf(u, vt, sign, turn, [e1 * x1, 0, e3 * x3]));
    }
  }
  return motions;
}

/** Back from the axes of the singular vectors: R = sign · u · turn · vt, t = u · along. */
function motionOf(
  u: Float64Array,
  vt: Float64Array,
  sign: number,
  turn: readonly number[],
  along: readonly number[],
): Motion {
  const rotation = multiply3(multiply3(u, turn), vt).map((value) => sign * value);
  const t = [0, 1, 2].map((i) => u[3 * i] * along[0] + u[3 * i + 1] * along[1] + u[3 * i + 2] * along[2]);
  const norm = Math.hypot(t[0], t[1], t[2]);
  return { rotation, direction: t.map((value) => value / norm) };
}

export function multiply3(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const out = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 3; k++) out[3 * i + j] += a[3 * i + k] * b[3 * k + j];
    }
  }
  return out;
}

export function determinant([a, b, c, d, e, f, g, h, i]: Float64Array): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}
