import type { Pose } from '../../base/se3.ts';
import type { Keyframe } from './keyframe.ts';
import type { MapPoint } from './map-point.ts';

/** Where a culled keyframe is remembered: the keyframe it hangs on, living or culled since, and its pose in it. */
export interface Grave {
  parent: number;
  readonly parentFromBody: Pose;
}

/** All a map consists of beside its camera. Keyframes and points by rising id. */
export interface MapContents {
  readonly keyframes: readonly Keyframe[];
  readonly points: readonly MapPoint[];
  /** By the culled keyframe's id. */
  readonly graves: ReadonlyMap<number, Grave>;
  /** Ids that the next ones will have. */
  readonly nextKeyframe: number;
  readonly nextPoint: number;
}
