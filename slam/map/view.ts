import type { Pose } from '../../base/se3.ts';
import type { CameraRig, FeatureFrame } from '../../base/sensors.ts';
import type { Intrinsics, KeypointGrid } from '../kernels/kernels.ts';
import type { MapPoint } from './map-point.ts';

/** Keypoints of one image with the map points they were matched to, and where the camera was. */
export interface View {
  readonly features: FeatureFrame;
  readonly grid: KeypointGrid;
  /** One entry a keypoint. */
  readonly points: (MapPoint | null)[];
  cameraFromWorld: Pose;
  /** Variance of its keypoints' pixel errors over that of a sharp image's, at least 1. */
  noise: number;
}

/** What is derived once from a rig. */
export interface CameraModel {
  readonly rig: CameraRig;
  readonly intrinsics: Intrinsics;
  /** scaleFactor^level. */
  readonly scale: Float64Array;
  /** 1/σ² of a keypoint by level, pixels⁻². */
  readonly inverseSigma2: Float64Array;
}

/**
 * σ of an RGB-D camera's disparity, pixels; with the customary 40 px·m of focal length times baseline that is 2.5 cm at 1 m
 * and 10 cm at 2 m: more than the sensor's noise, since corners lie on depth edges. Unlike a stereo camera's, it depends neither
 * on the keypoint's level nor on motion blur.
 */
const RGBD_DISPARITY_SIGMA = 1;

/** 1/σ² of a keypoint's pixel coordinates. */
export function keypointInformation(camera: CameraModel, view: View, keypoint: number): number {
  return camera.inverseSigma2[view.features.octave[keypoint]] / view.noise;
}

/** σ of a pixel coordinate, given by its 1/σ², over the σ of the disparity seen with it. */
export function disparityPrecision(camera: CameraModel, information: number): number {
  return camera.rig.kind === 'rgbd' ? 1 / (RGBD_DISPARITY_SIGMA * Math.sqrt(information)) : 1;
}

/** Pixels; −1 where the depth is unknown. */
export function disparityOf(camera: CameraModel, view: View, keypoint: number): number {
  const depth = view.features.depth[keypoint];
  return depth > 0 ? (camera.rig.fx * camera.rig.baseline) / depth : -1;
}

export function cameraModel(rig: CameraRig): CameraModel {
  const { fx, fy, cx, cy, baseline } = rig;
  const scale = new Float64Array(rig.pyramid.levels);
  for (let level = 0; level < scale.length; level++) {
    scale[level] = level === 0 ? 1 : scale[level - 1] * rig.pyramid.scaleFactor;
  }
  return {
    rig,
    intrinsics: { fx, fy, cx, cy, baseline },
    scale,
    inverseSigma2: scale.map((factor) => 1 / (factor * factor)),
  };
}

const CELL_SIZE = 32;

/** Bins a frame's keypoints for window search, and gives each its virtual right coordinate. */
export function buildGrid(features: FeatureFrame, rig: CameraRig): KeypointGrid {
  const columns = Math.ceil(rig.width / CELL_SIZE);
  const rows = Math.ceil(rig.height / CELL_SIZE);
  const { count, x, y } = features;
  const cellStart = new Int32Array(columns * rows + 1);
  const cellOf = new Int32Array(count);
  const uRight = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const column = Math.max(0, Math.min(columns - 1, Math.floor(x[k] / CELL_SIZE)));
    const row = Math.max(0, Math.min(rows - 1, Math.floor(y[k] / CELL_SIZE)));
    cellOf[k] = row * columns + column;
    cellStart[cellOf[k] + 1]++;
    uRight[k] = features.depth[k] > 0 ? x[k] - (rig.fx * rig.baseline) / features.depth[k] : -1;
  }
  for (let cell = 0; cell < columns * rows; cell++) cellStart[cell + 1] += cellStart[cell];
  const next = cellStart.slice();
  const cellItems = new Int32Array(count);
  for (let k = 0; k < count; k++) cellItems[next[cellOf[k]]++] = k;
  const { octave, descriptors } = features;
  return {
    count,
    x,
    y,
    uRight,
    octave,
    descriptors,
    columns,
    rows,
    cellSize: CELL_SIZE,
    cellStart,
    cellItems,
  };
}
