import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { SlamSettings } from '../settings.ts';
import type { Frame } from './frame.ts';

/** The part of the map a frame may see: keyframes that share its points, their neighbours, and those near by. */
export class LocalMap {
  readonly keyframes: Keyframe[] = [];
  readonly points: MapPoint[] = [];
  /** The keyframe that shares most points with the frame, if any does. */
  reference: Keyframe | null = null;
  private readonly map: SlamMap;
  private readonly settings: SlamSettings;

  constructor(map: SlamMap, settings: SlamSettings) {
    this.map = map;
    this.settings = settings;
  }

  /** @param cameraPosition where the camera is believed to be, and `forward` where it looks, world frame */
  update(frame: Frame, cameraPosition: ArrayLike<number>, forward: ArrayLike<number>): void {
    this.keyframes.length = 0;
    const stamp = this.map.newStamp();
    this.vote(frame, stamp);
    this.addNeighbours(stamp);
    this.addNearby(cameraPosition, forward, stamp);
    this.gatherPoints();
  }

  /** Every keyframe that sees a point of the frame, most shared first. */
  private vote(frame: Frame, stamp: number): void {
    const { keyframes } = this;
    for (const point of frame.points) {
      if (!point) continue;
      for (const keyframe of point.observers.keys()) {
        if (keyframe.stamp !== stamp) {
          keyframe.stamp = stamp;
          keyframe.votes = 0;
          keyframes.push(keyframe);
        }
        keyframe.votes++;
      }
    }
    keyframes.sort((a, b) => b.votes - a.votes || a.id - b.id);
    this.reference = keyframes[0] ?? null;
    const limit = this.settings.localKeyframes - this.settings.nearbyKeyframes;
    for (let i = limit; i < keyframes.length; i++) keyframes[i].stamp = 0;
    if (keyframes.length > limit) keyframes.length = limit;
  }

  private addNeighbours(stamp: number): void {
    const limit = this.settings.localKeyframes - this.settings.nearbyKeyframes;
    const direct = this.keyframes.length;
    for (let i = 0; i < direct && this.keyframes.length < limit; i++) {
      for (const neighbour of this.keyframes[i].covisible.keys()) {
        if (neighbour.stamp === stamp) continue;
        neighbour.stamp = stamp;
        this.keyframes.push(neighbour);
        if (this.keyframes.length === limit) return;
      }
    }
  }

  /** Old places met again: covisibility does not know them yet, but the estimate does. */
  private addNearby(position: ArrayLike<number>, forward: ArrayLike<number>, stamp: number): void {
    const near: { keyframe: Keyframe; distance: number }[] = [];
    const reach = this.settings.nearbyDistance;
    const part = this.reference?.part ?? this.map.part;
    for (const keyframe of this.map.keyframes()) {
      if (keyframe.stamp === stamp || keyframe.part !== part) continue;
      const dx = keyframe.cameraX - position[0];
      const dy = keyframe.cameraY - position[1];
      if (dx > reach || dx < -reach || dy > reach || dy < -reach) continue;
      const dz = keyframe.cameraZ - position[2];
      const along =
        keyframe.forwardX * forward[0] + keyframe.forwardY * forward[1] + keyframe.forwardZ * forward[2];
      if (along < 0.5) continue;
      const distance = Math.sqrt(dx * dx + dy * dy + dz * dz) + 2 * (1 - along);
      if (distance < reach) near.push({ keyframe, distance });
    }
    near.sort((a, b) => a.distance - b.distance || a.keyframe.id - b.keyframe.id);
    for (const { keyframe } of near.slice(0, this.settings.nearbyKeyframes)) {
      keyframe.stamp = stamp;
      this.keyframes.push(keyframe);
    }
  }

  private gatherPoints(): void {
    const stamp = this.map.newStamp();
    this.points.length = 0;
    for (const keyframe of this.keyframes) {
      for (const point of keyframe.points) {
        if (!point || point.stamp === stamp) continue;
        point.stamp = stamp;
        this.points.push(point);
      }
    }
  }
}
