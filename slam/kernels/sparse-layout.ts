import type { BlockPattern } from '../optimize/sparse/analysis.ts';
import type { Arena } from './arena.ts';

/** Room for the pattern, the factor and the work of `solveSparse`. */
export function patternBytes(pattern: BlockPattern, dimension: number): number {
  const { panels, updates } = roomFor(pattern, dimension);
  const integers = listsOf(pattern).reduce((sum, list) => sum + list.length, 0);
  return 8 * (panels + updates) + workBytes(pattern, dimension) + 4 * integers + 1024;
}

/** Lays a pattern out in the arena; the arguments of `solveSparse` before and after the values. */
export function layOutPattern(
  arena: Arena,
  pattern: BlockPattern,
  dimension: number,
): { readonly before: number[]; readonly after: number[] } {
  const { panels, updates } = roomFor(pattern, dimension);
  const [position, ...rest] = listsOf(pattern).map((list) => arena.integers(list, list.length));
  return {
    before: [dimension, pattern.size, position, pattern.first.length - 1, ...rest],
    after: [arena.take(8 * panels), arena.take(8 * updates), arena.take(workBytes(pattern, dimension))],
  };
}

function listsOf(pattern: BlockPattern): Int32Array[] {
  return [
    ...[pattern.position, pattern.first, pattern.belowStart, pattern.below, pattern.children],
    ...[pattern.blockStart, pattern.blocks, pattern.blockRows, pattern.blockColumns],
  ];
}

function workBytes({ size, first }: BlockPattern, dimension: number): number {
  return 8 * (2 * dimension * size + 4) + 12 * (first.length - 1) + 4 * size;
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
