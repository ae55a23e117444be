import type { Pose } from '../../base/se3.ts';
import type { CameraRig, FeatureFrame } from '../../base/sensors.ts';
import type { KeypointGrid } from '../kernels/kernels.ts';
import type { MapPoint } from '../map/map-point.ts';
import { buildGrid, type View } from '../map/view.ts';

/** One image on its way through tracking. */
export class Frame implements View {
  readonly time: number;
  readonly features: FeatureFrame;
  readonly grid: KeypointGrid;
  readonly points: (MapPoint | null)[];
  cameraFromWorld: Pose;
  noise = 1;
  /** Keypoints with depth. */
  readonly withDepth: number;

  constructor(time: number, features: FeatureFrame, rig: CameraRig, cameraFromWorld: Pose) {
    this.time = time;
    this.features = features;
    this.grid = buildGrid(features, rig);
    this.points = new Array(features.count).fill(null);
    this.cameraFromWorld = cameraFromWorld;
    let withDepth = 0;
    for (let k = 0; k < features.count; k++) if (features.depth[k] > 0) withDepth++;
    this.withDepth = withDepth;
  }

  /** x, y of each keypoint that shows a point of the map. */
  trackedPixels(): Float32Array {
    const { x, y } = this.features;
    const out: number[] = [];
    this.points.forEach((point, k) => {
      if (point) out.push(x[k], y[k]);
    });
    return Float32Array.from(out);
  }

  clearMatches(): void {
    this.points.fill(null);
  }
}
