import { angleBetween, distance, type Pose } from '../../base/se3.ts';
import type { Keyframe } from '../map/keyframe.ts';

/** Median distance of the points a keyframe sees, metres. */
export function sceneDistance(keyframe: Keyframe): number {
  const distances: number[] = [];
  for (const point of keyframe.points) if (point) distances.push(keyframe.distanceTo(point));
  return distances.length === 0 ? 1 : distances.sort((a, b) => a - b)[distances.length >> 1];
}

/** How far what a camera sees moves between two poses of its body: the way, and the turn at the distance of the scene, metres. */
export function visualMotion(a: Pose, b: Pose, scene: number): number {
  return distance(a, b) + angleBetween(a, b) * scene;
}

/** Visual motion along the spanning tree from one keyframe to another: what drift has had time to gather in, metres. */
export function motionAlongTree(a: Keyframe, b: Keyframe): number {
  const fromA = climb(a);
  const fromB = climb(b);
  for (const [keyframe, motion] of fromA) {
    const rest = fromB.get(keyframe);
    if (rest !== undefined) return motion + rest;
  }
  return Number.POSITIVE_INFINITY;
}

/** Each keyframe on the way to the root, and the motion up to there. */
function climb(keyframe: Keyframe): Map<Keyframe, number> {
  const reached = new Map([[keyframe, 0]]);
  let motion = 0;
  for (let at = keyframe; at.parent; at = at.parent) {
    motion += visualMotion(at.worldFromBody, at.parent.worldFromBody, sceneDistance(at));
    reached.set(at.parent, motion);
  }
  return reached;
}
