import { type Pose, planarPose, yawOf } from '../../base/se3.ts';
import { invertPositive } from '../optimize/positive.ts';

/** The space a team moves in: how poses, tangents and covariances of 6 are laid out for the solver. */
export interface TeamManifold {
  readonly name: 'se2' | 'se3';
  readonly dimension: number;
  /** Numbers a node. */
  readonly stride: number;
  /** Which of the six of a tangent it has. */
  readonly axes: readonly number[];
  /** How much of the tangent each of the solver's errors is: se3's is the vector part of a quaternion, half a rotation. */
  readonly errorShare: readonly number[];
  write(pose: Pose, list: Float64Array, node: number): void;
  read(list: Float64Array, node: number): Pose;
}

export const MANIFOLDS: Record<'se2' | 'se3', TeamManifold> = {
  se2: {
    name: 'se2',
    dimension: 3,
    stride: 3,
    axes: [0, 1, 5],
    errorShare: [1, 1, 1],
    write(pose, list, node) {
      list[3 * node] = pose[0];
      list[3 * node + 1] = pose[1];
      list[3 * node + 2] = yawOf(pose);
    },
    read: (list, node) => planarPose(list[3 * node], list[3 * node + 1], list[3 * node + 2]),
  },
  se3: {
    name: 'se3',
    dimension: 6,
    stride: 7,
    axes: [0, 1, 2, 3, 4, 5],
    errorShare: [1, 1, 1, 0.5, 0.5, 0.5],
    write: (pose, list, node) => list.set(pose, 7 * node),
    read: (list, node) => list.slice(7 * node, 7 * node + 7),
  },
};

/** Which of the manifold's axes were measured: those of finite variance. */
export function measuredAxes(covariance: Float64Array, { axes }: TeamManifold): number[] {
  return axes.filter((axis) => Number.isFinite(covariance[7 * axis]));
}

/** The manifold's part of a 6×6 covariance whose axes are all measured; the rest, which it has not, is certain. */
export function withinManifold(covariance: Float64Array, { axes }: TeamManifold): Float64Array {
  const out = new Float64Array(36);
  for (const i of axes) for (const k of axes) out[6 * i + k] = covariance[6 * i + k];
  return out;
}

/**
 * Information of the solver's error, dimension², from a covariance of a right perturbation; axes not measured have none.
 * @returns undefined where the covariance is not positive definite
 */
export function informationOf(covariance: Float64Array, manifold: TeamManifold): Float64Array | undefined {
  const axes = measuredAxes(covariance, manifold);
  const inverted = invertPositive(pick(covariance, axes), axes.length);
  if (!inverted || axes.length === 0) return undefined;
  const d = manifold.dimension;
  const out = new Float64Array(d * d);
  const at = axes.map((axis) => manifold.axes.indexOf(axis));
  at.forEach((i, r) => {
    at.forEach((k, c) => {
      out[i * d + k] = inverted[r * axes.length + c] / (manifold.errorShare[i] * manifold.errorShare[k]);
    });
  });
  return out;
}

/** Rows and columns of a 6×6. */
function pick(matrix: Float64Array, axes: readonly number[]): Float64Array {
  return Float64Array.from(axes.flatMap((i) => axes.map((k) => matrix[6 * i + k])));
}
