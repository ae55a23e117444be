import { analyzeBlocks, type BlockPattern } from '../sparse/analysis.ts';

/** What the cameras' system looks like once the points are eliminated. */
export interface SchurPattern {
  readonly pattern: BlockPattern;
  /**
   * For each observation in turn, for each of the same point whose camera's row is not beyond its own: the block the two
   * share. Observations of held cameras have none.
   */
  readonly pairBlocks: Int32Array;
  /** Off-diagonal block of each edge between cameras, −1 where an end is held. */
  readonly edgeBlocks: Int32Array;
}

/**
 * @param row block row of each camera, −1 where it is held
 * @param observationPoint sorted
 * @param edges pairs of cameras that something else joins
 */
export function schurPattern(
  row: Int32Array,
  observationCamera: Int32Array,
  observationPoint: Int32Array,
  edges: { readonly from: Int32Array; readonly to: Int32Array },
): SchurPattern {
  const size = row.reduce((count, block) => count + (block >= 0 ? 1 : 0), 0);
  const known = new Map<number, number>();
  const rows: number[] = [];
  const columns: number[] = [];
  const blockOf = (high: number, low: number): number => {
    if (high === low) return high;
    const key = high * size + low;
    let block = known.get(key);
    if (block === undefined) {
      block = size + rows.length;
      known.set(key, block);
      rows.push(high);
      columns.push(low);
    }
    return block;
  };
  const pairBlocks: number[] = [];
  const count = observationPoint.length;
  for (let begin = 0, end = 0; begin < count; begin = end) {
    while (end < count && observationPoint[end] === observationPoint[begin]) end++;
    for (let a = begin; a < end; a++) {
      const high = row[observationCamera[a]];
      if (high < 0) continue;
      for (let b = begin; b < end; b++) {
        const low = row[observationCamera[b]];
        if (low >= 0 && low <= high) pairBlocks.push(blockOf(high, low));
      }
    }
  }
  const edgeBlocks = edges.from.map((from, e) => {
    const [a, b] = [row[from], row[edges.to[e]]];
    return a < 0 || b < 0 || a === b ? -1 : blockOf(Math.max(a, b), Math.min(a, b));
  });
  return {
    pattern: analyzeBlocks(size, Int32Array.from(rows), Int32Array.from(columns)),
    pairBlocks: Int32Array.from(pairBlocks),
    edgeBlocks,
  };
}
