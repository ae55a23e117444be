import type { Corners } from './fast.ts';

/**
 * Choosing corners that cover the image evenly: per-cell thresholds, then a quadtree that keeps the strongest corner of
 * each leaf (after ORB-SLAM2's extractor).
 */

const CELL = 32;

/** Keeps corners of at least `high`, or, in cells that have none such, all of them. Returns indices into `corners`. */
export function keepByCell(corners: Corners, width: number, height: number, high: number): Int32Array {
  const columns = Math.ceil(width / CELL);
  const strong = new Uint8Array(columns * Math.ceil(height / CELL));
  const cellOf = (i: number) => Math.floor(corners.y[i] / CELL) * columns + Math.floor(corners.x[i] / CELL);
  for (let i = 0; i < corners.count; i++) if (corners.score[i] >= high) strong[cellOf(i)] = 1;
  const kept: number[] = [];
  for (let i = 0; i < corners.count; i++) if (corners.score[i] >= high || !strong[cellOf(i)]) kept.push(i);
  return Int32Array.from(kept);
}

interface Node {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly items: number[];
}

/** About `wanted` of the corners, spread over the image; by rising index. */
export function spreadEvenly(
  corners: Corners,
  kept: Int32Array,
  width: number,
  height: number,
  wanted: number,
): number[] {
  if (kept.length <= wanted) return [...kept];
  let leaves = roots(corners, kept, width, height);
  while (leaves.length < wanted) {
    const divisible = leaves.filter((node) => node.items.length > 1 && node.width > 1);
    if (divisible.length === 0) break;
    // The fullest first, so that the last round stops where it matters least.
    divisible.sort((a, b) => b.items.length - a.items.length || a.y - b.y || a.x - b.x);
    const next = new Set(leaves);
    for (const node of divisible) {
      next.delete(node);
      for (const child of divide(corners, node)) next.add(child);
      if (next.size >= wanted) break;
    }
    leaves = [...next];
  }
  const best = leaves.map(({ items }) =>
    items.reduce((a, b) => (corners.score[b] > corners.score[a] ? b : a)),
  );
  return best.sort((a, b) => a - b);
}

function roots(corners: Corners, kept: Int32Array, width: number, height: number): Node[] {
  const count = Math.max(1, Math.round(width / height));
  const each = width / count;
  const nodes: Node[] = Array.from({ length: count }, (_, i) => ({
    x: i * each,
    y: 0,
    width: each,
    height,
    items: [],
  }));
  for (const i of kept) nodes[Math.min(count - 1, Math.floor(corners.x[i] / each))].items.push(i);
  return nodes.filter((node) => node.items.length > 0);
}

function divide(corners: Corners, node: Node): Node[] {
  const width = node.width / 2;
  const height = node.height / 2;
  const children: Node[] = [0, 1, 2, 3].map((i) => ({
    x: node.x + (i & 1) * width,
    y: node.y + (i >> 1) * height,
    width,
    height,
    items: [],
  }));
  for (const i of node.items) {
    const right = corners.x[i] >= node.x + width ? 1 : 0;
    const low = corners.y[i] >= node.y + height ? 2 : 0;
    children[right + low].items.push(i);
  }
  return children.filter((child) => child.items.length > 0);
}
