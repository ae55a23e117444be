import { adjoint, compose, identity, inverse, type Pose } from '../../base/se3.ts';
import { conjugate } from '../optimize/covariance.ts';
import { DisjointSets } from '../optimize/graph/disjoint-sets.ts';
import type { Arrangement, Link } from './arrangement.ts';
import type { Entry } from './entries.ts';
import { type TeamManifold, withinManifold } from './manifold.ts';

/** A radian counts like so many metres where the more certain of two ways is sought. */
const METRES_PER_RADIAN = 2;

/** A node's place in its root's frame, reckoned from its parent's. */
interface Reckoning {
  readonly parent: Reckoning | undefined;
  readonly pose: Pose;
  /** 36: what was added to its uncertainty since the root, as a left perturbation in the root's frame. */
  readonly spread: Float64Array;
}

const ROOT: Reckoning = { parent: undefined, pose: identity(), spread: new Float64Array(36) };

/** What an edge was reckoned to last, from where; most of a way is the same at the next solution. */
export type ReckoningMemory = WeakMap<Entry, Reckoning>;

/**
 * Each robot's own trajectory by dead reckoning: wheels and vision alone, along the tree of the most certain edges. What hangs
 * together so is a piece; a robot has one unless its way was broken, and every piece has the frame of its first node, its root.
 */
export class Chains {
  /** The root of each node's piece. */
  readonly root: Int32Array;
  /** Where each node is in its root's frame. */
  readonly rootFromNode: readonly Pose[];
  /** Towards the root; −1 there. */
  readonly parent: Int32Array;
  /** Nodes, parents first. */
  readonly order: Int32Array;
  private readonly depth: Int32Array;
  private readonly reckonings: readonly Reckoning[];

  constructor({ size, links }: Arrangement, manifold: TeamManifold, memory: ReckoningMemory) {
    const own = links.filter(
      ({ entry }) => isChain(entry.edge.kind) && entry.measured === manifold.dimension,
    );
    const joints = mostCertainTree(size, own);
    this.root = new Int32Array(size).fill(-1);
    this.parent = new Int32Array(size).fill(-1);
    this.depth = new Int32Array(size);
    this.order = new Int32Array(size);
    const reckonings: Reckoning[] = new Array(size);
    let reached = 0;
    for (let start = 0; start < size; start++) {
      if (this.root[start] >= 0) continue;
      reckonings[start] = ROOT;
      this.root[start] = start;
      this.order[reached] = start;
      for (let next = reached++; next < reached; next++) {
        const node = this.order[next];
        for (const link of joints[node]) {
          const child = link.from === node ? link.to : link.from;
          if (this.root[child] >= 0) continue;
          this.root[child] = start;
          this.parent[child] = node;
          this.depth[child] = this.depth[node] + 1;
          this.order[reached++] = child;
          reckonings[child] = reckon(reckonings[node], link, link.from === node, manifold, memory);
        }
      }
    }
    this.reckonings = reckonings;
    this.rootFromNode = reckonings.map(({ pose }) => pose);
  }

  /**
   * Adds to `out` the covariance of the way between two nodes of a piece, as a left perturbation in the root's frame.
   * @param doubt how many times as uncertain it is taken to be as its edges say, in variance
   */
  addSpread(a: number, b: number, doubt: number, out: Float64Array): void {
    const { reckonings } = this;
    const toA = reckonings[a].spread;
    const toB = reckonings[b].spread;
    const toFork = reckonings[this.fork(a, b)].spread;
    for (let i = 0; i < 36; i++) out[i] += doubt * (toA[i] + toB[i] - 2 * toFork[i]);
  }

  /** Where the ways of two nodes to the root meet. */
  private fork(a: number, b: number): number {
    const { depth, parent } = this;
    while (a !== b) {
      if (depth[a] >= depth[b]) a = parent[a];
      else b = parent[b];
    }
    return a;
  }
}

function reckon(
  parent: Reckoning,
  { entry }: Link,
  forwards: boolean,
  manifold: TeamManifold,
  memory: ReckoningMemory,
): Reckoning {
  const before = memory.get(entry);
  if (before?.parent === parent) return before;
  const { fromFromTo, covariance } = entry.edge;
  const pose = compose(parent.pose, forwards ? fromFromTo : inverse(fromFromTo));
  const moved = adjoint(forwards ? pose : parent.pose);
  const spread = conjugate(moved, withinManifold(covariance, manifold));
  for (let i = 0; i < 36; i++) spread[i] += parent.spread[i];
  const reckoning = { parent, pose, spread };
  memory.set(entry, reckoning);
  return reckoning;
}

export function isChain(kind: string): boolean {
  return kind === 'wheels' || kind === 'vision';
}

/** The links of each node in the spanning forest of least variance (Kruskal's). */
function mostCertainTree(size: number, links: readonly Link[]): Link[][] {
  const joints: Link[][] = Array.from({ length: size }, () => []);
  const sets = new DisjointSets(size);
  const ranked = links.map((link) => ({ link, variance: varianceOf(link) }));
  ranked.sort((a, b) => a.variance - b.variance);
  for (const { link } of ranked) {
    if (sets.find(link.from) === sets.find(link.to)) continue;
    sets.join(link.from, link.to);
    joints[link.from].push(link);
    joints[link.to].push(link);
  }
  return joints;
}

function varianceOf({ entry }: Link): number {
  const c = entry.edge.covariance;
  const rotation = Number.isFinite(c[21] + c[28]) ? c[21] + c[28] + c[35] : c[35];
  const height = Number.isFinite(c[14]) ? c[14] : 0;
  return c[0] + c[7] + height + METRES_PER_RADIAN * METRES_PER_RADIAN * rotation;
}
