import { angleBetween, distance, type Pose } from '../../base/se3.ts';
import type { Keyframe } from '../map/keyframe.ts';

/** How far what a camera sees moves between two poses of its body: the way, and the turn at the distance of the scene, metres. */
export function visualMotion(a: Pose, b: Pose, scene: number): number {
  return distance(a, b) + angleBetween(a, b) * scene;
}

/** Visual motion along the spanning tree from one keyframe to another: what drift has had time to gather in, metres. */
export function motionAlongTree(a: Keyframe, b: Keyframe): number {
  const above = new Set<Keyframe>();
  for (let at: Keyframe | null = a; at; at = at.parent) above.add(at);
  let meeting: Keyframe | null = b;
  while (meeting && !above.has(meeting)) meeting = meeting.parent;
  return meeting ? climb(a, meeting) + climb(b, meeting) : Number.POSITIVE_INFINITY;
}

function climb(from: Keyframe, to: Keyframe): number {
  let motion = 0;
  for (let at = from; at !== to; at = at.parent!)
    motion += visualMotion(at.worldFromBody, at.parent!.worldFromBody, at.medianDepth());
  return motion;
}
