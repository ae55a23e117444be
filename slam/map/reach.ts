import type { Keyframe } from './keyframe.ts';

/**
 * Whether some of `others` can only be reached from a keyframe by more than `most` steps, each to a covisible
 * keyframe or to one that the wheels led from or to.
 * @param without a keyframe that no step may touch
 */
export function outOfReach(
  from: Keyframe,
  others: Iterable<Keyframe>,
  most: number,
  without?: Keyframe,
): boolean {
  const missing = new Set(others);
  const seen = new Set([from]);
  if (without) seen.add(without);
  missing.delete(from);
  let ring = [from];
  for (let steps = 0; steps < most && missing.size > 0; steps++) {
    const next: Keyframe[] = [];
    for (const keyframe of ring) {
      const { covisible, odometry, odometryNext } = keyframe;
      for (const neighbour of [...covisible.keys(), odometry?.from, odometryNext]) {
        if (!neighbour || seen.has(neighbour)) continue;
        seen.add(neighbour);
        missing.delete(neighbour);
        next.push(neighbour);
      }
    }
    ring = next;
  }
  return missing.size > 0;
}
