// One keypoint's reprojection residual and Jacobians under a left perturbation of cameraFromWorld; the twin of
// test/oracle/residuals.ts. Rows are padded so that each starts on 16 bytes.

import { at, put } from './se3';

export const CHI2_MONO: f64 = 5.991;
export const CHI2_STEREO: f64 = 7.815;

export let fx: f64 = 0;
export let fy: f64 = 0;
export let cx: f64 = 0;
export let cy: f64 = 0;
export let baseline: f64 = 0;

export function setCamera(camera: usize): void {
  fx = at(camera, 0);
  fy = at(camera, 1);
  cx = at(camera, 2);
  cy = at(camera, 3);
  baseline = at(camera, 4);
}

// Residual 0…2 and the point in camera coordinates.
export const residual = memory.data(32, 16);
// 3 rows × 6, by the pose.
export const byPose = memory.data(144, 16);
// 3 rows × 3, by the point.
export const byPoint = memory.data(72, 16);

let x: f64 = 0;
let y: f64 = 0;
let z: f64 = 0;
let precision: f64 = 0;

// Rows of the residual (2 or 3), or 0 where the point is not in front of the camera. The pose as rotation (9) and
// translation (3) f64.
@inline
export function predict(rotationTranslation: usize, point: usize, observation: usize): i32 {
  const px = at(point, 0);
  const py = at(point, 1);
  const pz = at(point, 2);
  const m = rotationTranslation;
  x = at(m, 0) * px + at(m, 1) * py + at(m, 2) * pz + at(m, 9);
  y = at(m, 3) * px + at(m, 4) * py + at(m, 5) * pz + at(m, 10);
  z = at(m, 6) * px + at(m, 7) * py + at(m, 8) * pz + at(m, 11);
  if (!(z > 1e-6)) return 0;
  const inverseZ = 1 / z;
  put(residual, 0, at(observation, 0) - (fx * x * inverseZ + cx));
  put(residual, 1, at(observation, 1) - (fy * y * inverseZ + cy));
  const disparity = at(observation, 2);
  if (!(disparity >= 0)) return 2;
  precision = at(observation, 3);
  put(residual, 2, precision * (disparity - fx * baseline * inverseZ));
  return 3;
}

@inline
export function squaredResidual(rows: i32): f64 {
  const a = at(residual, 0);
  const b = at(residual, 1);
  const c = rows == 3 ? at(residual, 2) : 0;
  return a * a + b * b + c * c;
}

@inline
function poseRow(row: i32, gx: f64, gy: f64, gz: f64): void {
  const at6 = byPose + <usize>(row * 48);
  put(at6, 0, gx);
  put(at6, 1, gy);
  put(at6, 2, gz);
  put(at6, 3, gz * y - gy * z);
  put(at6, 4, gx * z - gz * x);
  put(at6, 5, gy * x - gx * y);
}

// After predict, for the same point.
@inline
export function differentiatePose(rows: i32): void {
  const inverseZ = 1 / z;
  const inverseZ2 = inverseZ * inverseZ;
  poseRow(0, -fx * inverseZ, 0, fx * x * inverseZ2);
  poseRow(1, 0, -fy * inverseZ, fy * y * inverseZ2);
  if (rows == 3) poseRow(2, 0, 0, precision * fx * baseline * inverseZ2);
}

@inline
export function differentiatePoint(rows: i32, rotation: usize): void {
  for (let row = 0; row < rows; row++) {
    const gx = at(byPose, 6 * row);
    const gy = at(byPose, 6 * row + 1);
    const gz = at(byPose, 6 * row + 2);
    for (let c = 0; c < 3; c++) {
      put(byPoint, 3 * row + c, gx * at(rotation, c) + gy * at(rotation, 3 + c) + gz * at(rotation, 6 + c));
    }
  }
}

// Huber's loss ½ρ(s) of a weighted squared error, and ρ′(s) in `huberWeight`.
export let huberWeight: f64 = 1;

@inline
export function loss(chi2: f64, rows: i32, robust: bool): f64 {
  huberWeight = 1;
  const bound = rows == 3 ? CHI2_STEREO : CHI2_MONO;
  if (!robust || chi2 <= bound) return chi2 / 2;
  const root = Math.sqrt(chi2);
  const delta = Math.sqrt(bound);
  huberWeight = delta / root;
  return delta * root - bound / 2;
}
