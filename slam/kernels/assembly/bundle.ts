// Bundle adjustment with Schur complement over the points; the twin of test/oracle/bundle.ts.

import { solveCholesky } from './cholesky';
import {
  byPoint,
  byPose,
  CHI2_MONO,
  CHI2_STEREO,
  differentiatePoint,
  differentiatePose,
  huberWeight,
  loss,
  predict,
  residual,
  setCamera,
  squaredResidual,
} from './reprojection';
import { edgeCost, linearizeEdge } from './edge';
import { at, compose, exp, put, frameOf } from './se3';
import { damp, invertDamped } from './symmetric3';

const FIRST_LAMBDA: f64 = 1e-4;
const STOP_RATIO: f64 = 1e-6;

let poseCount: i32 = 0;
let poses: usize = 0;
let column: usize = 0;
let pointCount: i32 = 0;
let points: usize = 0;
let observationCount: i32 = 0;
let observationPose: usize = 0;
let observationPoint: usize = 0;
let observations: usize = 0;
let inverseSigma2: usize = 0;
let outlier: usize = 0;
let edgeCount: i32 = 0;
let edges: usize = 0;
let size: i32 = 0;

// Work space, laid out by the wrapper.
let frames: usize = 0; // 12 a pose: rotation, translation
let newPoses: usize = 0;
let newPoints: usize = 0;
let h: usize = 0; // size²: the poses' own normal matrix, lower triangle
let s: usize = 0; // size²: the reduced system
let g: usize = 0; // size
let delta: usize = 0; // size
let pointH: usize = 0; // 6 a point: xx xy xz yy yz zz
let pointG: usize = 0; // 3 a point
let pointInverse: usize = 0; // 6 a point, damped
let w: usize = 0; // 18 an observation: pose × point block as three columns of six

const motion = memory.data(56, 16);

// camera: fx fy cx cy baseline. fixed: u8 a pose. edges: from, to as i32 pairs then, at edgeData, 43 f64 an edge
// (measured, information). result: initial cost, final cost. Returns the number of iterations.
export function bundleAdjust(
  camera: usize,
  poseCountIn: i32,
  posesAt: usize,
  columnAt: usize,
  freePoses: i32,
  pointCountIn: i32,
  pointsAt: usize,
  observationCountIn: i32,
  observationPoseAt: usize,
  observationPointAt: usize,
  observationsAt: usize,
  inverseSigma2At: usize,
  outlierAt: usize,
  edgeCountIn: i32,
  edgesAt: usize,
  iterations: i32,
  refineIterations: i32,
  work: usize,
  result: usize,
): i32 {
  setCamera(camera);
  poseCount = poseCountIn;
  poses = posesAt;
  column = columnAt;
  pointCount = pointCountIn;
  points = pointsAt;
  observationCount = observationCountIn;
  observationPose = observationPoseAt;
  observationPoint = observationPointAt;
  observations = observationsAt;
  inverseSigma2 = inverseSigma2At;
  outlier = outlierAt;
  edgeCount = edgeCountIn;
  edges = edgesAt;
  size = 6 * freePoses;
  layOut(work);
  put(result, 0, evaluate(poses, points, true));
  let steps = descend(iterations, true);
  setOutliersAside();
  steps += descend(refineIterations, false);
  put(result, 1, evaluate(poses, points, false));
  setOutliersAside();
  return steps;
}

function layOut(work: usize): void {
  frames = work;
  newPoses = frames + <usize>(96 * poseCount);
  newPoints = newPoses + <usize>(56 * poseCount + ((poseCount & 1) << 3));
  h = newPoints + <usize>(24 * pointCount + ((pointCount & 1) << 3));
  s = h + (<usize>(size * size) << 3);
  g = s + (<usize>(size * size) << 3);
  delta = g + (<usize>size << 3);
  pointH = delta + (<usize>size << 3);
  pointG = pointH + <usize>(48 * pointCount);
  pointInverse = pointG + <usize>(24 * pointCount + ((pointCount & 1) << 3));
  w = pointInverse + <usize>(48 * pointCount);
}

