import { minimumDegree } from './ordering.ts';

/**
 * What the pattern of a symmetric block matrix says about its factor, found once and used for every factorisation: the
 * order of elimination, and supernodes, runs of columns that share their rows below (Duff and Reid's multifrontal method,
 * ACM TOMS 1983; Liu, "The multifrontal method for sparse matrix solution", SIAM Review 1992).
 */
export interface BlockPattern {
  /** Block rows of the matrix. */
  readonly size: number;
  /** Off-diagonal blocks, each pair once: block `size + k` of the values is the one in row `rows[k]`, column `columns[k]`. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** Where in the factor each block row stands. */
  readonly position: Int32Array;
  /** First column of each supernode, and the end of the last; in factor positions, as all that follows. */
  readonly first: Int32Array;
  /** Where each supernode's rows below start in `below`; ascending. */
  readonly belowStart: Int32Array;
  readonly below: Int32Array;
  /** Supernodes that hand their update to this one; in this order they are the last ones that have not been handed up. */
  readonly children: Int32Array;
  /** Where each supernode's blocks of the matrix start in `blocks`. */
  readonly blockStart: Int32Array;
  /** Index of a block; its complement where it is to be transposed. */
  readonly blocks: Int32Array;
  /** Row of each of `blocks`, at or below its column. */
  readonly blockRows: Int32Array;
  readonly blockColumns: Int32Array;
}

/** Supernodes of up to so many columns may merge with a parent at the cost of so large a share of zeros. */
const RELAXED: readonly (readonly [columns: number, zeros: number])[] = [
  [2, 0.6],
  [6, 0.25],
  [16, 0.1],
  [Number.POSITIVE_INFINITY, 0.04],
];

/** @param rows, columns the off-diagonal blocks: each unordered pair at most once, none on the diagonal */
export function analyzeBlocks(size: number, rows: Int32Array, columns: Int32Array): BlockPattern {
  const neighbours: number[][] = Array.from({ length: size }, () => []);
  for (let k = 0; k < rows.length; k++) {
    neighbours[rows[k]].push(columns[k]);
    neighbours[columns[k]].push(rows[k]);
  }
  const position = postordered(neighbours, inverse(minimumDegree(neighbours)));
  const supernodes = merged(fundamental(columnsBelow(neighbours, position)));
  return {
    size,
    rows,
    columns,
    position,
    ...layOut(supernodes),
    ...place(size, rows, columns, position, supernodes),
  };
}

interface Supernode {
  readonly first: number;
  readonly end: number;
  /** Rows below the supernode's own. */
  readonly below: Int32Array;
  /** Blocks in the columns that are zero: what merging cost. */
  readonly zeros: number;
}

function inverse(order: Int32Array): Int32Array {
  const position = new Int32Array(order.length);
  for (let k = 0; k < order.length; k++) position[order[k]] = k;
  return position;
}

/** Renumbers so that every subtree of the elimination tree is contiguous; the fill stays the same. */
function postordered(neighbours: readonly number[][], position: Int32Array): Int32Array {
  const parent = eliminationTree(neighbours, position);
  const n = parent.length;
  const firstChild = new Int32Array(n + 1).fill(-1);
  const nextSibling = new Int32Array(n).fill(-1);
  for (let k = n - 1; k >= 0; k--) {
    const above = parent[k] < 0 ? n : parent[k];
    nextSibling[k] = firstChild[above];
    firstChild[above] = k;
  }
  const renumbered = new Int32Array(n);
  let done = 0;
  const open: number[] = [];
  for (let root = firstChild[n]; root >= 0; root = nextSibling[root]) {
    open.push(root);
    while (open.length > 0) {
      const node = open[open.length - 1];
      const child = firstChild[node];
      if (child >= 0) {
        firstChild[node] = nextSibling[child];
        open.push(child);
      } else {
        renumbered[node] = done++;
        open.pop();
      }
    }
  }
  return position.map((k) => renumbered[k]);
}

/** Parent of each column, −1 at a root: Liu's algorithm with compressed paths. */
function eliminationTree(neighbours: readonly number[][], position: Int32Array): Int32Array {
  const n = position.length;
  const order = inverse(position);
  const parent = new Int32Array(n).fill(-1);
  const ancestor = new Int32Array(n).fill(-1);
  for (let column = 0; column < n; column++) {
    for (const other of neighbours[order[column]]) {
      for (let k = position[other]; k >= 0 && k < column; ) {
        const next = ancestor[k];
        ancestor[k] = column;
        if (next < 0) parent[k] = column;
        k = next;
      }
    }
  }
  return parent;
}

