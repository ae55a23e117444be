// Normal equations of bundle adjustment with many cameras: the points are eliminated, what is left is a block-sparse system
// over the cameras (Triggs et al., "Bundle adjustment: a modern synthesis", 2000). One bundle an instance of this module: its
// addresses stay until the next `openSchur`.

import { at, put } from './se3';
import { damp, invertDamped } from './symmetric3';

let dimension: i32 = 0; // of a camera
let padded: i32 = 0; // the same, made even: distance between rows of a Jacobian and columns of a cross block
let pointCount: i32 = 0;
export let observationCount: i32 = 0;
let row: usize = 0; // i32 a camera: block row, −1 where it is held
export let observationCamera: usize = 0;
export let observationPoint: usize = 0;
let pairBlocks: usize = 0; // i32 a pair of observations of one point, in the order `eliminate` meets them: block of the system
let blockCount: i32 = 0;
let rowCount: i32 = 0;
let h: usize = 0; // dimension² a block: the cameras' own normal matrix
let s: usize = 0; // the same: the reduced system
let g: usize = 0; // dimension a block row
let delta: usize = 0;
let pointH: usize = 0; // 6 a point: xx xy xz yy yz zz
let pointG: usize = 0; // 3 a point
let pointInverse: usize = 0; // 6 a point, damped
let w: usize = 0; // 3·padded an observation: camera × point block, by columns

// One observation, for `addObservation`: up to 3 rows.
export const MAX_PADDED: i32 = 10;
export const residual = memory.data(32, 16);
export const byCamera = memory.data(240, 16);
export const byPoint = memory.data(72, 16);

// Doubles are padded by one at the end of h, s, g and delta.
export function openSchur(
  dimensionIn: i32,
  pointCountIn: i32,
  observationCountIn: i32,
  rowAt: usize,
  observationCameraAt: usize,
  observationPointAt: usize,
  pairBlocksAt: usize,
  rowCountIn: i32,
  blockCountIn: i32,
  hAt: usize,
  sAt: usize,
  gAt: usize,
  deltaAt: usize,
  pointHAt: usize,
  pointGAt: usize,
  pointInverseAt: usize,
  wAt: usize,
): void {
  dimension = dimensionIn;
  padded = (dimensionIn + 1) & ~1;
  pointCount = pointCountIn;
  observationCount = observationCountIn;
  row = rowAt;
  observationCamera = observationCameraAt;
  observationPoint = observationPointAt;
  pairBlocks = pairBlocksAt;
  rowCount = rowCountIn;
  blockCount = blockCountIn;
  h = hAt;
  s = sAt;
  g = gAt;
  delta = deltaAt;
  pointH = pointHAt;
  pointG = pointGAt;
  pointInverse = pointInverseAt;
  w = wAt;
}

@inline
export function cameraOf(o: i32): i32 {
  return load<i32>(observationCamera + (<usize>o << 2));
}

@inline
export function pointOf(o: i32): i32 {
  return load<i32>(observationPoint + (<usize>o << 2));
}

// Block row of a camera, −1 where it is held.
@inline
export function rowOf(camera: i32): i32 {
  return load<i32>(row + (<usize>camera << 2));
}

// Address of the step of a block row.
@inline
export function stepOf(blockRow: i32): usize {
  return delta + (<usize>(blockRow * dimension) << 3);
}

@inline
export function blockAt(block: i32): usize {
  return h + (<usize>(block * dimension * dimension) << 3);
}

@inline
export function slopeAt(blockRow: i32): usize {
  return g + (<usize>(blockRow * dimension) << 3);
}

export function clearSystem(): void {
  memory.fill(h, 0, (<usize>(blockCount * dimension * dimension) << 3) + 8);
  memory.fill(g, 0, (<usize>(rowCount * dimension) << 3) + 8);
  memory.fill(pointH, 0, <usize>(48 * pointCount));
  memory.fill(pointG, 0, <usize>(24 * pointCount));
}

// target[0…padded) += scale · source.
@inline
function addScaled(target: usize, source: usize, scale: f64, count: i32): void {
  const factor = f64x2.splat(scale);
  for (let k: usize = 0; k < <usize>count << 3; k += 16) {
    v128.store(target + k, f64x2.add(v128.load(target + k), f64x2.mul(factor, v128.load(source + k))));
  }
}