// Levenberg-Marquardt with Nielsen's schedule; returns the steps taken.
function descend(steps: i32, robust: bool): i32 {
  let lambda = FIRST_LAMBDA;
  let raise: f64 = 2;
  let stale = true;
  let cost = evaluate(poses, points, robust);
  for (let n = 0; n < steps; n++) {
    if (stale) linearize(robust);
    stale = false;
    reduce(lambda);
    if (size > 0 && !solveCholesky(s, delta, size)) {
      lambda *= raise;
      raise *= 2;
      continue;
    }
    const predicted = apply(lambda);
    const next = evaluate(newPoses, newPoints, robust);
    if (next < cost) {
      const t = (2 * (cost - next)) / predicted - 1;
      lambda *= Math.max(1.0 / 3, 1 - t * t * t);
      raise = 2;
      memory.copy(poses, newPoses, <usize>(56 * poseCount));
      memory.copy(points, newPoints, <usize>(24 * pointCount));
      stale = true;
      const decrease = cost - next;
      cost = next;
      if (decrease <= STOP_RATIO * cost) return n + 1;
    } else {
      lambda *= raise;
      raise *= 2;
    }
  }
  return steps;
}

function setFrames(atPoses: usize): void {
  for (let k = 0; k < poseCount; k++) {
    frameOf(atPoses + <usize>(56 * k), frames + <usize>(96 * k));
  }
}

@inline
function predictObservation(i: i32, atPoints: usize): i32 {
  const pose = load<i32>(observationPose + (<usize>i << 2));
  const point = load<i32>(observationPoint + (<usize>i << 2));
  return predict(frames + <usize>(96 * pose), atPoints + <usize>(24 * point), observations + <usize>(32 * i));
}

function evaluate(atPoses: usize, atPoints: usize, robust: bool): f64 {
  setFrames(atPoses);
  let cost: f64 = 0;
  for (let i = 0; i < observationCount; i++) {
    if (load<u8>(outlier + i)) continue;
    const rows = predictObservation(i, atPoints);
    if (rows > 0) cost += loss(squaredResidual(rows) * at(inverseSigma2, i), rows, robust);
  }
  for (let e = 0; e < edgeCount; e++) cost += edgeCost(edges, edgeCount, e, atPoses);
  return cost;
}

function linearize(robust: bool): void {
  setFrames(poses);
  memory.fill(h, 0, <usize>(size * size) << 3);
  memory.fill(g, 0, <usize>size << 3);
  memory.fill(pointH, 0, <usize>(48 * pointCount));
  memory.fill(pointG, 0, <usize>(24 * pointCount));
  for (let i = 0; i < observationCount; i++) {
    const block = w + <usize>(144 * i);
    const rows = load<u8>(outlier + i) ? 0 : predictObservation(i, points);
    if (rows == 0) {
      memory.fill(block, 0, 144);
      continue;
    }
    const information = at(inverseSigma2, i);
    loss(squaredResidual(rows) * information, rows, robust);
    const weight = information * huberWeight;
    const pose = load<i32>(observationPose + (<usize>i << 2));
    differentiatePose(rows);
    differentiatePoint(rows, frames + <usize>(96 * pose));
    addPoint(load<i32>(observationPoint + (<usize>i << 2)), rows, weight);
    const first = load<i32>(column + (<usize>pose << 2));
    if (first < 0) continue;
    addPose(first, rows, weight);
    setCross(block, rows, weight);
  }
  for (let e = 0; e < edgeCount; e++) linearizeEdge(edges, edgeCount, e, poses, column, h, g, size);
}

@inline
function addPoint(point: i32, rows: i32, weight: f64): void {
  const block = pointH + <usize>(48 * point);
  const right = pointG + <usize>(24 * point);
  for (let row = 0; row < rows; row++) {
    const a = at(byPoint, 3 * row);
    const b = at(byPoint, 3 * row + 1);
    const c = at(byPoint, 3 * row + 2);
    const wa = weight * a;
    const wb = weight * b;
    const wc = weight * c;
    const r = at(residual, row);
    put(block, 0, at(block, 0) + wa * a);
    put(block, 1, at(block, 1) + wa * b);
    put(block, 2, at(block, 2) + wa * c);
    put(block, 3, at(block, 3) + wb * b);
    put(block, 4, at(block, 4) + wb * c);
    put(block, 5, at(block, 5) + wc * c);
    put(right, 0, at(right, 0) + wa * r);
    put(right, 1, at(right, 1) + wb * r);
    put(right, 2, at(right, 2) + wc * r);
  }
}

