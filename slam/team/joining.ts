import { between, compose, inverse, type Pose } from '../../base/se3.ts';
import { DisjointSets } from '../optimize/graph/disjoint-sets.ts';
import type { Anchor, Arrangement } from './arrangement.ts';
import type { Chains } from './chains.ts';
import type { Hypothesis } from './consistency.ts';
import { TEAM_FRAME } from './solution.ts';

/** Two pieces, by their roots, and what says how they lie to each other. */
export interface Joint {
  readonly a: number;
  readonly b: number;
  readonly best: Hypothesis;
  /** How many measurements agree on it. */
  readonly support: number;
}

/** A pose that an earlier solution left, and the frame it is in. */
export interface Earlier {
  readonly frame: number;
  readonly pose: Pose;
}

/** Pieces by what they hang together with, and where to begin. */
export interface Layout {
  /** The lowest root of each node's component. */
  readonly component: Int32Array;
  /** Of each component, by its lowest root: the robot whose map frame it has, or `TEAM_FRAME`. */
  readonly frames: ReadonlyMap<number, number>;
  /** Where each node is thought to be in its component's frame. */
  readonly poses: readonly Pose[];
}

/**
 * Puts pieces that are joined in one frame. From the earlier solution where there is one and nothing speaks against it, else by dead
 * reckoning: from the known starts, or from where the lowest robot's map begins, outwards along the joints of most support.
 * @param moved roots of pieces for which the earlier solution no longer holds
 */
export function layOut(
  arrangement: Arrangement,
  chains: Chains,
  joints: readonly Joint[],
  earlier: (slot: number) => Earlier | undefined,
  moved: ReadonlySet<number>,
): Layout {
  const { size, anchors, nodes } = arrangement;
  const { root } = chains;
  const component = componentsOf(size, chains, anchors, joints);
  const anchored = new Map<number, Anchor>();
  for (const anchor of anchors) {
    if (!anchored.has(root[anchor.slot])) anchored.set(root[anchor.slot], anchor);
  }
  const frames = new Map<number, number>();
  for (const start of anchored.keys()) frames.set(component[start], TEAM_FRAME);
  for (let slot = 0; slot < size; slot++) {
    if (component[slot] === slot && !frames.has(slot)) frames.set(slot, nodes[slot].agent);
  }
  const known = (slot: number): Pose | undefined => {
    const before = moved.has(root[slot]) ? undefined : earlier(slot);
    return before && before.frame === frames.get(component[slot]) ? before.pose : undefined;
  };
  const rooted = new Map<number, Pose>();
  const at = (slot: number): Pose | undefined => {
    const before = known(slot);
    if (before) return before;
    const base = rooted.get(root[slot]);
    return base && compose(base, chains.rootFromNode[slot]);
  };
  for (let slot = 0; slot < size; slot++) {
    if (root[slot] !== slot) continue;
    const anchor = anchored.get(slot);
    const before = known(slot);
    if (before) rooted.set(slot, before);
    else if (anchor)
      rooted.set(slot, compose(anchor.teamFromBody, inverse(chains.rootFromNode[anchor.slot])));
    else if (component[slot] === slot) rooted.set(slot, nodes[slot].worldFromBody);
  }
  spread(joints, chains, rooted, at);
  return { component, frames, poses: posesOf(chains, rooted, known) };
}

function componentsOf(
  size: number,
  { root }: Chains,
  anchors: readonly Anchor[],
  joints: readonly Joint[],
): Int32Array {
  const sets = new DisjointSets(size);
  for (let slot = 0; slot < size; slot++) sets.join(slot, root[slot]);
  for (const { slot } of anchors) sets.join(slot, anchors[0].slot);
  for (const { a, b } of joints) sets.join(a, b);
  return Int32Array.from({ length: size }, (_, slot) => sets.find(slot));
}

/** Gives every root of a component a pose, from those that have one along the joints, those of most support first. */
function spread(
  joints: readonly Joint[],
  { root, rootFromNode }: Chains,
  rooted: Map<number, Pose>,
  at: (slot: number) => Pose | undefined,
): void {
  const ranked = joints.slice().sort((p, q) => q.support - p.support || p.a - q.a || p.b - q.b);
  for (;;) {
    const next = ranked.find(({ a, b }) => rooted.has(a) !== rooted.has(b));
    if (!next) return;
    const { a, b, aFromB } = next.best;
    const nodeAFromNodeB = compose(between(rootFromNode[a], aFromB), rootFromNode[b]);
    if (rooted.has(root[a])) {
      const frameFromB = compose(at(a)!, nodeAFromNodeB);
      rooted.set(root[b], compose(frameFromB, inverse(rootFromNode[b])));
    } else {
      const frameFromA = compose(at(b)!, inverse(nodeAFromNodeB));
      rooted.set(root[a], compose(frameFromA, inverse(rootFromNode[a])));
    }
  }
}

/** New nodes hang on the nearest one before them whose pose is known. */
function posesOf(
  { order, parent, root, rootFromNode }: Chains,
  rooted: ReadonlyMap<number, Pose>,
  known: (slot: number) => Pose | undefined,
): Pose[] {
  const poses: Pose[] = new Array(order.length);
  for (const slot of order) {
    const up = parent[slot];
    poses[slot] =
      known(slot) ??
      (up < 0 ? rooted.get(root[slot])! : compose(poses[up], between(rootFromNode[up], rootFromNode[slot])));
  }
  return poses;
}
