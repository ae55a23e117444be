import {
  adjoint,
  compose,
  exp,
  inverse,
  log,
  type Pose,
  rotationMatrix,
  transformPoint,
} from '../../base/se3.ts';
import type { Intrinsics } from '../../slam/kernels/kernels.ts';
import { multiply } from './dense.ts';

/** Residuals and their analytic Jacobians under left perturbations `exp(δ) · cameraFromWorld`. */

export const CHI2_MONO = 5.991;
export const CHI2_STEREO = 7.815;

export interface Reprojection {
  /** 2 (monocular) or 3. */
  readonly size: number;
  /** observed − predicted, pixels. */
  readonly residual: Float64Array;
  /** size × 6, of the residual by the pose. */
  readonly byPose: Float64Array;
  /** size × 3, of the residual by the point. */
  readonly byPoint: Float64Array;
}

/** Undefined where the point is not in front of the camera. */
export function reproject(
  camera: Intrinsics,
  cameraFromWorld: Pose,
  point: ArrayLike<number>,
  observation: ArrayLike<number>,
): Reprojection | undefined {
  const [x, y, z] = transformPoint(cameraFromWorld, point);
  if (!(z > 1e-6)) return undefined;
  const size = observation[2] >= 0 ? 3 : 2;
  const inverseZ = 1 / z;
  const u = camera.fx * x * inverseZ + camera.cx;
  const v = camera.fy * y * inverseZ + camera.cy;
  const disparity = camera.fx * camera.baseline * inverseZ;
  const precision = observation[3];
  const residual = Float64Array.of(
    observation[0] - u,
    observation[1] - v,
    precision * (observation[2] - disparity),
  ).slice(0, size);
  const byCameraPoint = Float64Array.of(
    ...[-camera.fx * inverseZ, 0, camera.fx * x * inverseZ * inverseZ],
    ...[0, -camera.fy * inverseZ, camera.fy * y * inverseZ * inverseZ],
    ...[0, 0, precision * disparity * inverseZ],
  ).slice(0, 3 * size);
  const cameraPointByPose = [1, 0, 0, 0, z, -y, 0, 1, 0, -z, 0, x, 0, 0, 1, y, -x, 0];
  return {
    size,
    residual,
    byPose: multiply(byCameraPoint, cameraPointByPose, size, 3, 6),
    byPoint: multiply(byCameraPoint, rotationMatrix(cameraFromWorld), size, 3, 3),
  };
}

/** 6×6 `ad(v)` of se(3) for `[translation, rotation]` tangents. */
function algebraAdjoint(v: ArrayLike<number>): Float64Array {
  const out = new Float64Array(36);
  const cross = (a: number, b: number, c: number) => [0, -c, b, c, 0, -a, -b, a, 0];
  const translation = cross(v[0], v[1], v[2]);
  const rotation = cross(v[3], v[4], v[5]);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      out[6 * i + j] = rotation[3 * i + j];
      out[6 * (i + 3) + j + 3] = rotation[3 * i + j];
      out[6 * i + j + 3] = translation[3 * i + j];
    }
  }
  return out;
}

/**
 * Inverse Jacobian of SE(3): left for sign −1, right for sign +1, by its Bernoulli series
 * `I ± ad/2 + ad²/12 − ad⁴/720` (Barfoot, State Estimation for Robotics, 7.1.5), good to 1e-9 for |v| ≤ 0.1.
 */
export function inverseJacobian(v: ArrayLike<number>, sign: -1 | 1): Float64Array {
  const ad = algebraAdjoint(v);
  const ad2 = multiply(ad, ad, 6, 6, 6);
  const ad4 = multiply(ad2, ad2, 6, 6, 6);
  return ad.map((value, i) => (i % 7 === 0 ? 1 : 0) + (sign * value) / 2 + ad2[i] / 12 - ad4[i] / 720);
}

/** Residual `log(cameraFromWorld · prior⁻¹)` and its 6×6 Jacobian. */
export function priorResidual(cameraFromWorld: Pose, prior: Pose) {
  const residual = log(compose(cameraFromWorld, inverse(prior)));
  return { residual, byPose: inverseJacobian(residual, -1) };
}

/** Residual `log(measured⁻¹ · a · b⁻¹)` of a relative-pose edge, a and b `cameraFromWorld`, and its Jacobians. */
export function edgeResidual(a: Pose, b: Pose, measured: Pose) {
  const inverseMeasured = inverse(measured);
  const residual = log(compose(inverseMeasured, compose(a, inverse(b))));
  return {
    residual,
    byA: multiply(inverseJacobian(residual, -1), adjoint(inverseMeasured), 6, 6, 6),
    byB: inverseJacobian(residual, 1).map((value) => -value),
  };
}

/** `exp(step) · pose`, in place. */
export function perturb(pose: Pose, step: ArrayLike<number>): void {
  compose(exp(step), pose, pose);
}

/** Huber's loss of a squared, weighted error: cost ½ρ(s) and weight ρ′(s). */
export function huber(chi2: number, delta2: number): { cost: number; weight: number } {
  if (chi2 <= delta2) return { cost: chi2 / 2, weight: 1 };
  const root = Math.sqrt(chi2);
  const delta = Math.sqrt(delta2);
  return { cost: delta * root - delta2 / 2, weight: delta / root };
}
