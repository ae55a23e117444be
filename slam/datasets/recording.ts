import type { Pose } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';

/** Files, as a reader of recordings needs them; whoever runs on a platform hands them in. */
export interface FileSource {
  /** @throws where there is no such file, with a message that says so */
  text(path: string): Promise<string>;
  bytes(path: string): Promise<Uint8Array>;
  exists(path: string): Promise<boolean>;
  /** Names in a folder, in no particular order. @throws where there is no such folder */
  list(folder: string): Promise<string[]>;
}

export interface ImageDecoder {
  /** @throws where the bytes are no image, or not all of one */
  grey(bytes: Uint8Array): Promise<{ width: number; height: number; data: Uint8Array }>;
  /** 16-bit single channel. */
  depth(bytes: Uint8Array): Promise<{ width: number; height: number; data: Uint16Array }>;
}

export type Sensor = CameraRig['kind'];

/** The files of one moment: paths as the file source takes them. */
export interface FrameFiles {
  /** Seconds. */
  readonly time: number;
  readonly image: string;
  readonly right?: string;
  readonly depth?: string;
}

/** How a recording's files become frames of its rig: plain data, so that another thread can be handed it. */
export interface FrameFormat {
  readonly rig: CameraRig;
  /** Keypoints wanted an image, as is customary on this benchmark. */
  readonly features: number;
  /** Metres of one step in a depth image. */
  readonly depthUnit?: number;
  /** The two cameras as they are, where their images are rectified on reading. */
  readonly unrectified?: { readonly left: CameraRig; readonly right: CameraRig };
}

export interface SkippedFrame {
  readonly time: number;
  /** File and what is wrong with it. */
  readonly reason: string;
}

/** True poses a recording comes with. */
export interface TruthFile {
  readonly path: string;
  /** Times of poses that carry none (KITTI). */
  readonly timesPath?: string;
  /** Pose in the body the file speaks of of the body the rig speaks of; the identity if not given. */
  readonly bodyFromTracked?: Pose;
}

/** A recording of one camera, or of a rectified pair. */
export interface Recording {
  readonly format: FrameFormat;
  /** Frames to be read, in order; times rise. */
  readonly frames: readonly FrameFiles[];
  /** Moments that are no frame, since the recording lacks something of them. */
  readonly skipped: readonly SkippedFrame[];
  readonly truth?: TruthFile;
}