@inline
function addScaled(target: usize, scale: v128, a: v128, b: v128, c: v128): void {
  v128.store(target, f64x2.add(v128.load(target), f64x2.mul(scale, a)));
  v128.store(target, f64x2.add(v128.load(target, 16), f64x2.mul(scale, b)), 16);
  v128.store(target, f64x2.add(v128.load(target, 32), f64x2.mul(scale, c)), 32);
}

@inline
function addPose(first: i32, rows: i32, weight: f64): void {
  const corner = h + (<usize>(size * first + first) << 3);
  const stride = <usize>size << 3;
  for (let row = 0; row < rows; row++) {
    const line = byPose + <usize>(48 * row);
    const a = v128.load(line);
    const b = v128.load(line, 16);
    const c = v128.load(line, 32);
    for (let i = 0; i < 6; i++) {
      addScaled(corner + <usize>i * stride, f64x2.splat(weight * at(line, i)), a, b, c);
    }
    addScaled(g + (<usize>first << 3), f64x2.splat(weight * at(residual, row)), a, b, c);
  }
}

@inline
function setCross(block: usize, rows: i32, weight: f64): void {
  memory.fill(block, 0, 144);
  for (let row = 0; row < rows; row++) {
    const line = byPose + <usize>(48 * row);
    const a = v128.load(line);
    const b = v128.load(line, 16);
    const c = v128.load(line, 32);
    for (let k = 0; k < 3; k++) {
      addScaled(block + <usize>(48 * k), f64x2.splat(weight * at(byPoint, 3 * row + k)), a, b, c);
    }
  }
}

// s · delta = −(g − W V⁻¹ g_points), s = H + λ diag(H) − W V⁻¹ Wᵀ; delta holds the right-hand side.
function reduce(lambda: f64): void {
  memory.copy(s, h, <usize>(size * size) << 3);
  for (let i = 0; i < size; i++) {
    put(s, size * i + i, damp(at(h, size * i + i), lambda));
    put(delta, i, -at(g, i));
  }
  let i = 0;
  while (i < observationCount) {
    const point = load<i32>(observationPoint + (<usize>i << 2));
    let end = i + 1;
    while (end < observationCount && load<i32>(observationPoint + (<usize>end << 2)) == point) end++;
    invertDamped(pointH + <usize>(48 * point), lambda, pointInverse + <usize>(48 * point));
    for (let a = i; a < end; a++) eliminate(a, i, end, point);
    i = end;
  }
}

const y = memory.data(144, 16);

@inline
function combine(block: usize, p: f64, q: f64, r: f64, out: usize): void {
  const sp = f64x2.splat(p);
  const sq = f64x2.splat(q);
  const sr = f64x2.splat(r);
  for (let k: usize = 0; k < 48; k += 16) {
    const value = f64x2.add(
      f64x2.add(f64x2.mul(sp, v128.load(block + k)), f64x2.mul(sq, v128.load(block + k, 48))),
      f64x2.mul(sr, v128.load(block + k, 96)),
    );
    v128.store(out + k, value);
  }
}

