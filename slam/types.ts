import type { TrackingState } from '../base/allocation.ts';
import type { Pose } from '../base/se3.ts';
import type { CameraFrame, CameraRig, OdometryIncrement } from '../base/sensors.ts';
import type { PixelBox } from './features/hidden.ts';
import type { Kernels } from './kernels/kernels.ts';
import type { SlamMap } from './map/slam-map.ts';
import type { SlamSettings } from './settings.ts';

export interface SlamOptions {
  readonly rig: CameraRig;
  readonly kernels: Kernels;
  readonly settings?: Partial<SlamSettings>;
  /** Where the body starts; the identity where nobody says. */
  readonly worldFromStart?: Pose;
  /** Called between tracking and mapping of each input, for whoever measures. */
  readonly onTracked?: () => void;
  /** Goes on with this map; the robot is lost, and has no pose, until it has found itself there. */
  readonly map?: SlamMap;
  /** Only finds itself in `map`, and leaves it exactly as it is. */
  readonly localizeOnly?: boolean;
}

/** One instant of one robot, as the SLAM takes it. */
export interface SlamInput {
  readonly time: number;
  readonly camera?: CameraFrame;
  /** Motion since the previous input; absent on recordings without wheels. */
  readonly odometry?: OdometryIncrement;
  /** Parts of the image that show what is known to move, such as teammates: nothing there is tracked or mapped. */
  readonly moving?: readonly PixelBox[];
}

/** What tracking knows after one input. */
export interface TrackingReport {
  readonly time: number;
  readonly state: TrackingState;
  /** Best estimate now (`teamFromBody` where the start is known in the team frame). */
  readonly worldFromBody: Pose;
  /** 6×6 row-major covariance of a right perturbation of `worldFromBody`: that of the reference keyframe, gathered along
   * the spanning tree, and what tracking adds; grown by odometry while the camera is blind. */
  readonly covariance: Float64Array;
  /** Map points of the local map that should be in view. */
  readonly expected: number;
  /** Of those, matched; and of these, inliers of the pose optimisation. */
  readonly matched: number;
  readonly inliers: number;
  /** Mean reprojection error of the inliers, pixels at level 0. */
  readonly residual: number;
  /**
   * Keyframe, or waypoint of a blind stretch, that this pose hangs on, and the pose in it: the final trajectory is rebuilt from these.
   */
  readonly referenceKeyframe: number;
  readonly keyframeFromBody: Pose;
  /** Id of the keyframe made from this input, or −1. */
  readonly createdKeyframe: number;
  /** Pixel positions (x, y pairs) of the inliers: for display. */
  readonly trackedPixels: Float32Array;
  /** Of the input, where it had any, as it most likely was by what the camera has taught of the wheels. */
  readonly odometry?: OdometryIncrement;
  /** Wall-clock milliseconds of tracking and of local mapping; never an input to anything. */
  readonly trackMs: number;
  readonly mapMs: number;
}

/** What changed in a map since the last time someone asked; ids are never reused. Positions are world frame. */
export interface MapChanges {
  readonly keyframesAdded: {
    readonly ids: Int32Array;
    readonly poses: Float64Array;
  };
  /** `worldFromBody`, 7 a keyframe. */
  readonly keyframesMoved: {
    readonly ids: Int32Array;
    readonly poses: Float64Array;
  };
  readonly keyframesRemoved: Int32Array;
  /** 3 a point. */
  readonly pointsAdded: {
    readonly ids: Int32Array;
    readonly positions: Float32Array;
  };
  readonly pointsMoved: {
    readonly ids: Int32Array;
    readonly positions: Float32Array;
  };
  readonly pointsRemoved: Int32Array;
  /** Pairs of keyframe ids whose covisibility edge is new. */
  readonly covisibilityAdded: Int32Array;
}
