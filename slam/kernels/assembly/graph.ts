// Pose graphs: χ², its normal equations and steps, over SE(2), SE(3) and Sim(3). One graph an instance of this module: its
// addresses stay until the next `openGraph`.

import { byFrom, byTo, clearJacobians, error } from './edge-buffers';
import { addToBorder, clearBorder } from './graph-border';
import { lossWeight, robustLoss } from './loss';
import { differentiateSe2, evaluateSe2, retractSe2 } from './se2-edge';
import { differentiateSe3, evaluateSe3, retractSe3 } from './se3-edge';
import { at, put } from './se3';
import { differentiateSim3, evaluateSim3, retractSim3 } from './sim3-edge';

const SE2: i32 = 3;
const SE3: i32 = 6;

let dimension: i32 = 0; // 3, 6 or 7: also says which manifold
let padded: i32 = 0;
let stride: i32 = 0; // of a node, in f64
let nodeCount: i32 = 0;
let edgeCount: i32 = 0;
let nodes: usize = 0;
let newNodes: usize = 0;
let from: usize = 0;
let to: usize = 0;
let measured: usize = 0;
let newMeasured: usize = 0; // the same, unless calibrated
let information: usize = 0; // dimension² an edge
let weights: usize = 0; // what each edge counts
let row: usize = 0; // block row of a node, −1 where it is held
let pair: usize = 0; // off-diagonal block of an edge, −1 if none
let rowCount: i32 = 0;
let blockCount: i32 = 0;
let h: usize = 0;
let s: usize = 0;
let g: usize = 0;
let delta: usize = 0;
let lossKind: i32 = 0;
let lossScale: f64 = 1;

const whitened = memory.data(64, 16); // Ω·error
const weightedFrom = memory.data(448, 16); // weight·Ω·byFrom
const weightedTo = memory.data(448, 16);

// Doubles of h, s and g are padded by one.
export function openGraph(
  dimensionIn: i32,
  strideIn: i32,
  nodeCountIn: i32,
  edgeCountIn: i32,
  nodesAt: usize,
  newNodesAt: usize,
  fromAt: usize,
  toAt: usize,
  measuredAt: usize,
  newMeasuredAt: usize,
  informationAt: usize,
  weightsAt: usize,
  rowAt: usize,
  pairAt: usize,
  rowCountIn: i32,
  blockCountIn: i32,
  hAt: usize,
  sAt: usize,
  gAt: usize,
  deltaAt: usize,
  lossKindIn: i32,
  lossScaleIn: f64,
): void {
  dimension = dimensionIn;
  padded = (dimensionIn + 1) & ~1;
  stride = strideIn;
  nodeCount = nodeCountIn;
  edgeCount = edgeCountIn;
  nodes = nodesAt;
  newNodes = newNodesAt;
  from = fromAt;
  to = toAt;
  measured = measuredAt;
  newMeasured = newMeasuredAt;
  information = informationAt;
  weights = weightsAt;
  row = rowAt;
  pair = pairAt;
  rowCount = rowCountIn;
  blockCount = blockCountIn;
  h = hAt;
  s = sAt;
  g = gAt;
  delta = deltaAt;
  lossKind = lossKindIn;
  lossScale = lossScaleIn;
  clearJacobians(padded);
}

@inline
function int(array: usize, index: i32): i32 {
  return load<i32>(array + (<usize>index << 2));
}

@inline
function nodeAt(list: usize, index: i32): usize {
  return list + (<usize>(stride * index) << 3);
}

function evaluate(list: usize, told: usize, e: i32): void {
  const a = nodeAt(list, int(from, e));
  const b = nodeAt(list, int(to, e));
  const m = nodeAt(told, e);
  if (dimension == SE2) evaluateSe2(a, b, m);
  else if (dimension == SE3) evaluateSe3(a, b, m);
  else evaluateSim3(a, b, m);
}

// errorᵀ·Ω·error of the edge just evaluated; leaves Ω·error in `whitened`.
function chi2(e: i32): f64 {
  let omega = information + (<usize>(e * dimension * dimension) << 3);
  let sum: f64 = 0;
  for (let i = 0; i < dimension; i++) {
    let value: f64 = 0;
    for (let k = 0; k < dimension; k++) value += at(omega, k) * at(error, k);
    put(whitened, i, value);
    sum += value * at(error, i);
    omega += <usize>dimension << 3;
  }
  return sum;
}

// χ² of an edge at the present estimate, whatever it counts.
export function chi2Graph(e: i32): f64 {
  evaluate(nodes, measured, e);
  return chi2(e);
}

// Σ weight·ρ(χ²), at the present estimate or at the trial.
export function costGraph(trial: i32): f64 {
  const list = trial ? newNodes : nodes;
  const told = trial ? newMeasured : measured;
  let cost: f64 = 0;
  for (let e = 0; e < edgeCount; e++) {
    const weight = at(weights, e);
    if (weight == 0) continue;
    evaluate(list, told, e);
    cost += weight * robustLoss(chi2(e), lossKind, lossScale);
  }
  return cost;
}

