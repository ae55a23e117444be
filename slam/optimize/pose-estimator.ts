import type { Pose } from '../../base/se3.ts';
import type { Kernels, PoseResult } from '../kernels/kernels.ts';
import type { CameraModel, View } from '../map/view.ts';

/** A belief about where a camera is. `information`: 6×6, of a right perturbation of `worldFromCamera`. */
export interface PosePrior {
  readonly cameraFromWorld: Pose;
  readonly information: Float64Array;
}

export interface PoseEstimate extends PoseResult {
  /** Root of the inliers' mean squared reprojection error at level 0, pixels. */
  readonly residual: number;
}

/** Builds pose-only optimisation from a view's matches, and takes its verdict on them back. */
export class PoseEstimator {
  private readonly kernels: Kernels;
  private readonly camera: CameraModel;
  private capacity = 0;
  private points = new Float64Array(0);
  private observations = new Float64Array(0);
  private inverseSigma2 = new Float64Array(0);
  private inlier = new Uint8Array(0);
  private keypoints = new Int32Array(0);

  constructor(kernels: Kernels, camera: CameraModel) {
    this.kernels = kernels;
    this.camera = camera;
  }

  /** Moves `view.cameraFromWorld` to the optimum and drops the matches that do not fit it. */
  refine(view: View, prior?: PosePrior): PoseEstimate {
    const count = this.gather(view);
    const result = this.kernels.optimizePose({
      camera: this.camera.intrinsics,
      cameraFromWorld: view.cameraFromWorld,
      count,
      points: this.points,
      observations: this.observations,
      inverseSigma2: this.inverseSigma2,
      inlier: this.inlier,
      prior,
    });
    for (let i = 0; i < count; i++) if (!this.inlier[i]) view.points[this.keypoints[i]] = null;
    return { ...result, residual: Math.sqrt((2 * result.cost) / Math.max(1, result.inliers)) };
  }

  private gather(view: View): number {
    const { features, grid, points } = view;
    if (features.count > this.capacity) this.grow(features.count);
    let count = 0;
    for (let k = 0; k < points.length; k++) {
      const point = points[k];
      if (!point) continue;
      this.keypoints[count] = k;
      this.points[3 * count] = point.x;
      this.points[3 * count + 1] = point.y;
      this.points[3 * count + 2] = point.z;
      this.observations[3 * count] = features.x[k];
      this.observations[3 * count + 1] = features.y[k];
      this.observations[3 * count + 2] = grid.uRight[k];
      this.inverseSigma2[count] = this.camera.inverseSigma2[features.octave[k]];
      count++;
    }
    return count;
  }

  private grow(count: number): void {
    this.capacity = 2 * count;
    this.points = new Float64Array(3 * this.capacity);
    this.observations = new Float64Array(3 * this.capacity);
    this.inverseSigma2 = new Float64Array(this.capacity);
    this.inlier = new Uint8Array(this.capacity);
    this.keypoints = new Int32Array(this.capacity);
  }
}
