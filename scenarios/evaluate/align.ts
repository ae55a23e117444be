import { rotationMatrix } from '../../base/se3.ts';
import type { Trajectory } from './trajectory.ts';

export type Alignment = 'none' | 'se3' | 'sim3';

/** x ↦ scale · R x + t; R row-major. */
export interface Similarity {
  readonly rotation: Float64Array;
  readonly translation: Float64Array;
  readonly scale: number;
}

const IDENTITY: Similarity = {
  rotation: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
  translation: new Float64Array(3),
  scale: 1,
};

/**
 * The similarity that brings the estimates' positions nearest to the true ones, one for all trajectories together (least
 * squares; Umeyama, PAMI 1991, the rotation by Horn's quaternion, JOSA 1987).
 */
export function alignmentOf(
  estimates: readonly Trajectory[],
  truths: readonly Trajectory[],
  kind: Alignment,
): Similarity {
  if (kind === 'none') return IDENTITY;
  const from = positions(estimates);
  const to = positions(truths);
  const n = from.length / 3;
  const centre = (p: Float64Array) =>
    [0, 1, 2].map((k) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += p[3 * i + k];
      return sum / n;
    });
  const a = centre(from);
  const b = centre(to);
  const s = new Float64Array(9);
  let spread = 0;
  for (let i = 0; i < n; i++) {
    for (let r = 0; r < 3; r++) {
      const x = from[3 * i + r] - a[r];
      spread += x * x;
      for (let c = 0; c < 3; c++) s[3 * r + c] += x * (to[3 * i + c] - b[c]);
    }
  }
  const rotation = hornRotation(s);
  let projected = 0;
  for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) projected += rotation[3 * c + r] * s[3 * r + c];
  const scale = kind === 'sim3' ? projected / spread : 1;
  const translation = Float64Array.from([0, 1, 2], (r) => {
    let moved = 0;
    for (let c = 0; c < 3; c++) moved += rotation[3 * r + c] * a[c];
    return b[r] - scale * moved;
  });
  return { rotation, translation, scale };
}

/** Moves a trajectory: positions by the whole similarity, orientations by its rotation. */
export function applyAlignment(trajectory: Trajectory, by: Similarity): Trajectory {
  const { rotation: r, translation, scale } = by;
  const matrices = new Float64Array(trajectory.matrices.length);
  for (let i = 0; i < matrices.length; i += 12) {
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 4; column++) {
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += r[3 * row + k] * trajectory.matrices[i + 4 * k + column];
        matrices[i + 4 * row + column] = column < 3 ? sum : scale * sum + translation[row];
      }
    }
  }
  return { times: trajectory.times, matrices };
}

function positions(trajectories: readonly Trajectory[]): Float64Array {
  const out: number[] = [];
  for (const { matrices } of trajectories) {
    for (let i = 0; i < matrices.length; i += 12)
      out.push(matrices[i + 3], matrices[i + 7], matrices[i + 11]);
  }
  return Float64Array.from(out);
}

/** Rotation that maximises the trace with a cross-covariance: the main eigenvector of Horn's 4×4 matrix. */
function hornRotation(s: Float64Array): Float64Array {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s;
  const q = mainEigenvector([
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ]);
  return rotationMatrix(Float64Array.of(0, 0, 0, q[1], q[2], q[3], q[0]));
}

/** Jacobi rotations on a symmetric matrix. */
function mainEigenvector(m: number[][]): number[] {
  const n = m.length;
  const vectors: number[][] = m.map((_, i) => m.map((__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += Math.abs(m[p][q]);
    if (off === 0) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (m[p][q] === 0) continue;
        const theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const [a, b] = [m[k][p], m[k][q]];
          m[k][p] = c * a - s * b;
          m[k][q] = s * a + c * b;
        }
        for (let k = 0; k < n; k++) {
          const [a, b] = [m[p][k], m[q][k]];
          m[p][k] = c * a - s * b;
          m[q][k] = s * a + c * b;
          const [u, v] = [vectors[k][p], vectors[k][q]];
          vectors[k][p] = c * u - s * v;
          vectors[k][q] = s * u + c * v;
        }
        m[p][q] = 0;
        m[q][p] = 0;
      }
    }
  }
  let best = 0;
  for (let i = 1; i < n; i++) if (m[i][i] > m[best][best]) best = i;
  return vectors.map((row) => row[best]);
}