/** Rows below the diagonal of each column of the factor, ascending. */
function columnsBelow(neighbours: readonly number[][], position: Int32Array): Int32Array[] {
  const n = position.length;
  const order = inverse(position);
  const below: Int32Array[] = new Array(n);
  const children: number[][] = Array.from({ length: n }, () => []);
  const mark = new Int32Array(n).fill(-1);
  const found = new Int32Array(n);
  for (let column = 0; column < n; column++) {
    let count = 0;
    mark[column] = column;
    for (const other of neighbours[order[column]]) {
      const row = position[other];
      if (row < column || mark[row] === column) continue;
      mark[row] = column;
      found[count++] = row;
    }
    for (const child of children[column]) {
      for (const row of below[child]) {
        if (mark[row] === column) continue;
        mark[row] = column;
        found[count++] = row;
      }
    }
    below[column] = found.slice(0, count).sort();
    if (count > 0) children[below[column][0]].push(column);
  }
  return below;
}

/** Columns joined where one's rows are the next one and its rows. */
function fundamental(below: readonly Int32Array[]): Supernode[] {
  const supernodes: Supernode[] = [];
  for (let first = 0; first < below.length; ) {
    let end = first + 1;
    while (end < below.length && below[end - 1][0] === end && below[end - 1].length === below[end].length + 1)
      end++;
    supernodes.push({ first, end, below: below[end - 1], zeros: 0 });
    first = end;
  }
  return supernodes;
}

/** Joins a supernode to the parent right behind it where few zeros are the price of larger dense blocks. */
function merged(supernodes: readonly Supernode[]): Supernode[] {
  const out: Supernode[] = [];
  for (let parent of supernodes) {
    for (let child = out.at(-1); child !== undefined && child.end === parent.first; child = out.at(-1)) {
      if (!(child.below[0] < parent.end)) break;
      const joined = join(child, parent);
      const width = joined.end - joined.first;
      const share = joined.zeros / blocksOf(width, joined.below.length);
      if (share > RELAXED.find(([columns]) => width <= columns)![1]) break;
      out.pop();
      parent = joined;
    }
    out.push(parent);
  }
  return out;
}

function join(child: Supernode, parent: Supernode): Supernode {
  const width = parent.end - child.first;
  const kept =
    blocksOf(child.end - child.first, child.below.length) -
    child.zeros +
    blocksOf(parent.end - parent.first, parent.below.length) -
    parent.zeros;
  return {
    first: child.first,
    end: parent.end,
    below: parent.below,
    zeros: blocksOf(width, parent.below.length) - kept,
  };
}

/** Blocks on and under the diagonal of a supernode. */
function blocksOf(width: number, below: number): number {
  return (width * (width + 1)) / 2 + width * below;
}

function layOut(supernodes: readonly Supernode[]) {
  const count = supernodes.length;
  const first = new Int32Array(count + 1);
  const belowStart = new Int32Array(count + 1);
  const children = new Int32Array(count);
  const of = supernodeOfColumn(supernodes);
  supernodes.forEach((supernode, s) => {
    first[s] = supernode.first;
    first[s + 1] = supernode.end;
    belowStart[s + 1] = belowStart[s] + supernode.below.length;
    if (supernode.below.length > 0) children[of[supernode.below[0]]]++;
  });
  const below = new Int32Array(belowStart[count]);
  supernodes.forEach((supernode, s) => {
    below.set(supernode.below, belowStart[s]);
  });
  return { first, belowStart, below, children };
}

function supernodeOfColumn(supernodes: readonly Supernode[]): Int32Array {
  const of = new Int32Array(supernodes.at(-1)?.end ?? 0);
  supernodes.forEach(({ first, end }, s) => {
    of.fill(s, first, end);
  });
  return of;
}

/** The matrix's own blocks, by the supernode whose columns they are in. */
function place(
  size: number,
  rows: Int32Array,
  columns: Int32Array,
  position: Int32Array,
  supernodes: readonly Supernode[],
) {
  const of = supernodeOfColumn(supernodes);
  const count = size + rows.length;
  const lower = (k: number) =>
    k < size ? position[k] : Math.max(position[rows[k - size]], position[columns[k - size]]);
  const upper = (k: number) =>
    k < size ? position[k] : Math.min(position[rows[k - size]], position[columns[k - size]]);
  const blockStart = new Int32Array(supernodes.length + 1);
  for (let k = 0; k < count; k++) blockStart[of[upper(k)] + 1]++;
  for (let s = 0; s < supernodes.length; s++) blockStart[s + 1] += blockStart[s];
  const next = blockStart.slice();
  const blocks = new Int32Array(count);
  const blockRows = new Int32Array(count);
  const blockColumns = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    const at = next[of[upper(k)]]++;
    const transposed = k >= size && position[rows[k - size]] < position[columns[k - size]];
    blocks[at] = transposed ? ~k : k;
    blockRows[at] = lower(k);
    blockColumns[at] = upper(k);
  }
  return { blockStart, blocks, blockRows, blockColumns };
}