// Takes from the reduced system what observation `a` shares through its point with those up to itself in column order.
@inline
function eliminate(a: i32, begin: i32, end: i32, point: i32): void {
  const first = load<i32>(column + (<usize>load<i32>(observationPose + (<usize>a << 2)) << 2));
  if (first < 0 || load<u8>(outlier + a)) return;
  const block = w + <usize>(144 * a);
  const v = pointInverse + <usize>(48 * point);
  combine(block, at(v, 0), at(v, 1), at(v, 2), y);
  combine(block, at(v, 1), at(v, 3), at(v, 4), y + 48);
  combine(block, at(v, 2), at(v, 4), at(v, 5), y + 96);
  const right = pointG + <usize>(24 * point);
  for (let r = 0; r < 6; r++) {
    const value = at(y, r) * at(right, 0) + at(y, 6 + r) * at(right, 1) + at(y, 12 + r) * at(right, 2);
    put(delta, first + r, at(delta, first + r) + value);
  }
  const stride = <usize>size << 3;
  for (let b = begin; b < end; b++) {
    const other = load<i32>(column + (<usize>load<i32>(observationPose + (<usize>b << 2)) << 2));
    if (other < 0 || other > first || load<u8>(outlier + b)) continue;
    const partner = w + <usize>(144 * b);
    for (let k: usize = 0; k < 48; k += 16) {
      const p0 = v128.load(partner + k);
      const p1 = v128.load(partner + k, 48);
      const p2 = v128.load(partner + k, 96);
      let target = s + <usize>first * stride + (<usize>other << 3) + k;
      for (let r = 0; r < 6; r++) {
        const sum = f64x2.add(
          f64x2.add(f64x2.mul(f64x2.splat(at(y, r)), p0), f64x2.mul(f64x2.splat(at(y, 6 + r)), p1)),
          f64x2.mul(f64x2.splat(at(y, 12 + r)), p2),
        );
        v128.store(target, f64x2.sub(v128.load(target), sum));
        target += stride;
      }
    }
  }
}

// Writes the stepped poses and points; returns the decrease the linear model predicts.
function apply(lambda: f64): f64 {
  let predicted: f64 = 0;
  for (let i = 0; i < size; i++) {
    const d = at(delta, i);
    predicted += 0.5 * d * (lambda * at(h, size * i + i) * d - at(g, i));
  }
  memory.copy(newPoses, poses, <usize>(56 * poseCount));
  for (let k = 0; k < poseCount; k++) {
    const first = load<i32>(column + (<usize>k << 2));
    if (first < 0) continue;
    exp(delta + (<usize>first << 3), motion);
    compose(motion, poses + <usize>(56 * k), newPoses + <usize>(56 * k));
  }
  memory.copy(newPoints, points, <usize>(24 * pointCount));
  let i = 0;
  while (i < observationCount) {
    const point = load<i32>(observationPoint + (<usize>i << 2));
    const right = pointG + <usize>(24 * point);
    let bx = -at(right, 0);
    let by = -at(right, 1);
    let bz = -at(right, 2);
    for (; i < observationCount && load<i32>(observationPoint + (<usize>i << 2)) == point; i++) {
      const first = load<i32>(column + (<usize>load<i32>(observationPose + (<usize>i << 2)) << 2));
      if (first < 0 || load<u8>(outlier + i)) continue;
      const block = w + <usize>(144 * i);
      for (let r = 0; r < 6; r++) {
        const d = at(delta, first + r);
        bx -= at(block, r) * d;
        by -= at(block, 6 + r) * d;
        bz -= at(block, 12 + r) * d;
      }
    }
    const v = pointInverse + <usize>(48 * point);
    const block = pointH + <usize>(48 * point);
    const target = newPoints + <usize>(24 * point);
    const dx = at(v, 0) * bx + at(v, 1) * by + at(v, 2) * bz;
    const dy = at(v, 1) * bx + at(v, 3) * by + at(v, 4) * bz;
    const dz = at(v, 2) * bx + at(v, 4) * by + at(v, 5) * bz;
    put(target, 0, at(target, 0) + dx);
    put(target, 1, at(target, 1) + dy);
    put(target, 2, at(target, 2) + dz);
    predicted += 0.5 * dx * (lambda * at(block, 0) * dx - at(right, 0));
    predicted += 0.5 * dy * (lambda * at(block, 3) * dy - at(right, 1));
    predicted += 0.5 * dz * (lambda * at(block, 5) * dz - at(right, 2));
  }
  return predicted;
}

function setOutliersAside(): void {
  setFrames(poses);
  for (let i = 0; i < observationCount; i++) {
    if (load<u8>(outlier + i)) continue;
    const rows = predictObservation(i, points);
    const bound = rows == 3 ? CHI2_STEREO : CHI2_MONO;
    const good = rows > 0 && squaredResidual(rows) * at(inverseSigma2, i) <= bound;
    store<u8>(outlier + i, good ? 0 : 1);
  }
}
