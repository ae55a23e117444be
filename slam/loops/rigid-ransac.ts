import type { Random } from '../../base/random.ts';
import { type Pose, poseOf, quaternionOf, rotationMatrix } from '../../base/se3.ts';

/** Matched points: where they are in the camera (from depth) and in the world, 3 numbers each, metres. */
export interface PointPairs {
  readonly count: number;
  readonly camera: Float64Array;
  readonly world: Float64Array;
}

/** A triangle with a shorter side than this says little about rotation, metres. */
const SHORTEST_SIDE = 0.15;

/**
 * The rigid motion most pairs agree on: three-point hypotheses by aligning the triangles' own frames, scored by distance.
 * @param tolerance metres a pair may be off per metre of its depth
 * @returns `cameraFromWorld` and the number of pairs that agree, or undefined where fewer than `fewest` do
 */
export function alignRobustly(
  pairs: PointPairs,
  random: Random,
  tolerance: number,
  fewest: number,
  hypotheses = 150,
): { cameraFromWorld: Pose; agreeing: number } | undefined {
  if (pairs.count < Math.max(3, fewest)) return undefined;
  let best: Pose | undefined;
  let bestCount = fewest - 1;
  for (let n = 0; n < hypotheses; n++) {
    const a = random.int(pairs.count);
    const b = random.int(pairs.count);
    const c = random.int(pairs.count);
    if (a === b || b === c || a === c) continue;
    const candidate = alignTriangle(pairs, a, b, c);
    if (!candidate) continue;
    const count = countAgreeing(pairs, candidate, tolerance);
    if (count > bestCount) {
      bestCount = count;
      best = candidate;
    }
  }
  return best && { cameraFromWorld: best, agreeing: bestCount };
}

function alignTriangle(pairs: PointPairs, a: number, b: number, c: number): Pose | undefined {
  const inCamera = triangleFrame(pairs.camera, a, b, c);
  const inWorld = triangleFrame(pairs.world, a, b, c);
  if (!inCamera || !inWorld) return undefined;
  if (Math.abs(inCamera.side - inWorld.side) > 0.1 * inWorld.side + 0.05) return undefined;
  const rotation = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 3; k++) rotation[3 * i + j] += inCamera.axes[3 * k + i] * inWorld.axes[3 * k + j];
    }
  }
  const [qx, qy, qz, qw] = quaternionOf(rotation);
  const t = [0, 1, 2].map((i) => {
    let moved = 0;
    for (let j = 0; j < 3; j++) moved += rotation[3 * i + j] * inWorld.centre[j];
    return inCamera.centre[i] - moved;
  });
  return poseOf(t[0], t[1], t[2], qx, qy, qz, qw);
}

/** Orthonormal axes (rows) of a triangle, its centre and its first side's length. */
function triangleFrame(points: Float64Array, a: number, b: number, c: number) {
  const at = (i: number, k: number) => points[3 * i + k];
  const u = [0, 1, 2].map((k) => at(b, k) - at(a, k));
  const v = [0, 1, 2].map((k) => at(c, k) - at(a, k));
  const side = Math.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]);
  if (side < SHORTEST_SIDE) return undefined;
  const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const area = Math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
  if (area < SHORTEST_SIDE * side) return undefined;
  const x = u.map((value) => value / side);
  const z = n.map((value) => value / area);
  const y = [z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0]];
  const centre = [0, 1, 2].map((k) => (at(a, k) + at(b, k) + at(c, k)) / 3);
  return { axes: [...x, ...y, ...z], centre, side };
}

function countAgreeing(pairs: PointPairs, cameraFromWorld: Pose, tolerance: number): number {
  const r = rotationMatrix(cameraFromWorld);
  let count = 0;
  for (let i = 0; i < pairs.count; i++) if (pairError(pairs, i, r, cameraFromWorld) < tolerance) count++;
  return count;
}

/** Distance between a pair's two places over its depth. */
function pairError(pairs: PointPairs, i: number, r: Float64Array, pose: Pose): number {
  const { camera, world } = pairs;
  let sum = 0;
  for (let row = 0; row < 3; row++) {
    const moved =
      r[3 * row] * world[3 * i] +
      r[3 * row + 1] * world[3 * i + 1] +
      r[3 * row + 2] * world[3 * i + 2] +
      pose[row];
    const error = moved - camera[3 * i + row];
    sum += error * error;
  }
  return Math.sqrt(sum) / camera[3 * i + 2];
}