export function linearizeGraph(): void {
  memory.fill(h, 0, (<usize>(blockCount * dimension * dimension) << 3) + 8);
  clearBorder();
  memory.fill(g, 0, (<usize>(rowCount * dimension) << 3) + 8);
  for (let e = 0; e < edgeCount; e++) {
    if (at(weights, e) == 0) continue;
    evaluate(nodes, measured, e);
    if (dimension == SE2) differentiateSe2(nodeAt(nodes, int(from, e)), nodeAt(nodes, int(to, e)), nodeAt(measured, e));
    else if (dimension == SE3) differentiateSe3(nodeAt(measured, e));
    else differentiateSim3();
    robustLoss(chi2(e), lossKind, lossScale);
    const weight = at(weights, e) * lossWeight;
    weigh(e, weight, byFrom, weightedFrom);
    weigh(e, weight, byTo, weightedTo);
    const a = int(row, int(from, e));
    const b = int(row, int(to, e));
    if (a >= 0) {
      addProduct(a, byFrom, weightedFrom);
      addSlope(a, byFrom, weight);
    }
    if (b >= 0) {
      addProduct(b, byTo, weightedTo);
      addSlope(b, byTo, weight);
    }
    addToBorder(e, a, b, weight, information + (<usize>(e * dimension * dimension) << 3));
    const block = int(pair, e);
    if (block < 0) continue;
    if (a > b) addProduct(block, byFrom, weightedTo);
    else addProduct(block, byTo, weightedFrom);
  }
}

@inline
function addScaled(target: usize, source: usize, scale: f64): void {
  const factor = f64x2.splat(scale);
  for (let k: usize = 0; k < <usize>padded << 3; k += 16) {
    v128.store(target + k, f64x2.add(v128.load(target + k), f64x2.mul(factor, v128.load(source + k))));
  }
}

// out = weight·Ω·jacobian.
function weigh(e: i32, weight: f64, jacobian: usize, out: usize): void {
  let omega = information + (<usize>(e * dimension * dimension) << 3);
  const line = <usize>padded << 3;
  for (let i = 0; i < dimension; i++) {
    const target = out + <usize>i * line;
    memory.fill(target, 0, line);
    for (let k = 0; k < dimension; k++) {
      const value = at(omega, k);
      if (value != 0) addScaled(target, jacobian + <usize>k * line, weight * value);
    }
    omega += <usize>dimension << 3;
  }
}

// h[block] += jacobianᵀ·weighted; what runs over the end of a row is zero.
function addProduct(block: i32, jacobian: usize, weighted: usize): void {
  let target = h + (<usize>(block * dimension * dimension) << 3);
  const line = <usize>padded << 3;
  for (let i = 0; i < dimension; i++) {
    for (let k = 0; k < dimension; k++) {
      const value = at(jacobian, k * padded + i);
      if (value != 0) addScaled(target, weighted + <usize>k * line, value);
    }
    target += <usize>dimension << 3;
  }
}

// g[row] += weight·jacobianᵀ·Ω·error.
function addSlope(blockRow: i32, jacobian: usize, weight: f64): void {
  const target = g + (<usize>(blockRow * dimension) << 3);
  for (let k = 0; k < dimension; k++) {
    addScaled(target, jacobian + (<usize>(k * padded) << 3), weight * at(whitened, k));
  }
}

// What damping is measured in; a direction nothing depends on is held.
@inline
function scaleOf(k: i32): f64 {
  const diagonal = at(h, k * dimension + (k % dimension));
  return diagonal > 0 ? diagonal : 1;
}

// s · delta = −g with s = H + λ·diag H; delta holds the right-hand side.
export function dampGraph(lambda: f64): void {
  memory.copy(s, h, <usize>(blockCount * dimension * dimension) << 3);
  for (let k = 0; k < rowCount * dimension; k++) {
    const diagonal = k * dimension + (k % dimension);
    put(s, diagonal, at(h, diagonal) + lambda * scaleOf(k));
    put(delta, k, -at(g, k));
  }
}

// Sets the trial from the solved step; returns the decrease of χ² that the linear model predicts.
export function moveGraph(lambda: f64): f64 {
  let predicted: f64 = 0;
  for (let k = 0; k < rowCount * dimension; k++) {
    const d = at(delta, k);
    predicted += d * (lambda * scaleOf(k) * d - at(g, k));
  }
  memory.copy(newNodes, nodes, <usize>(stride * nodeCount) << 3);
  for (let node = 0; node < nodeCount; node++) {
    const blockRow = int(row, node);
    if (blockRow < 0) continue;
    const step = delta + (<usize>(blockRow * dimension) << 3);
    const present = nodeAt(nodes, node);
    const out = nodeAt(newNodes, node);
    if (dimension == SE2) retractSe2(present, step, out);
    else if (dimension == SE3) retractSe3(present, step, out);
    else retractSim3(present, step, out);
  }
  return predicted;
}
