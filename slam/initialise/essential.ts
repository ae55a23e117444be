import { svd3, symmetricEigen } from '../optimize/eigen.ts';
import { addRow, determinant, multiply3 } from './homography.ts';
import { CHI2_ONE, CHI2_TWO, type Motion } from './motion.ts';
import type { RayPairs } from './ray-pairs.ts';

/** The fundamental matrix of calibrated rays: what two images of a scene with depth have in common. */

/** Essential matrix, `secondᵀ · E · first = 0`, of at least eight pairs: eight-point algorithm, then the nearest matrix with singular values 1, 1, 0. */
export function fitEssential({ first, second }: RayPairs, chosen: readonly number[]): Float64Array {
  const normal = new Float64Array(81);
  for (const i of chosen) {
    const [x, y, u, v] = [first[2 * i], first[2 * i + 1], second[2 * i], second[2 * i + 1]];
    addRow(normal, [u * x, u * y, u, v * x, v * y, v, x, y, 1]);
  }
  const { u, vt } = svd3(symmetricEigen(normal, 9).vectors.slice(72));
  return multiply3(multiply3(u, [1, 0, 0, 0, 1, 0, 0, 0, 0]), vt);
}

/** Symmetric epipolar score S_F (Mur-Artal, Montiel, Tardós, T-RO 2015, eq. 2); `inlier` is filled. */
export function scoreEssential(e: Float64Array, pairs: RayPairs, inlier: Uint8Array): number {
  const { count, first, second, firstInformation, secondInformation } = pairs;
  let score = 0;
  for (let i = 0; i < count; i++) {
    const [x, y, u, v] = [first[2 * i], first[2 * i + 1], second[2 * i], second[2 * i + 1]];
    const [a, b] = [e[0] * x + e[1] * y + e[2], e[3] * x + e[4] * y + e[5]];
    const [p, q] = [e[0] * u + e[3] * v + e[6], e[1] * u + e[4] * v + e[7]];
    const error = a * u + b * v + e[6] * x + e[7] * y + e[8];
    const there = ((error * error) / (a * a + b * b)) * secondInformation[i];
    const here = ((error * error) / (p * p + q * q)) * firstInformation[i];
    inlier[i] = there <= CHI2_ONE && here <= CHI2_ONE ? 1 : 0;
    if (there <= CHI2_ONE) score += CHI2_TWO - there;
    if (here <= CHI2_ONE) score += CHI2_TWO - here;
  }
  return score;
}

/** The four motions of an essential matrix (Hartley, Zisserman, "Multiple View Geometry", 9.6.2). */
export function decomposeEssential(e: Float64Array): Motion[] {
  const { u, vt } = svd3(e);
  const along = [u[2], u[5], u[8]];
  const motions: Motion[] = [];
  for (const quarter of [
    [0, -1, 0, 1, 0, 0, 0, 0, 1],
    [0, 1, 0, -1, 0, 0, 0, 0, 1],
  ]) {
    let rotation = multiply3(multiply3(u, quarter), vt);
    if (determinant(rotation) < 0) rotation = rotation.map((value) => -value);
    for (const sign of [1, -1]) motions.push({ rotation, direction: along.map((value) => sign * value) });
  }
  return motions;
}
