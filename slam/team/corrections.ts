import { interpolate, type Pose } from '../../base/se3.ts';
import { visualMotion } from '../loops/drift.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { SlamMap } from '../map/slam-map.ts';

/** What takes the world near each keyframe from how it was to how it is to be: `newWorldFromOldWorld`. */
export type Corrections = ReadonlyMap<Keyframe, Pose>;

/** Distance at which a turn counts as a way, metres. */
const SCENE = 2;

interface Below {
  readonly correction: Pose;
  /** Metres along the tree down to where it was given. */
  readonly way: number;
}

/**
 * Every keyframe of a tree that some correction is given in: its own, else in proportion to the way along the spanning tree between
 * the nearest given above and the nearest given below it, else that of whichever of the two there is. What hangs on one that is not
 * framed goes along with it.
 */
export function spreadCorrections(map: SlamMap, given: Corrections): Corrections {
  const all = new Map<Keyframe, Pose>();
  for (const root of map.keyframes()) {
    if (root.parent) continue;
    const order = topDown(root);
    const below = nearestBelow(order, given);
    for (const keyframe of order) {
      const correction = given.get(keyframe) ?? between(keyframe, all, below);
      if (correction) all.set(keyframe, correction);
    }
  }
  return all;
}

function between(keyframe: Keyframe, all: Corrections, below: Map<Keyframe, Below>): Pose | undefined {
  const under = below.get(keyframe);
  const above = keyframe.parent ? all.get(keyframe.parent) : undefined;
  if (!under || !above) return above ?? under?.correction;
  const step = wayFromParent(keyframe);
  const whole = step + under.way;
  return whole > 0 ? interpolate(above, under.correction, step / whole) : above;
}

function topDown(root: Keyframe): Keyframe[] {
  const order = [root];
  for (const keyframe of order) order.push(...keyframe.children);
  return order;
}

function nearestBelow(order: readonly Keyframe[], given: Corrections): Map<Keyframe, Below> {
  const below = new Map<Keyframe, Below>();
  for (let i = order.length - 1; i >= 0; i--) {
    const keyframe = order[i];
    const correction = given.get(keyframe);
    if (correction) below.set(keyframe, { correction, way: 0 });
    const nearest = below.get(keyframe);
    const { parent } = keyframe;
    if (!nearest || !parent) continue;
    const way = nearest.way + wayFromParent(keyframe);
    const known = below.get(parent);
    if (!known || way <= known.way) below.set(parent, { correction: nearest.correction, way });
  }
  return below;
}

function wayFromParent(keyframe: Keyframe): number {
  return visualMotion(keyframe.parent!.worldFromBody, keyframe.worldFromBody, SCENE);
}
