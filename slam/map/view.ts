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
