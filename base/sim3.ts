import {
  compose as composeRigid,
  exp as expRigid,
  inverse as inverseRigid,
  log as logRigid,
  type Vec3,
} from './se3.ts';

/**
 * Similarity transforms: a rigid motion and a scale, one flat Float64Array of length 8, `[tx, ty, tz, qx, qy, qz, qw, s]`,
 * s > 0. `aFromB` maps p to `s·R·p + t`. Tangent vectors are `[translation(3), rotation(3), log scale]` (Strasdat, Montiel,
 * Davison, "Scale drift-aware large scale monocular SLAM", RSS 2010).
 */
export type Similarity = Float64Array;

const SCALE = 7;

/** A rigid motion with a scale. */
export function similarityOf(pose: Float64Array, scale = 1): Similarity {
  const out = new Float64Array(8);
  out.set(pose.subarray(0, 7));
  out[SCALE] = scale;
  return out;
}

/** `aFromC = aFromB · bFromC`. `out` may be either input. */
export function composeSimilarity(
  a: Similarity,
  b: Similarity,
  out: Similarity = new Float64Array(8),
): Similarity {
  const moved = transformBySimilarity(a, b);
  const scale = a[SCALE] * b[SCALE];
  composeRigid(a.subarray(0, 7), b.subarray(0, 7), out.subarray(0, 7));
  out.set(moved);
  out[SCALE] = scale;
  return out;
}

export function inverseSimilarity(a: Similarity, out: Similarity = new Float64Array(8)): Similarity {
  const scale = 1 / a[SCALE];
  inverseRigid(a.subarray(0, 7), out.subarray(0, 7));
  for (let i = 0; i < 3; i++) out[i] *= scale;
  out[SCALE] = scale;
  return out;
}

/** `aFromB⁻¹ · aFromC = bFromC`. */
export function betweenSimilarities(aFromB: Similarity, aFromC: Similarity): Similarity {
  return composeSimilarity(inverseSimilarity(aFromB), aFromC);
}

export function transformBySimilarity(aFromB: Similarity, pointB: Vec3): Float64Array {
  const s = aFromB[SCALE];
  const [vx, vy, vz] = [s * pointB[0], s * pointB[1], s * pointB[2]];
  const [, , , x, y, z, w] = aFromB;
  const cx = 2 * (y * vz - z * vy);
  const cy = 2 * (z * vx - x * vz);
  const cz = 2 * (x * vy - y * vx);
  return Float64Array.of(
    aFromB[0] + vx + w * cx + y * cz - z * cy,
    aFromB[1] + vy + w * cy + z * cx - x * cz,
    aFromB[2] + vz + w * cz + x * cy - y * cx,
  );
}

/** Exponential map of `[rho(3), theta(3), sigma]`. */
export function expSimilarity(tangent: ArrayLike<number>): Similarity {
  const sigma = tangent[6];
  const out = similarityOf(expRigid([0, 0, 0, tangent[3], tangent[4], tangent[5]]), Math.exp(sigma));
  out.set(
    multiply(coupling([tangent[3], tangent[4], tangent[5]], sigma), [tangent[0], tangent[1], tangent[2]]),
  );
  return out;
}

/** Logarithm, the inverse of `expSimilarity`: `[rho(3), theta(3), sigma]` with |theta| ≤ π. */
export function logSimilarity(similarity: Similarity): Float64Array {
  const rotation = similarity.slice(0, 7);
  rotation.fill(0, 0, 3);
  const out = new Float64Array(7);
  out.set(logRigid(rotation));
  out[6] = Math.log(similarity[SCALE]);
  const w = coupling([out[3], out[4], out[5]], out[6]);
  out.set(solve(w, [similarity[0], similarity[1], similarity[2]]));
  return out;
}

/** Terms after which the series below has converged for any angle up to π and any scale worth speaking of. */
const TERMS = 40;

/**
 * What couples translation to rotation and scale: the sum of Mⁿ / (n + 1)! with M = σI + [θ]×, row-major 3×3. Summed rather than
 * taken from the closed form, which cancels where angle or scale are small.
 */
function coupling([x, y, z]: readonly number[], sigma: number): number[] {
  const theta2 = x * x + y * y + z * z;
  // Mⁿ = a·I + b·[θ]× + c·[θ]×², and [θ]×³ = −θ²·[θ]×.
  let [a, b, c] = [1, 0, 0];
  let [sumA, sumB, sumC] = [1, 0, 0];
  for (let n = 1; n < TERMS; n++) {
    const share = 1 / (n + 1);
    [a, b, c] = [sigma * a * share, (a + sigma * b - theta2 * c) * share, (b + sigma * c) * share];
    sumA += a;
    sumB += b;
    sumC += c;
  }
  const diagonal = (v: number) => sumA + sumC * (v * v - theta2);
  return [
    diagonal(x),
    sumC * x * y - sumB * z,
    sumC * x * z + sumB * y,
    sumC * x * y + sumB * z,
    diagonal(y),
    sumC * y * z - sumB * x,
    sumC * x * z - sumB * y,
    sumC * y * z + sumB * x,
    diagonal(z),
  ];
}

function multiply(m: readonly number[], v: readonly number[]): number[] {
  return [0, 1, 2].map((i) => m[3 * i] * v[0] + m[3 * i + 1] * v[1] + m[3 * i + 2] * v[2]);
}

/** Cramer's rule: the matrix is never near singular. */
function solve([a, b, c, d, e, f, g, h, i]: readonly number[], [x, y, z]: readonly number[]): number[] {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    (x * (e * i - f * h) - b * (y * i - f * z) + c * (y * h - e * z)) / determinant,
    (a * (y * i - f * z) - x * (d * i - f * g) + c * (d * z - y * g)) / determinant,
    (a * (e * z - y * h) - b * (d * z - y * g) + x * (d * h - e * g)) / determinant,
  ];
}
