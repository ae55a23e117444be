// Sparse block Cholesky, multifrontal: every supernode gathers its blocks of the matrix and its children's updates in a
// dense front, factors its columns and hands the rest up. See ../../optimize/sparse/analysis.ts for the pattern.

import { backward, factorPanel, forward, leading, storedColumns, subtractOuterProduct } from './dense-panel';
import { at, put } from './se3';

let dimension: i32 = 0; // of a block
let size: i32 = 0; // block rows
let positions: usize = 0; // of each block row in the factor
let supernodes: i32 = 0;
let first: usize = 0;
let belowStart: usize = 0;
let below: usize = 0;
let children: usize = 0;
let blockStart: usize = 0;
let blocks: usize = 0;
let blockRows: usize = 0;
let blockColumns: usize = 0;
let values: usize = 0;

// Work space.
let panelAt: usize = 0; // u32 a supernode: address of its columns of the factor
let open: usize = 0; // i32 a supernode: a stack of those whose update waits
let openAt: usize = 0; // u32 a supernode: where those updates are
let local: usize = 0; // i32 a block row: its row in the present front
let permuted: usize = 0; // dimension·size
let scratch: usize = 0; // as many, and four to spare

@inline
function int(array: usize, index: i32): i32 {
  return load<i32>(array + (<usize>index << 2));
}

@inline
function set(array: usize, index: i32, value: i32): void {
  store<i32>(array + (<usize>index << 2), value);
}

// Solves A X = B for `rightSides` right-hand sides, each dimension·size long, which X replaces. positionAt: where each block
// row stands in the factor. values: the blocks, row-major, diagonal first. panels, updates: room for the factor and for the
// stack of updates. False where A is not positive definite.
export function solveSparse(
  dimensionIn: i32,
  sizeIn: i32,
  positionAt: usize,
  supernodesIn: i32,
  firstAt: usize,
  belowStartAt: usize,
  belowAt: usize,
  childrenAt: usize,
  blockStartAt: usize,
  blocksAt: usize,
  blockRowsAt: usize,
  blockColumnsAt: usize,
  valuesAt: usize,
  panels: usize,
  updates: usize,
  work: usize,
  rightSides: i32,
  x: usize,
): bool {
  dimension = dimensionIn;
  size = sizeIn;
  positions = positionAt;
  supernodes = supernodesIn;
  first = firstAt;
  belowStart = belowStartAt;
  below = belowAt;
  children = childrenAt;
  blockStart = blockStartAt;
  blocks = blocksAt;
  blockRows = blockRowsAt;
  blockColumns = blockColumnsAt;
  values = valuesAt;
  permuted = work;
  scratch = permuted + (<usize>(dimension * size) << 3);
  panelAt = scratch + (<usize>(dimension * size + 4) << 3);
  open = panelAt + (<usize>supernodes << 2);
  openAt = open + (<usize>supernodes << 2);
  local = openAt + (<usize>supernodes << 2);
  if (!factor(panels, updates)) return false;
  const length = <usize>(dimension * size) << 3;
  for (let k = 0; k < rightSides; k++) solveFactored(x + <usize>k * length);
  return true;
}

function factor(panels: usize, updates: usize): bool {
  let waiting = 0;
  let top = updates;
  for (let s = 0; s < supernodes; s++) {
    const columns = dimension * (int(first, s + 1) - int(first, s));
    const rest = dimension * (int(belowStart, s + 1) - int(belowStart, s));
    const rows = columns + rest;
    const panelBytes = (<usize>leading(rows) * storedColumns(columns)) << 3;
    const updateBytes = rest > 0 ? (<usize>leading(rest) * storedColumns(rest)) << 3 : 0;
    store<u32>(panelAt + (<usize>s << 2), <u32>panels);
    memory.fill(panels, 0, panelBytes);
    memory.fill(top, 0, updateBytes);
    numberRows(s);
    addBlocks(s, panels, rows);
    const begin = waiting - int(children, s);
    for (let k = begin; k < waiting; k++) {
      extendAdd(int(open, k), <usize>load<u32>(openAt + (<usize>k << 2)), panels, columns, rows, top);
    }
    if (!factorPanel(panels, rows, columns)) return false;
    const bottom = begin < waiting ? <usize>load<u32>(openAt + (<usize>begin << 2)) : top;
    waiting = begin;
    if (rest > 0) {
      subtractOuterProduct(top, panels, rows, columns);
      if (bottom != top) memory.copy(bottom, top, updateBytes);
      set(open, waiting, s);
      store<u32>(openAt + (<usize>waiting << 2), <u32>bottom);
      waiting++;
    }
    top = bottom + updateBytes;
    panels += panelBytes;
  }
  return true;
}