// Adds an observation whose residual and Jacobians stand in the buffers above; one of no rows counts for nothing.
export function addObservation(o: i32, rows: i32, weight: f64): void {
  const point = pointOf(o);
  const block = pointH + <usize>(48 * point);
  const right = pointG + <usize>(24 * point);
  const cross = w + <usize>(24 * padded) * o;
  memory.fill(cross, 0, <usize>(24 * padded));
  const blockRow = rowOf(cameraOf(o));
  for (let r = 0; r < rows; r++) {
    const error = at(residual, r);
    const a = at(byPoint, 3 * r);
    const b = at(byPoint, 3 * r + 1);
    const c = at(byPoint, 3 * r + 2);
    const wa = weight * a;
    const wb = weight * b;
    const wc = weight * c;
    put(block, 0, at(block, 0) + wa * a);
    put(block, 1, at(block, 1) + wa * b);
    put(block, 2, at(block, 2) + wa * c);
    put(block, 3, at(block, 3) + wb * b);
    put(block, 4, at(block, 4) + wb * c);
    put(block, 5, at(block, 5) + wc * c);
    put(right, 0, at(right, 0) + wa * error);
    put(right, 1, at(right, 1) + wb * error);
    put(right, 2, at(right, 2) + wc * error);
    if (blockRow < 0) continue;
    const line = byCamera + <usize>(8 * padded * r);
    let target = blockAt(blockRow);
    for (let i = 0; i < dimension; i++) {
      addScaled(target, line, weight * at(line, i), padded);
      target += <usize>dimension << 3;
    }
    addScaled(slopeAt(blockRow), line, weight * error, padded);
    addScaled(cross, line, wa, padded);
    addScaled(cross + <usize>(8 * padded), line, wb, padded);
    addScaled(cross + <usize>(16 * padded), line, wc, padded);
  }
}

// s · delta = −(g − W V⁻¹ g_points), s = H + λ diag(H) − W V⁻¹ Wᵀ; delta holds the right-hand side.
export function reduceSystem(lambda: f64): void {
  const blockBytes = <usize>(dimension * dimension) << 3;
  memory.copy(s, h, <usize>blockCount * blockBytes + 8);
  for (let i = 0; i < rowCount; i++) {
    const block = s + <usize>i * blockBytes;
    for (let r = 0; r < dimension; r++) put(block, r * (dimension + 1), damp(at(block, r * (dimension + 1)), lambda));
  }
  for (let i = 0; i < rowCount * dimension; i++) put(delta, i, -at(g, i));
  let pair = pairBlocks;
  let begin = 0;
  while (begin < observationCount) {
    const point = pointOf(begin);
    let end = begin + 1;
    while (end < observationCount && pointOf(end) == point) end++;
    invertDamped(pointH + <usize>(48 * point), lambda, pointInverse + <usize>(48 * point));
    for (let a = begin; a < end; a++) pair = eliminate(a, begin, end, point, pair);
    begin = end;
  }
}

const y = memory.data(240, 16);

@inline
function combine(block: usize, p: f64, q: f64, r: f64, out: usize): void {
  const sp = f64x2.splat(p);
  const sq = f64x2.splat(q);
  const sr = f64x2.splat(r);
  const column = <usize>padded << 3;
  for (let k: usize = 0; k < column; k += 16) {
    const value = f64x2.add(
      f64x2.add(f64x2.mul(sp, v128.load(block + k)), f64x2.mul(sq, v128.load(block + column + k))),
      f64x2.mul(sr, v128.load(block + 2 * column + k)),
    );
    v128.store(out + k, value);
  }
}

// Takes from the reduced system what observation `a` shares through its point with those of cameras up to its own.
@inline
function eliminate(a: i32, begin: i32, end: i32, point: i32, pair: usize): usize {
  const blockRow = rowOf(cameraOf(a));
  if (blockRow < 0) return pair;
  const bytes = <usize>(24 * padded);
  const column = <usize>padded << 3;
  const block = w + bytes * a;
  const v = pointInverse + <usize>(48 * point);
  combine(block, at(v, 0), at(v, 1), at(v, 2), y);
  combine(block, at(v, 1), at(v, 3), at(v, 4), y + column);
  combine(block, at(v, 2), at(v, 4), at(v, 5), y + 2 * column);
  const right = pointG + <usize>(24 * point);
  const target = stepOf(blockRow);
  for (let k: usize = 0; k < column; k += 16) {
    const sum = f64x2.add(
      f64x2.add(
        f64x2.mul(v128.load(y + k), v128.load64_splat(right)),
        f64x2.mul(v128.load(y + column + k), v128.load64_splat(right, 8)),
      ),
      f64x2.mul(v128.load(y + 2 * column + k), v128.load64_splat(right, 16)),
    );
    v128.store(target + k, f64x2.add(v128.load(target + k), sum));
  }
  for (let b = begin; b < end; b++) {
    const other = rowOf(cameraOf(b));
    if (other < 0 || other > blockRow) continue;
    subtractOuter(s + (<usize>(load<i32>(pair) * dimension * dimension) << 3), w + bytes * b);
    pair += 4;
  }
  return pair;
}

