import type { Corners } from './fast.ts';

interface Node {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly items: number[];
}

/**
 * About `wanted` of the corners, spread over the image by a quadtree that keeps the strongest of each leaf (after
 * ORB-SLAM2's extractor); indices, rising.
 */
export function spreadEvenly(corners: Corners, width: number, height: number, wanted: number): number[] {
  if (corners.count <= wanted) return Array.from({ length: corners.count }, (_, i) => i);
  let leaves = roots(corners, width, height);
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

function roots(corners: Corners, width: number, height: number): Node[] {
  const count = Math.max(1, Math.round(width / height));
  const each = width / count;
  const nodes: Node[] = Array.from({ length: count }, (_, i) => ({
    x: i * each,
    y: 0,
    width: each,
    height,
    items: [],
  }));
  for (let i = 0; i < corners.count; i++) {
    nodes[Math.min(count - 1, Math.floor(corners.x[i] / each))].items.push(i);
  }
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
