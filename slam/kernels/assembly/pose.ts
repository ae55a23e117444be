// Pose-only optimisation; the twin of test/oracle/pose.ts.

import { solveCholesky } from './cholesky';
import {
  byPose,
  CHI2_MONO,
  CHI2_STEREO,
  differentiatePose,
  huberWeight,
  loss,
  predict,
  residual,
  setCamera,
  squaredResidual,
} from './reprojection';
import { at, compose, exp, inverse, inverseJacobian, log, multiply6, multiplyTransposed6, put, rotation } from './se3';

const ROUNDS = 4;
const STEPS = 10;
const ROBUST_ROUNDS = 2;
const SMALL_STEP: f64 = 1e-10;

const pose = memory.data(56, 16);
const candidate = memory.data(56, 16);
const information = memory.data(288, 16);
const gradient = memory.data(48, 16);
const nextInformation = memory.data(288, 16);
const nextGradient = memory.data(48, 16);
const damped = memory.data(288, 16);
const step = memory.data(48, 16);
const motion = memory.data(56, 16);
const frame = memory.data(96, 16);
const inversePrior = memory.data(56, 16);
const difference = memory.data(48, 16);
const jacobian = memory.data(288, 16);
const weighted = memory.data(288, 16);
const product = memory.data(288, 16);

let count: i32 = 0;
let points: usize = 0;
let observations: usize = 0;
let inverseSigma2: usize = 0;
let inlier: usize = 0;
let hasPrior: bool = false;
let priorInformation: usize = 0;

// camera: fx fy cx cy baseline. prior: pose (7) then information (36), or 0. result: cost, then information (36).
// Returns the number of inliers; cameraFromWorld holds the optimum.
export function optimizePose(
  camera: usize,
  cameraFromWorld: usize,
  matches: i32,
  pointsAt: usize,
  observationsAt: usize,
  inverseSigma2At: usize,
  inlierAt: usize,
  prior: usize,
  result: usize,
): i32 {
  setCamera(camera);
  count = matches;
  points = pointsAt;
  observations = observationsAt;
  inverseSigma2 = inverseSigma2At;
  inlier = inlierAt;
  hasPrior = prior != 0;
  if (hasPrior) {
    inverse(prior, inversePrior);
    priorInformation = prior + 56;
  }
  memory.copy(pose, cameraFromWorld, 56);
  memory.fill(inlier, 1, count);
  let inliers = count;
  for (let round = 0; round < ROUNDS; round++) {
    const robust = round < ROBUST_ROUNDS;
    descend(robust);
    const before = inliers;
    inliers = classify();
    if (!robust && inliers == before) break;
  }
  put(result, 0, linearize(pose, false, information, gradient));
  memory.copy(result + 8, information, 288);
  memory.copy(cameraFromWorld, pose, 56);
  return inliers;
}

// Gauss-Newton with Levenberg's damping where a step does not pay. The step that is too small to matter is the last, and taken unseen.
function descend(robust: bool): void {
  let damping: f64 = 0;
  let cost = linearize(pose, robust, information, gradient);
  for (let n = 0; n < STEPS; n++) {
    memory.copy(damped, information, 288);
    for (let i = 0; i < 6; i++) {
      put(damped, 7 * i, at(damped, 7 * i) * (1 + damping));
      put(step, i, -at(gradient, i));
    }
    if (!solveCholesky(damped, step, 6)) return;
    exp(step, motion);
    compose(motion, pose, candidate);
    if (squaredNorm(step) < SMALL_STEP) {
      memory.copy(pose, candidate, 56);
      return;
    }
    const next = linearize(candidate, robust, nextInformation, nextGradient);
    if (next <= cost) {
      memory.copy(pose, candidate, 56);
      memory.copy(information, nextInformation, 288);
      memory.copy(gradient, nextGradient, 48);
      cost = next;
      damping = damping < 1e-6 ? 0 : damping / 10;
    } else {
      damping = damping == 0 ? 1e-4 : damping * 10;
    }
  }
}

function squaredNorm(of6: usize): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < 6; i++) sum += at(of6, i) * at(of6, i);
  return sum;
}

