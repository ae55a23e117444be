// A few dense unknowns beside a pose graph's sparse ones: parameters that the measurements of some edges depend on. An edge's
// measurement is its original one moved on its right by derivative · parameters. One border an instance, as the graph is.

import { byFrom, byTo, error } from './edge-buffers';
import { at, put } from './se3';
import { retractSe2 } from './se2-edge';
import { retractSe3 } from './se3-edge';

let columns: i32 = 0; // 0: there is none
let dimension: i32 = 0;
let padded: i32 = 0;
let stride: i32 = 0;
let unknowns: i32 = 0; // of the sparse part
let widest: i32 = 0;
let first: usize = 0; // column of an edge's first parameter, −1 if none
let width: usize = 0; // how many it has
let derivative: usize = 0; // dimension × widest an edge, of the tangent
let original: usize = 0; // measurements as told
let beside: usize = 0; // the sparse rows of the border, a column after another
let corner: usize = 0; // columns²
let slope: usize = 0;

const scaled = memory.data(448, 16); // Ω·derivative of the error, dimension × 8 at most
const step = memory.data(64, 16);

export function openBorder(
  columnsIn: i32,
  dimensionIn: i32,
  strideIn: i32,
  unknownsIn: i32,
  widestIn: i32,
  firstAt: usize,
  widthAt: usize,
  derivativeAt: usize,
  originalAt: usize,
  besideAt: usize,
  cornerAt: usize,
  slopeAt: usize,
): void {
  columns = columnsIn;
  dimension = dimensionIn;
  padded = (dimensionIn + 1) & ~1;
  stride = strideIn;
  unknowns = unknownsIn;
  widest = widestIn;
  first = firstAt;
  width = widthAt;
  derivative = derivativeAt;
  original = originalAt;
  beside = besideAt;
  corner = cornerAt;
  slope = slopeAt;
}

@inline
function int(array: usize, index: i32): i32 {
  return load<i32>(array + (<usize>index << 2));
}

export function clearBorder(): void {
  memory.fill(beside, 0, <usize>(columns * unknowns) << 3);
  memory.fill(corner, 0, <usize>(columns * columns) << 3);
  memory.fill(slope, 0, <usize>columns << 3);
}

// An error falls as its measurement is moved on; of se3 half a rotation is the error.
@inline
function errorBy(e: i32, i: i32, k: i32): f64 {
  const share: f64 = dimension == 6 && i >= 3 ? -0.5 : -1;
  return share * at(derivative, (e * dimension + i) * widest + k);
}

// Adds the edge just differentiated. a, b: block rows of its ends; omega: its information.
export function addToBorder(e: i32, a: i32, b: i32, weight: f64, omega: usize): void {
  if (columns == 0) return;
  const c = int(first, e);
  if (c < 0) return;
  const count = int(width, e);
  for (let k = 0; k < count; k++) {
    let falls: f64 = 0;
    for (let i = 0; i < dimension; i++) {
      let sum: f64 = 0;
      for (let j = 0; j < dimension; j++) sum += at(omega, i * dimension + j) * errorBy(e, j, k);
      put(scaled, 8 * i + k, weight * sum);
      falls += weight * sum * at(error, i);
    }
    put(slope, c + k, at(slope, c + k) + falls);
    addColumn(c + k, k, a, byFrom);
    addColumn(c + k, k, b, byTo);
    for (let j = 0; j < count; j++) {
      let sum: f64 = 0;
      for (let i = 0; i < dimension; i++) sum += errorBy(e, i, j) * at(scaled, 8 * i + k);
      const place = columns * (c + j) + c + k;
      put(corner, place, at(corner, place) + sum);
    }
  }
}

function addColumn(column: i32, k: i32, row: i32, jacobian: usize): void {
  if (row < 0) return;
  const target = beside + (<usize>(column * unknowns + row * dimension) << 3);
  for (let i = 0; i < dimension; i++) {
    let sum: f64 = 0;
    for (let j = 0; j < dimension; j++) sum += at(jacobian, j * padded + i) * at(scaled, 8 * j + k);
    put(target, i, at(target, i) + sum);
  }
}

// Writes the measurements as the parameters have them.
export function calibrateGraph(edges: i32, parameters: usize, out: usize): void {
  for (let e = 0; e < edges; e++) {
    const c = int(first, e);
    if (c < 0) continue;
    const count = int(width, e);
    for (let i = 0; i < dimension; i++) {
      let sum: f64 = 0;
      for (let k = 0; k < count; k++) sum += at(derivative, (e * dimension + i) * widest + k) * at(parameters, c + k);
      put(step, i, sum);
    }
    const offset = <usize>(stride * e) << 3;
    if (dimension == 3) retractSe2(original + offset, step, out + offset);
    else retractSe3(original + offset, step, out + offset);
  }
}
