import type { Pose } from './se3.ts';

/**
 * What a robot senses. These types are the whole of what crosses from the world (simulated, recorded or real)
 * to an agent: nothing here may carry ground truth.
 */

/** A calibrated camera on a robot. Pixel (0, 0) is the centre of the top-left pixel. */
export interface CameraRig {
  readonly kind: 'rgbd' | 'stereo' | 'mono';
  readonly width: number;
  readonly height: number;
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  /** Radial-tangential `[k1, k2, p1, p2, k3]`; absent where images and features are already undistorted. */
  readonly distortion?: readonly number[];
  /** Metres between the stereo cameras; for RGB-D the virtual baseline that turns depth into disparity. */
  readonly baseline: number;
  /** Depth beyond which a single measurement is too weak to make a map point at once, metres. */
  readonly closeDepth: number;
  readonly bodyFromCamera: Pose;
  /** The detector's image pyramid: level l shrinks the image by `scaleFactor^l`. */
  readonly pyramid: { readonly levels: number; readonly scaleFactor: number };
}

/**
 * Keypoints of one image, as a front end delivers them: the simulator's `features` fidelity directly, images
 * after extraction. Coordinates are undistorted pixels at full resolution.
 */
export interface FeatureFrame {
  readonly kind: 'features';
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Pyramid level the keypoint was found on. */
  readonly octave: Uint8Array;
  /** Orientation, radians. */
  readonly angle: Float32Array;
  /** Depth along the optical axis, metres; 0 where unknown. Stereo front ends fill it from disparity. */
  readonly depth: Float32Array;
  /** 32 bytes (256 bits) a keypoint. */
  readonly descriptors: Uint8Array;
}

/** Raw pixels, row-major, 8-bit grey; RGB-D adds depth, stereo the rectified right image. */
export interface ImageFrame {
  readonly kind: 'images';
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
  /** Metres; 0 where unknown. */
  readonly depth?: Float32Array;
  readonly right?: Uint8Array;
}

export type CameraFrame = FeatureFrame | ImageFrame;

/** Motion since the previous packet as the wheels tell it. */
export interface OdometryIncrement {
  /** `previousBodyFromBody`. */
  readonly delta: Pose;
  /** 6×6 row-major covariance of a right perturbation of `delta`, `[translation, rotation]`. */
  readonly covariance: Float64Array;
}

/** A coarse planar depth scan in the body frame, rays from `angleMin` counter-clockwise. */
export interface DepthScan {
  readonly angleMin: number;
  readonly angleStep: number;
  readonly maxRange: number;
  /** Metres from the scan origin (the body's, on the floor plane); Infinity: nothing within range; NaN: no answer. */
  readonly ranges: Float32Array;
}

/** A teammate seen by the camera. It may carry the wrong identity. */
export interface PeerSighting {
  readonly peer: number;
  /** Pose of the peer's body frame in the observer's body frame. */
  readonly bodyFromPeer: Pose;
  /** 6×6 row-major covariance of a right perturbation of `bodyFromPeer`. */
  readonly covariance: Float64Array;
}

/** Everything one robot sensed since its previous packet. */
export interface SensorPacket {
  readonly agent: number;
  /** Seconds on the robot's own clock; strictly increasing. */
  readonly time: number;
  /** Absent when the camera delivered nothing this tick. */
  readonly camera?: CameraFrame;
  readonly odometry: OdometryIncrement;
  readonly scan?: DepthScan;
  readonly sightings: readonly PeerSighting[];
  /** The bumper touches something. */
  readonly bumped: boolean;
}