function linearize(at7: usize, robust: bool, h: usize, g: usize): f64 {
  rotation(at7, frame);
  memory.copy(frame + 72, at7, 24);
  memory.fill(h, 0, 288);
  memory.fill(g, 0, 48);
  let cost: f64 = 0;
  for (let i = 0; i < count; i++) {
    if (!load<u8>(inlier + i)) continue;
    const rows = predict(frame, points + <usize>(24 * i), observations + <usize>(32 * i));
    if (rows == 0) continue;
    const information = at(inverseSigma2, i);
    cost += loss(squaredResidual(rows) * information, rows, robust);
    differentiatePose(rows);
    accumulate(rows, information * huberWeight, h, g);
  }
  mirror(h);
  return hasPrior ? cost + addPrior(at7, h, g) : cost;
}

// Lower rows by pairs: entries right of the diagonal are overwritten by mirror(). All rows of the residual at once, so that each sum is
// read and written once.
@inline
function accumulate(rows: i32, weight: f64, h: usize, g: usize): void {
  const ofX = byPose;
  const ofY = byPose + 48;
  const ofDisparity = byPose + 96;
  const stereo = rows == 3;
  for (let i = 0; i < 6; i++) {
    const target = h + <usize>(48 * i);
    const x = f64x2.splat(weight * at(ofX, i));
    const y = f64x2.splat(weight * at(ofY, i));
    const disparity = stereo ? f64x2.splat(weight * at(ofDisparity, i)) : f64x2.splat(0);
    addPair(target, 0, x, y, disparity, stereo);
    if (i > 1) addPair(target, 16, x, y, disparity, stereo);
    if (i > 3) addPair(target, 32, x, y, disparity, stereo);
  }
  const x = f64x2.splat(weight * at(residual, 0));
  const y = f64x2.splat(weight * at(residual, 1));
  const disparity = stereo ? f64x2.splat(weight * at(residual, 2)) : f64x2.splat(0);
  addPair(g, 0, x, y, disparity, stereo);
  addPair(g, 16, x, y, disparity, stereo);
  addPair(g, 32, x, y, disparity, stereo);
}

// Adds two columns of the Jacobian's rows, each times its factor.
@inline
function addPair(target: usize, column: usize, x: v128, y: v128, disparity: v128, stereo: bool): void {
  let sum = f64x2.add(v128.load(target + column), f64x2.mul(x, v128.load(byPose + column)));
  sum = f64x2.add(sum, f64x2.mul(y, v128.load(byPose + 48 + column)));
  if (stereo) sum = f64x2.add(sum, f64x2.mul(disparity, v128.load(byPose + 96 + column)));
  v128.store(target + column, sum);
}

@inline
function mirror(h: usize): void {
  for (let i = 0; i < 6; i++) for (let j = 0; j < i; j++) put(h, 6 * j + i, at(h, 6 * i + j));
}

function addPrior(at7: usize, h: usize, g: usize): f64 {
  compose(at7, inversePrior, motion);
  log(motion, difference);
  inverseJacobian(difference, -1, jacobian);
  multiply6(priorInformation, jacobian, weighted);
  multiplyTransposed6(jacobian, weighted, product);
  for (let i = 0; i < 36; i++) put(h, i, at(h, i) + at(product, i));
  let cost: f64 = 0;
  for (let i = 0; i < 6; i++) {
    let pull: f64 = 0;
    let slope: f64 = 0;
    for (let k = 0; k < 6; k++) {
      pull += at(priorInformation, 6 * i + k) * at(difference, k);
      slope += at(weighted, 6 * k + i) * at(difference, k);
    }
    cost += (at(difference, i) * pull) / 2;
    put(g, i, at(g, i) + slope);
  }
  return cost;
}

function classify(): i32 {
  rotation(pose, frame);
  memory.copy(frame + 72, pose, 24);
  let inliers = 0;
  for (let i = 0; i < count; i++) {
    const rows = predict(frame, points + <usize>(24 * i), observations + <usize>(32 * i));
    const bound = rows == 3 ? CHI2_STEREO : CHI2_MONO;
    const good = rows > 0 && squaredResidual(rows) * at(inverseSigma2, i) <= bound;
    store<u8>(inlier + i, good ? 1 : 0);
    if (good) inliers++;
  }
  return inliers;
}