// block −= Y · Wᵀ; the padding of W is zero, so what runs over the end of a row changes nothing.
@inline
function subtractOuter(block: usize, partner: usize): void {
  if (dimension == 9) subtractOuter9(block, partner);
  else subtractOuter6(block, partner);
}

@inline
function subtractAt(target: usize, y0: v128, y1: v128, y2: v128, p0: v128, p1: v128, p2: v128): void {
  const sum = f64x2.add(f64x2.add(f64x2.mul(y0, p0), f64x2.mul(y1, p1)), f64x2.mul(y2, p2));
  v128.store(target, f64x2.sub(v128.load(target), sum));
}

function subtractOuter9(block: usize, partner: usize): void {
  for (let k: usize = 0; k < 80; k += 16) {
    const p0 = v128.load(partner + k);
    const p1 = v128.load(partner + k, 80);
    const p2 = v128.load(partner + k, 160);
    let target = block + k;
    for (let r: usize = 0; r < 72; r += 8, target += 72) {
      const entry = y + r;
      subtractAt(target, v128.load64_splat(entry), v128.load64_splat(entry, 80), v128.load64_splat(entry, 160), p0, p1, p2);
    }
  }
}

function subtractOuter6(block: usize, partner: usize): void {
  for (let k: usize = 0; k < 48; k += 16) {
    const p0 = v128.load(partner + k);
    const p1 = v128.load(partner + k, 48);
    const p2 = v128.load(partner + k, 96);
    let target = block + k;
    for (let r: usize = 0; r < 48; r += 8, target += 48) {
      const entry = y + r;
      subtractAt(target, v128.load64_splat(entry), v128.load64_splat(entry, 48), v128.load64_splat(entry, 96), p0, p1, p2);
    }
  }
}

// The points' steps given the cameras', onto `points`, written to `newPoints`; returns the decrease of ½Σr² that the linear
// model predicts for the whole step.
export function movePoints(lambda: f64, points: usize, newPoints: usize): f64 {
  let predicted: f64 = 0;
  for (let i = 0; i < rowCount; i++) {
    const block = blockAt(i);
    for (let r = 0; r < dimension; r++) {
      const k = i * dimension + r;
      predicted += modelled(at(delta, k), at(block, r * (dimension + 1)), at(g, k), lambda);
    }
  }
  memory.copy(newPoints, points, <usize>(24 * pointCount));
  const column = <usize>padded << 3;
  let o = 0;
  while (o < observationCount) {
    const point = pointOf(o);
    const right = pointG + <usize>(24 * point);
    let bx = -at(right, 0);
    let by = -at(right, 1);
    let bz = -at(right, 2);
    for (; o < observationCount && pointOf(o) == point; o++) {
      const blockRow = rowOf(cameraOf(o));
      if (blockRow < 0) continue;
      const step = stepOf(blockRow);
      const cross = w + <usize>(24 * padded) * o;
      for (let r = 0; r < dimension; r++) {
        const d = at(step, r);
        bx -= at(cross, r) * d;
        by -= at(cross + column, r) * d;
        bz -= at(cross + 2 * column, r) * d;
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
    predicted += modelled(dx, at(block, 0), at(right, 0), lambda);
    predicted += modelled(dy, at(block, 3), at(right, 1), lambda);
    predicted += modelled(dz, at(block, 5), at(right, 2), lambda);
  }
  return predicted;
}

@inline
function modelled(step: f64, diagonal: f64, slope: f64, lambda: f64): f64 {
  return 0.5 * step * ((damp(diagonal, lambda) - diagonal) * step - slope);
}
