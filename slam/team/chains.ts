import { adjoint, compose, identity, inverse, type Pose } from '../../base/se3.ts';
import { conjugate } from '../optimize/covariance.ts';
import { DisjointSets } from '../optimize/graph/disjoint-sets.ts';
import type { Arrangement, Link } from './arrangement.ts';
import { type TeamManifold, withinManifold } from './manifold.ts';

/** A radian counts like so many metres where the more certain of two ways is sought. */
const METRES_PER_RADIAN = 2;

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
  /** 36 a node: what was added to its uncertainty since the root, as a left perturbation in the root's frame. */
  private readonly spread: Float64Array;

  constructor({ size, links }: Arrangement, manifold: TeamManifold) {
    const own = links.filter(
      ({ entry }) => isChain(entry.edge.kind) && entry.measured === manifold.dimension,
    );
    const joints = mostCertainTree(size, own);
    this.root = new Int32Array(size).fill(-1);
    this.parent = new Int32Array(size).fill(-1);
    this.depth = new Int32Array(size);
    this.order = new Int32Array(size);
    this.spread = new Float64Array(36 * size);
    const poses: Pose[] = new Array(size);
    let reached = 0;
    for (let start = 0; start < size; start++) {
      if (this.root[start] >= 0) continue;
      poses[start] = identity();
      this.root[start] = start;
      this.order[reached] = start;
      for (let next = reached++; next < reached; next++) {
        const node = this.order[next];
        for (const link of joints[node]) {
          const forwards = link.from === node;
          const child = forwards ? link.to : link.from;
          if (this.root[child] >= 0) continue;
          this.root[child] = start;
          this.parent[child] = node;
          this.depth[child] = this.depth[node] + 1;
          this.order[reached++] = child;
          const { fromFromTo, covariance } = link.entry.edge;
          poses[child] = compose(poses[node], forwards ? fromFromTo : inverse(fromFromTo));
          const moved = poses[forwards ? child : node];
          const added = conjugate(adjoint(moved), withinManifold(covariance, manifold));
          for (let i = 0; i < 36; i++) this.spread[36 * child + i] = this.spread[36 * node + i] + added[i];
        }
      }
    }
    this.rootFromNode = poses;
  }

  /** Adds to `out` the covariance of the way between two nodes of a piece, as a left perturbation in the root's frame. */
  addSpread(a: number, b: number, out: Float64Array): void {
    const { spread } = this;
    const fork = this.fork(a, b);
    for (let i = 0; i < 36; i++)
      out[i] += spread[36 * a + i] + spread[36 * b + i] - 2 * spread[36 * fork + i];
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
