import { type Pose, rotationMatrix } from '../../base/se3.ts';
import type { Kernels, PoseResult } from '../kernels/kernels.ts';
import {
  type CameraModel,
  disparityOf,
  disparityPrecision,
  keypointInformation,
  type View,
} from '../map/view.ts';

/** A belief about where a camera is. `information`: 6×6, of a right perturbation of `worldFromCamera`. */
export interface PosePrior {
  readonly cameraFromWorld: Pose;
  readonly information: Float64Array;
}

export interface PoseEstimate extends PoseResult {
  /** Root of the inliers' mean squared reprojection error at level 0, pixels. */
  readonly residual: number;
}

/** Share of the matches taken for true when noise is measured, and χ² of two degrees of freedom there. */
const QUANTILE = 0.25;
const CHI2_AT_QUANTILE = 0.575;
const FEWEST_MEASURED = 20;
const MOST_NOISE = 16;

/** Builds pose-only optimisation from a view's matches, and takes its verdict on them back. */
export class PoseEstimator {
  private chi2 = new Float64Array(0);
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

  /**
   * Moves `view.cameraFromWorld` to the optimum and drops the matches that do not fit it. Where the image turns out noisier than
   * keypoints are in a sharp one, `view.noise` says so and outliers are judged by that.
   */
  refine(view: View, prior?: PosePrior): PoseEstimate {
    view.noise = 1;
    const count = this.gather(view);
    let result = this.optimize(view, count, prior);
    view.noise = this.measureNoise(view.cameraFromWorld, count);
    if (view.noise > 1) {
      this.gather(view);
      result = this.optimize(view, count, prior);
    }
    for (let i = 0; i < count; i++) if (!this.inlier[i]) view.points[this.keypoints[i]] = null;
    return { ...result, residual: Math.sqrt((2 * result.cost) / Math.max(1, result.inliers)) };
  }

  private optimize(view: View, count: number, prior: PosePrior | undefined): PoseResult {
    return this.kernels.optimizePose({
      camera: this.camera.intrinsics,
      cameraFromWorld: view.cameraFromWorld,
      count,
      points: this.points,
      observations: this.observations,
      inverseSigma2: this.inverseSigma2,
      inlier: this.inlier,
      prior,
    });
  }

  /**
   * Variance of the matches' pixel errors over what is assumed of a sharp image, at least 1: motion blur and rolling shutter
   * shift all keypoints of an image. From a low quantile, which the wrong among the matches do not reach.
   */
  private measureNoise(pose: Pose, count: number): number {
    if (count < FEWEST_MEASURED) return 1;
    const r = rotationMatrix(pose);
    const { fx, fy, cx, cy } = this.camera.intrinsics;
    const { points, observations, chi2 } = this;
    for (let i = 0; i < count; i++) {
      const px = points[3 * i];
      const py = points[3 * i + 1];
      const pz = points[3 * i + 2];
      const z = r[6] * px + r[7] * py + r[8] * pz + pose[2];
      const du = (fx * (r[0] * px + r[1] * py + r[2] * pz + pose[0])) / z + cx - observations[4 * i];
      const dv = (fy * (r[3] * px + r[4] * py + r[5] * pz + pose[1])) / z + cy - observations[4 * i + 1];
      chi2[i] = z > 0 ? (du * du + dv * dv) * this.inverseSigma2[i] : Number.POSITIVE_INFINITY;
    }
    const sorted = chi2.subarray(0, count).sort();
    return Math.max(1, Math.min(MOST_NOISE, sorted[Math.floor(QUANTILE * count)] / CHI2_AT_QUANTILE));
  }

  private gather(view: View): number {
    const { features, points } = view;
    if (features.count > this.capacity) this.grow(features.count);
    let count = 0;
    for (let k = 0; k < points.length; k++) {
      const point = points[k];
      if (!point) continue;
      this.keypoints[count] = k;
      this.points[3 * count] = point.x;
      this.points[3 * count + 1] = point.y;
      this.points[3 * count + 2] = point.z;
      const information = keypointInformation(this.camera, view, k);
      this.observations[4 * count] = features.x[k];
      this.observations[4 * count + 1] = features.y[k];
      this.observations[4 * count + 2] = disparityOf(this.camera, view, k);
      this.observations[4 * count + 3] = disparityPrecision(this.camera, information);
      this.inverseSigma2[count] = information;
      count++;
    }
    return count;
  }

  private grow(count: number): void {
    this.capacity = 2 * count;
    this.points = new Float64Array(3 * this.capacity);
    this.observations = new Float64Array(4 * this.capacity);
    this.inverseSigma2 = new Float64Array(this.capacity);
    this.chi2 = new Float64Array(this.capacity);
    this.inlier = new Uint8Array(this.capacity);
    this.keypoints = new Int32Array(this.capacity);
  }
}
