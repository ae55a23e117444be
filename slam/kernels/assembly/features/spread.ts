// About `wanted` of the corners, spread over the image by a quadtree that keeps the strongest of each leaf (after ORB-SLAM2's
// extractor); the twin of test/oracle/features/spread.ts.

// A node: x, y, width, height as f64; first and end of its items, whether it is a leaf, as i32.
const NODE: usize = 48;

let corners: usize = 0;
let items: usize = 0;
let sorted: usize = 0;
let nodes: usize = 0;
let nodeCount: i32 = 0;

@inline
function node(i: i32): usize {
  return nodes + <usize>i * NODE;
}

@inline
function itemAt(i: i32): i32 {
  return load<i32>(items + (<usize>i << 2));
}

@inline
function cornerX(item: i32): f64 {
  return <f64>load<i32>(corners + <usize>(12 * item));
}

@inline
function cornerY(item: i32): f64 {
  return <f64>load<i32>(corners + <usize>(12 * item), 4);
}

@inline
function cornerScore(item: i32): i32 {
  return load<i32>(corners + <usize>(12 * item), 8);
}

@inline
function size(n: usize): i32 {
  return load<i32>(n, 36) - load<i32>(n, 32);
}

function addNode(x: f64, y: f64, width: f64, height: f64, first: i32, end: i32): void {
  const n = node(nodeCount++);
  store<f64>(n, x);
  store<f64>(n, y, 8);
  store<f64>(n, width, 16);
  store<f64>(n, height, 24);
  store<i32>(n, first, 32);
  store<i32>(n, end, 36);
  store<i32>(n, 1, 40);
}

// work: see `spreadSpace`.
// chosen: i32 indices of corners, rising. Returns how many.
export function spreadEvenly(
  cornersAt: usize,
  count: i32,
  width: i32,
  height: i32,
  wanted: i32,
  work: usize,
  chosen: usize,
): i32 {
  corners = cornersAt;
  if (count <= wanted) {
    for (let i = 0; i < count; i++) store<i32>(chosen + (<usize>i << 2), i);
    return count;
  }
  items = work;
  sorted = items + (<usize>count << 2);
  nodes = (sorted + (<usize>count << 2) + 15) & ~15;
  nodeCount = 0;
  const queue = nodes + <usize>treeCapacity(width, height, wanted) * NODE;
  let leaves = plantRoots(count, width, height);
  while (leaves < wanted) {
    const divisible = queueDivisible(queue);
    if (divisible == 0) break;
    // The fullest first, so that the last round stops where it matters least.
    if (leaves + 3 * divisible >= wanted) sortQueue(queue, divisible);
    for (let i = 0; i < divisible && leaves < wanted; i++) {
      leaves += divide(load<i32>(queue + (<usize>i << 2))) - 1;
    }
  }
  return keepStrongest(count, chosen);
}

@inline
function rootCount(width: i32, height: i32): i32 {
  return max(1, <i32>Math.floor(<f64>width / <f64>height + 0.5));
}

// Nodes a tree may have in all: each is a leaf or above one, and no leaf has more than 15 above it, since none is narrower than a pixel.
@inline
function treeCapacity(width: i32, height: i32, wanted: i32): i32 {
  return 16 * (max(wanted, rootCount(width, height)) + 8);
}

// Bytes of work space that `spreadEvenly` needs.
export function spreadSpace(count: i32, width: i32, height: i32, wanted: i32): i32 {
  return 8 * count + 52 * treeCapacity(width, height, wanted) + 16;
}

function plantRoots(count: i32, width: i32, height: i32): i32 {
  const roots = rootCount(width, height);
  const each = <f64>width / <f64>roots;
  let first = 0;
  for (let r = 0; r < roots; r++) {
    const begin = first;
    for (let i = 0; i < count; i++) {
      if (min(roots - 1, <i32>Math.floor(cornerX(i) / each)) != r) continue;
      store<i32>(items + (<usize>first << 2), i);
      first++;
    }
    if (first > begin) addNode(<f64>r * each, 0, each, <f64>height, begin, first);
  }
  return nodeCount;
}

function queueDivisible(queue: usize): i32 {
  let count = 0;
  for (let i = 0; i < nodeCount; i++) {
    const n = node(i);
    if (!load<i32>(n, 40) || size(n) < 2 || load<f64>(n, 16) <= 1) continue;
    store<i32>(queue + (<usize>count << 2), i);
    count++;
  }
  return count;
}

function precedes(a: i32, b: i32): bool {
  const p = node(a);
  const q = node(b);
  if (size(p) != size(q)) return size(p) > size(q);
  if (load<f64>(p, 8) != load<f64>(q, 8)) return load<f64>(p, 8) < load<f64>(q, 8);
  return load<f64>(p) < load<f64>(q);
}

// Shell's sort: the order is total, so any sort gives the same.
function sortQueue(queue: usize, count: i32): void {
  for (let gap = count >> 1; gap > 0; gap >>= 1) {
    for (let i = gap; i < count; i++) {
      const held = load<i32>(queue + (<usize>i << 2));
      let j = i;
      for (; j >= gap && precedes(held, load<i32>(queue + (<usize>(j - gap) << 2))); j -= gap) {
        store<i32>(queue + (<usize>j << 2), load<i32>(queue + (<usize>(j - gap) << 2)));
      }
      store<i32>(queue + (<usize>j << 2), held);
    }
  }
}

// Returns the number of quarters that hold anything; they become leaves.
function divide(index: i32): i32 {
  const n = node(index);
  store<i32>(n, 0, 40);
  const x = load<f64>(n);
  const y = load<f64>(n, 8);
  const width = load<f64>(n, 16) / 2;
  const height = load<f64>(n, 24) / 2;
  const begin = load<i32>(n, 32);
  const end = load<i32>(n, 36);
  let first = begin;
  let filled = 0;
  for (let quarter = 0; quarter < 4; quarter++) {
    const start = first;
    for (let i = begin; i < end; i++) {
      const item = itemAt(i);
      const right = cornerX(item) >= x + width ? 1 : 0;
      const low = cornerY(item) >= y + height ? 2 : 0;
      if (right + low != quarter) continue;
      store<i32>(sorted + (<usize>first << 2), item);
      first++;
    }
    if (first == start) continue;
    addNode(x + <f64>(quarter & 1) * width, y + <f64>(quarter >> 1) * height, width, height, start, first);
    filled++;
  }
  memory.copy(items + (<usize>begin << 2), sorted + (<usize>begin << 2), <usize>(end - begin) << 2);
  return filled;
}

function keepStrongest(count: i32, chosen: usize): i32 {
  memory.fill(sorted, 0, <usize>count << 2);
  for (let i = 0; i < nodeCount; i++) {
    const n = node(i);
    if (!load<i32>(n, 40)) continue;
    let best = itemAt(load<i32>(n, 32));
    for (let k = load<i32>(n, 32) + 1; k < load<i32>(n, 36); k++) {
      if (cornerScore(itemAt(k)) > cornerScore(best)) best = itemAt(k);
    }
    store<i32>(sorted + (<usize>best << 2), 1);
  }
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (!load<i32>(sorted + (<usize>i << 2))) continue;
    store<i32>(chosen + (<usize>kept << 2), i);
    kept++;
  }
  return kept;
}