function numberRows(s: i32): void {
  let next = 0;
  for (let column = int(first, s); column < int(first, s + 1); column++) set(local, column, next++);
  for (let k = int(belowStart, s); k < int(belowStart, s + 1); k++) set(local, int(below, k), next++);
}

function addBlocks(s: i32, panel: usize, rows: i32): void {
  const d = dimension;
  const stride = <usize>leading(rows) << 3;
  for (let k = int(blockStart, s); k < int(blockStart, s + 1); k++) {
    const index = int(blocks, k);
    const transposed = index < 0;
    const block = values + (<usize>((transposed ? ~index : index) * d * d) << 3);
    const byRow = transposed ? 1 : d;
    const byColumn = transposed ? d : 1;
    let target =
      panel + <usize>(d * int(local, int(blockColumns, k))) * stride + (<usize>(d * int(local, int(blockRows, k))) << 3);
    for (let c = 0; c < d; c++, target += stride) {
      for (let r = 0; r < d; r++) put(target, r, at(block, r * byRow + c * byColumn));
    }
  }
}

// Adds a child's update to the front, whose own columns are in `panel` and the rest in `update`.
function extendAdd(child: i32, source: usize, panel: usize, columns: i32, rows: i32, update: usize): void {
  const d = dimension;
  const begin = int(belowStart, child);
  const count = int(belowStart, child + 1) - begin;
  const rowsOfChild = below + (<usize>begin << 2);
  const sourceStride = <usize>leading(d * count) << 3;
  const panelStride = <usize>leading(rows) << 3;
  const updateStride = <usize>leading(rows - columns) << 3;
  for (let b = 0; b < count; b++) {
    const column = d * int(local, int(rowsOfChild, b));
    const own = column < columns;
    const stride = own ? panelStride : updateStride;
    let target = own
      ? panel + <usize>column * panelStride
      : update + <usize>(column - columns) * updateStride - (<usize>columns << 3);
    for (let c = 0; c < d; c++, target += stride, source += sourceStride) {
      for (let a = b; a < count; a++) {
        const to = target + (<usize>(d * int(local, int(rowsOfChild, a))) << 3);
        const from = source + (<usize>(d * a) << 3);
        let r = 0;
        for (; r + 2 <= d; r += 2) {
          const offset = <usize>r << 3;
          v128.store(to + offset, f64x2.add(v128.load(to + offset), v128.load(from + offset)));
        }
        if (r < d) put(to, r, at(to, r) + at(from, r));
      }
    }
  }
}

// The same for one right-hand side more, over the factor of the last `solveSparse`, while that still lies where it was made.
export function solveFactored(x: usize): void {
  const bytes = <usize>dimension << 3;
  for (let i = 0; i < size; i++) {
    memory.copy(permuted + <usize>int(positions, i) * bytes, x + <usize>i * bytes, bytes);
  }
  for (let s = 0; s < supernodes; s++) {
    const columns = gather(s);
    const count = int(belowStart, s + 1) - int(belowStart, s);
    memory.fill(scratch + (<usize>columns << 3), 0, <usize>count * bytes);
    forward(<usize>load<u32>(panelAt + (<usize>s << 2)), columns + count * dimension, columns, scratch);
    memory.copy(permuted + <usize>int(first, s) * bytes, scratch, <usize>columns << 3);
    for (let k = 0; k < count; k++) {
      const target = permuted + <usize>int(below, int(belowStart, s) + k) * bytes;
      const from = scratch + (<usize>columns << 3) + <usize>k * bytes;
      for (let r = 0; r < dimension; r++) put(target, r, at(target, r) + at(from, r));
    }
  }
  for (let s = supernodes - 1; s >= 0; s--) {
    const columns = gather(s);
    const count = int(belowStart, s + 1) - int(belowStart, s);
    for (let k = 0; k < count; k++) {
      const from = permuted + <usize>int(below, int(belowStart, s) + k) * bytes;
      memory.copy(scratch + (<usize>columns << 3) + <usize>k * bytes, from, bytes);
    }
    backward(<usize>load<u32>(panelAt + (<usize>s << 2)), columns + count * dimension, columns, scratch);
    memory.copy(permuted + <usize>int(first, s) * bytes, scratch, <usize>columns << 3);
  }
  for (let i = 0; i < size; i++) {
    memory.copy(x + <usize>i * bytes, permuted + <usize>int(positions, i) * bytes, bytes);
  }
}

// Copies a supernode's own part of the permuted vector to the scratch; returns its length.
function gather(s: i32): i32 {
  const columns = dimension * (int(first, s + 1) - int(first, s));
  memory.copy(scratch, permuted + (<usize>(dimension * int(first, s)) << 3), <usize>columns << 3);
  return columns;
}
