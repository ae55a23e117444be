// Bundle adjustment of a whole map: the residuals of bundle.ts over the block-sparse system of schur.ts.

import { edgeCost, linearizeEdge } from './edge';
import {
  byPoint as pointRows,
  byPose,
  CHI2_MONO,
  CHI2_STEREO,
  differentiatePoint,
  differentiatePose,
  huberWeight,
  loss,
  predict,
  residual as predicted,
  setCamera,
  squaredResidual,
} from './reprojection';
import {
  addObservation,
  blockAt,
  byCamera,
  byPoint,
  cameraOf,
  clearSystem,
  movePoints,
  observationCount,
  pointOf,
  residual,
  rowOf,
  slopeAt,
  stepOf,
} from './schur';
import { at, compose, exp, put, frameOf } from './se3';

let camera: usize = 0; // fx fy cx cy baseline
let poseCount: i32 = 0;
let observations: usize = 0; // 4 an observation
let inverseSigma2: usize = 0;
let outlier: usize = 0; // u8 an observation
let edgeCount: i32 = 0;
let edges: usize = 0; // as in bundle.ts
let edgeBlocks: usize = 0; // i32 an edge: its off-diagonal block, −1 where an end is held
let poses: usize = 0;
let points: usize = 0;
let newPoses: usize = 0;
let newPoints: usize = 0;
let frames: usize = 0; // 12 a pose: rotation, translation
let column: usize = 0; // i32 a pose, all −1 between calls

export function openFull(
  cameraAt: usize,
  poseCountIn: i32,
  observationsAt: usize,
  inverseSigma2At: usize,
  outlierAt: usize,
  edgeCountIn: i32,
  edgesAt: usize,
  edgeBlocksAt: usize,
  posesAt: usize,
  pointsAt: usize,
  newPosesAt: usize,
  newPointsAt: usize,
  framesAt: usize,
  columnAt: usize,
): void {
  camera = cameraAt;
  poseCount = poseCountIn;
  observations = observationsAt;
  inverseSigma2 = inverseSigma2At;
  outlier = outlierAt;
  edgeCount = edgeCountIn;
  edges = edgesAt;
  edgeBlocks = edgeBlocksAt;
  poses = posesAt;
  points = pointsAt;
  newPoses = newPosesAt;
  newPoints = newPointsAt;
  frames = framesAt;
  column = columnAt;
  memory.fill(column, 0xff, <usize>(4 * poseCount));
}

function setFrames(atPoses: usize): void {
  setCamera(camera);
  for (let k = 0; k < poseCount; k++) {
    frameOf(atPoses + <usize>(56 * k), frames + <usize>(96 * k));
  }
}

// Rows of the residual, 0 for an outlier and for a point behind the camera.
@inline
function predictAt(o: i32, atPoints: usize): i32 {
  if (load<u8>(outlier + o)) return 0;
  const frame = frames + <usize>(96 * cameraOf(o));
  return predict(frame, atPoints + <usize>(24 * pointOf(o)), observations + <usize>(32 * o));
}

// ½Σρ(r²), at the present estimate or at the trial.
export function costFull(trial: i32, robust: i32): f64 {
  const atPoses = trial ? newPoses : poses;
  const atPoints = trial ? newPoints : points;
  setFrames(atPoses);
  let cost: f64 = 0;
  for (let o = 0; o < observationCount; o++) {
    const rows = predictAt(o, atPoints);
    if (rows > 0) cost += loss(squaredResidual(rows) * at(inverseSigma2, o), rows, robust != 0);
  }
  for (let e = 0; e < edgeCount; e++) cost += edgeCost(edges, edgeCount, e, atPoses);
  return cost;
}

export function linearizeFull(robust: i32): void {
  setFrames(poses);
  clearSystem();
  for (let o = 0; o < observationCount; o++) {
    const rows = predictAt(o, points);
    let weight: f64 = 0;
    if (rows > 0) {
      const information = at(inverseSigma2, o);
      loss(squaredResidual(rows) * information, rows, robust != 0);
      weight = information * huberWeight;
      differentiatePose(rows);
      differentiatePoint(rows, frames + <usize>(96 * cameraOf(o)));
      memory.copy(residual, predicted, 24);
      memory.copy(byCamera, byPose, 144);
      memory.copy(byPoint, pointRows, 72);
    }
    addObservation(o, rows, weight);
  }
  for (let e = 0; e < edgeCount; e++) addEdge(e);
}

const pairH = memory.data(1152, 16); // 12×12
const pairG = memory.data(96, 16);

// Linearises an edge as a system of its two poses, then adds that to the blocks.
function addEdge(e: i32): void {
  const from = load<i32>(edges + <usize>(8 * e));
  const to = load<i32>(edges + <usize>(8 * e), 4);
  const a = rowOf(from);
  const b = rowOf(to);
  const low = a < b ? from : to;
  const high = a < b ? to : from;
  if (rowOf(low) >= 0) store<i32>(column + (<usize>low << 2), 0);
  if (rowOf(high) >= 0) store<i32>(column + (<usize>high << 2), 6);
  memory.fill(pairH, 0, 1152);
  memory.fill(pairG, 0, 96);
  linearizeEdge(edges, edgeCount, e, poses, column, pairH, pairG, 12);
  store<i32>(column + (<usize>low << 2), -1);
  store<i32>(column + (<usize>high << 2), -1);
  addCorner(rowOf(low), 0, 0);
  addCorner(rowOf(high), 6, 6);
  addCorner(load<i32>(edgeBlocks + (<usize>e << 2)), 6, 0);
  addSlope(rowOf(low), 0);
  addSlope(rowOf(high), 6);
}

function addCorner(block: i32, row: i32, first: i32): void {
  if (block < 0) return;
  const target = blockAt(block);
  for (let i = 0; i < 6; i++) {
    for (let k = 0; k < 6; k++) put(target, 6 * i + k, at(target, 6 * i + k) + at(pairH, 12 * (row + i) + first + k));
  }
}

function addSlope(blockRow: i32, first: i32): void {
  if (blockRow < 0) return;
  const target = slopeAt(blockRow);
  for (let i = 0; i < 6; i++) put(target, i, at(target, i) + at(pairG, first + i));
}

const motion = memory.data(56, 16);

// Sets the trial from the solved step; returns the predicted decrease.
export function moveFull(lambda: f64): f64 {
  memory.copy(newPoses, poses, <usize>(56 * poseCount));
  for (let k = 0; k < poseCount; k++) {
    const row = rowOf(k);
    if (row < 0) continue;
    exp(stepOf(row), motion);
    compose(motion, poses + <usize>(56 * k), newPoses + <usize>(56 * k));
  }
  return movePoints(lambda, points, newPoints);
}

export function setOutliersAsideFull(): void {
  setFrames(poses);
  for (let o = 0; o < observationCount; o++) {
    if (load<u8>(outlier + o)) continue;
    const rows = predictAt(o, points);
    const bound = rows == 3 ? CHI2_STEREO : CHI2_MONO;
    const good = rows > 0 && squaredResidual(rows) * at(inverseSigma2, o) <= bound;
    store<u8>(outlier + o, good ? 0 : 1);
  }
}
