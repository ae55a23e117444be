import { angleBetween, distance, type Pose } from '../../base/se3.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { SlamMap } from '../map/slam-map.ts';

/** A blind body leaves one whenever it has moved or turned this much, metres and radians. */
const WAY = 0.5;
const TURN = 0.5;

/**
 * The way of a body whose camera sees nothing it knows: poses without images. What is learnt of a blind stretch later can then bend
 * it, instead of moving it as one with the keyframe it began at.
 */
export class Waypoints {
  /** The last one of the stretch that lasts, or −1. */
  last = -1;
  private readonly map: SlamMap;

  constructor(map: SlamMap) {
    this.map = map;
  }

  /** @param reference the keyframe that was last seen */
  follow(worldFromBody: Pose, reference: Keyframe): void {
    if (this.last >= 0) {
      const pose = this.map.keyframePose(this.last);
      if (distance(pose, worldFromBody) < WAY && angleBetween(pose, worldFromBody) < TURN) return;
    }
    this.last = this.map.addWaypoint(worldFromBody, this.map.standing(reference.id));
  }

  /** The camera is back. */
  end(): void {
    this.last = -1;
  }
}
