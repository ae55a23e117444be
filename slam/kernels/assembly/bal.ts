// The camera of "Bundle adjustment in the large" (Agarwal et al., ECCV 2010): 9 parameters, rotation vector, translation,
// focal length, k1, k2; p = −P/P.z, pixel = f·(1 + k1·|p|² + k2·|p|⁴)·p. A rotation moves by a rotation vector on its left.

import { lossWeight, robustLoss } from './loss';
import {
  addObservation,
  byCamera,
  byPoint,
  cameraOf,
  clearSystem,
  movePoints,
  observationCount,
  pointOf,
  residual,
  rowOf,
  stepOf,
} from './schur';
import { at, compose, exp, log, put, rotation } from './se3';

let cameraCount: i32 = 0;
let observations: usize = 0; // 2 an observation
let cameras: usize = 0; // 9 a camera
let points: usize = 0; // 3 a point
let newCameras: usize = 0;
let newPoints: usize = 0;
let frames: usize = 0; // 9 a camera: rotation
let lossKind: i32 = 0;
let lossScale: f64 = 1;

export function openBal(
  cameraCountIn: i32,
  observationsAt: usize,
  camerasAt: usize,
  pointsAt: usize,
  newCamerasAt: usize,
  newPointsAt: usize,
  framesAt: usize,
  lossKindIn: i32,
  lossScaleIn: f64,
): void {
  cameraCount = cameraCountIn;
  observations = observationsAt;
  cameras = camerasAt;
  points = pointsAt;
  newCameras = newCamerasAt;
  newPoints = newPointsAt;
  frames = framesAt;
  lossKind = lossKindIn;
  lossScale = lossScaleIn;
}

const tangent = memory.data(48, 16);
const pose = memory.data(56, 16);
const motion = memory.data(56, 16);
const moved = memory.data(56, 16);

function poseOfRotation(vector: usize, out: usize): void {
  memory.fill(tangent, 0, 24);
  memory.copy(tangent + 24, vector, 24);
  exp(tangent, out);
}

function setFrames(atCameras: usize): void {
  for (let c = 0; c < cameraCount; c++) {
    poseOfRotation(atCameras + <usize>(72 * c), pose);
    rotation(pose, frames + <usize>(72 * c));
  }
}

// The point in the camera's frame but for the translation, and its image.
let vx: f64 = 0;
let vy: f64 = 0;
let vz: f64 = 0;
let inverseZ: f64 = 0;
let px: f64 = 0;
let py: f64 = 0;
let norm: f64 = 0;
let radial: f64 = 0;

@inline
function project(o: i32, camera: usize, frame: usize, point: usize): void {
  const x = at(point, 0);
  const y = at(point, 1);
  const z = at(point, 2);
  vx = at(frame, 0) * x + at(frame, 1) * y + at(frame, 2) * z;
  vy = at(frame, 3) * x + at(frame, 4) * y + at(frame, 5) * z;
  vz = at(frame, 6) * x + at(frame, 7) * y + at(frame, 8) * z;
  inverseZ = 1 / (vz + at(camera, 5));
  px = -(vx + at(camera, 3)) * inverseZ;
  py = -(vy + at(camera, 4)) * inverseZ;
  norm = px * px + py * py;
  radial = 1 + norm * (at(camera, 7) + norm * at(camera, 8));
  const scale = at(camera, 6) * radial;
  const pixel = observations + <usize>(16 * o);
  put(residual, 0, scale * px - at(pixel, 0));
  put(residual, 1, scale * py - at(pixel, 1));
}

@inline
function chi2(): f64 {
  return at(residual, 0) * at(residual, 0) + at(residual, 1) * at(residual, 1);
}

// ½Σρ(r²), at the present estimate or at the trial.
export function costBal(trial: i32): f64 {
  const atCameras = trial ? newCameras : cameras;
  const atPoints = trial ? newPoints : points;
  setFrames(atCameras);
  let cost: f64 = 0;
  for (let o = 0; o < observationCount; o++) {
    const c = cameraOf(o);
    project(o, atCameras + <usize>(72 * c), frames + <usize>(72 * c), atPoints + <usize>(24 * pointOf(o)));
    cost += robustLoss(chi2(), lossKind, lossScale);
  }
  return cost / 2;
}

export function linearizeBal(): void {
  setFrames(cameras);
  clearSystem();
  for (let o = 0; o < observationCount; o++) {
    const c = cameraOf(o);
    const camera = cameras + <usize>(72 * c);
    const frame = frames + <usize>(72 * c);
    project(o, camera, frame, points + <usize>(24 * pointOf(o)));
    robustLoss(chi2(), lossKind, lossScale);
    const focal = at(camera, 6);
    const q = focal * (2 * at(camera, 7) + 4 * at(camera, 8) * norm);
    const xx = -inverseZ * (focal * radial + q * px * px);
    const xy = -inverseZ * q * px * py;
    const yy = -inverseZ * (focal * radial + q * py * py);
    differentiate(0, xx, xy, xx * px + xy * py, px, focal, frame);
    differentiate(1, xy, yy, xy * px + yy * py, py, focal, frame);
    addObservation(o, 2, lossWeight);
  }
}

// One row: (a, b, c) is the slope of the pixel coordinate by the point in the camera's frame.
@inline
function differentiate(row: i32, a: f64, b: f64, c: f64, p: f64, focal: f64, frame: usize): void {
  const line = byCamera + <usize>(80 * row);
  put(line, 0, vy * c - vz * b);
  put(line, 1, vz * a - vx * c);
  put(line, 2, vx * b - vy * a);
  put(line, 3, a);
  put(line, 4, b);
  put(line, 5, c);
  put(line, 6, radial * p);
  put(line, 7, focal * norm * p);
  put(line, 8, focal * norm * norm * p);
  const line3 = byPoint + <usize>(24 * row);
  put(line3, 0, a * at(frame, 0) + b * at(frame, 3) + c * at(frame, 6));
  put(line3, 1, a * at(frame, 1) + b * at(frame, 4) + c * at(frame, 7));
  put(line3, 2, a * at(frame, 2) + b * at(frame, 5) + c * at(frame, 8));
}

// Sets the trial from the solved step; returns the predicted decrease.
export function moveBal(lambda: f64): f64 {
  memory.copy(newCameras, cameras, <usize>(72 * cameraCount));
  for (let c = 0; c < cameraCount; c++) {
    const row = rowOf(c);
    if (row < 0) continue;
    const step = stepOf(row);
    const camera = newCameras + <usize>(72 * c);
    poseOfRotation(camera, pose);
    poseOfRotation(step, motion);
    compose(motion, pose, moved);
    log(moved, tangent);
    memory.copy(camera, tangent + 24, 24);
    for (let k = 3; k < 9; k++) put(camera, k, at(camera, k) + at(step, k));
  }
  return movePoints(lambda, points, newPoints);
}
