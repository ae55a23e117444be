import type { BlockPattern } from '../optimize/sparse/analysis.ts';
import type { Arena, KernelExports } from './arena.ts';

/** Sparse linear algebra over blocks of one size. */
export interface SparseKernels {
  /**
   * Solves `A X = B` by Cholesky factorisation.
   * @param dimension rows of a block
   * @param values the blocks of A, row-major: those on the diagonal by block row, then those `pattern` lists
   * @param rightSides `dimension·pattern.size` a right-hand side, one after another; the solution replaces them
   * @returns false where A is not positive definite; `rightSides` is then unchanged
   */
  solve(pattern: BlockPattern, dimension: number, values: Float64Array, rightSides: Float64Array): boolean;
}

export class WasmSparseKernels implements SparseKernels {
  private readonly run: KernelExports;
  private readonly arena: Arena;

  constructor(run: KernelExports, arena: Arena) {
    this.run = run;
    this.arena = arena;
  }

  solve(pattern: BlockPattern, dimension: number, values: Float64Array, rightSides: Float64Array): boolean {
    const { arena } = this;
    const length = dimension * pattern.size;
    if (length === 0) return true;
    const { panels, updates } = roomFor(pattern, dimension);
    const supernodes = pattern.first.length - 1;
    const work = 8 * (2 * length + 4) + 12 * supernodes + 4 * pattern.size;
    const lists = [
      ...[pattern.position, pattern.first, pattern.belowStart, pattern.below, pattern.children],
      ...[pattern.blockStart, pattern.blocks, pattern.blockRows, pattern.blockColumns],
    ];
    const integers = lists.reduce((sum, list) => sum + list.length, 0);
    arena.reset(8 * (panels + updates + values.length + rightSides.length) + work + 4 * integers + 1024);
    const [position, ...rest] = lists.map((list) => arena.integers(list, list.length));
    const valuesAt = arena.doubles(values, values.length);
    const x = arena.doubles(rightSides, rightSides.length);
    const solved = this.run.solveSparse(
      ...[dimension, pattern.size, position, supernodes, ...rest, valuesAt],
      ...[arena.take(8 * panels), arena.take(8 * updates), arena.take(work), rightSides.length / length, x],
    );
    if (solved) rightSides.set(arena.readDoubles(x, rightSides.length));
    return solved !== 0;
  }
}

/** Doubles that the factor and the stack of updates take; the twin of how assembly/multifrontal.ts lays them out. */
function roomFor(pattern: BlockPattern, dimension: number): { panels: number; updates: number } {
  const room = (rows: number, columns: number) => ((rows + 4) & ~1) * ((columns + 3) & ~3);
  const { first, belowStart, children } = pattern;
  const waiting: number[] = [];
  let [panels, updates, stacked] = [0, 0, 0];
  for (let s = 0; s + 1 < first.length; s++) {
    const columns = dimension * (first[s + 1] - first[s]);
    const below = dimension * (belowStart[s + 1] - belowStart[s]);
    panels += room(columns + below, columns);
    const update = below > 0 ? room(below, below) : 0;
    updates = Math.max(updates, stacked + update);
    for (let k = 0; k < children[s]; k++) stacked -= waiting.pop()!;
    if (below > 0) waiting.push(update);
    stacked += update;
  }
  return { panels, updates };
}
