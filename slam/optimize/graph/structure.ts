import type { PoseGraphProblem } from '../pose-graph.ts';
import { analyzeBlocks, type BlockPattern } from '../sparse/analysis.ts';
import { DisjointSets } from './disjoint-sets.ts';

/** Which block of a linear system each node and edge of a graph belongs to. */
export interface GraphStructure {
  /** Block row of each node, −1 where it is held. */
  readonly row: Int32Array;
  /** Off-diagonal block of each edge, counted after the diagonal ones; −1 where an end is held. Its row is the larger one. */
  readonly pair: Int32Array;
  readonly pattern: BlockPattern;
}

export function structureOf(problem: PoseGraphProblem): GraphStructure {
  const { from, to } = problem;
  const row = blockRows(problem);
  const size = row.reduce((count, block) => count + (block >= 0 ? 1 : 0), 0);
  const pair = new Int32Array(from.length).fill(-1);
  const rows: number[] = [];
  const columns: number[] = [];
  const known = new Map<number, number>();
  for (let e = 0; e < from.length; e++) {
    const high = Math.max(row[from[e]], row[to[e]]);
    const low = Math.min(row[from[e]], row[to[e]]);
    if (low < 0 || low === high) continue;
    const key = high * size + low;
    let index = known.get(key);
    if (index === undefined) {
      index = size + rows.length;
      known.set(key, index);
      rows.push(high);
      columns.push(low);
    }
    pair[e] = index;
  }
  return { row, pair, pattern: analyzeBlocks(size, Int32Array.from(rows), Int32Array.from(columns)) };
}

/** Every connected part has a held node: its first, where the problem names none. */
function blockRows({ fixed, from, to }: PoseGraphProblem): Int32Array {
  const parts = new DisjointSets(fixed.length);
  for (let e = 0; e < from.length; e++) parts.join(from[e], to[e]);
  const anchored = new Uint8Array(fixed.length);
  for (let node = 0; node < fixed.length; node++) {
    if (fixed[node]) anchored[parts.find(node)] = 1;
  }
  const row = new Int32Array(fixed.length);
  let next = 0;
  for (let node = 0; node < fixed.length; node++) {
    const anchor = parts.find(node) === node && !anchored[node];
    row[node] = fixed[node] || anchor ? -1 : next++;
  }
  return row;
}
