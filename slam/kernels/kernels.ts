import type { Pose } from '../../base/se3.ts';
import type { FeatureKernels } from './feature-kernels.ts';
import type { SparseKernels } from './sparse-kernels.ts';

/**
 * The hot loops of the SLAM, as one interface. The program runs them in WebAssembly (`loadKernels`); the tests
 * hold them against plain TypeScript twins.
 */
export interface Kernels {
  /**
   * For each query, the most similar keypoint inside its window. A keypoint is a candidate when
   * |x − u| < radius and |y − v| < radius, its octave lies in [minOctave, maxOctave], and, where both have one,
   * its virtual right coordinate is within `radius` of the query's. Accepted when the best distance is
   * ≤ `maxDistance` and, if the second best lies on the same octave, best ≤ ratio · second. A keypoint won
   * by several queries goes to the one with the smallest distance, then the lowest index.
   * @returns number of matches; `matches[query]` is a keypoint index or −1
   */
  searchByProjection(queries: ProjectionQueries, frame: KeypointGrid, matches: Int32Array): number;

  /**
   * For each query, the most similar keypoint near its line: squared distance in pixels at most the keypoint's bound. A
   * keypoint won by several queries goes to the one with the smallest distance, then the lowest index.
   * @returns number of matches; `matches[query]` is a keypoint index or −1
   */
  searchAlongLines(queries: LineQueries, keypoints: LineKeypoints, matches: Int32Array): number;

  /**
   * Brute force, with ratio test and mutual best check. `a`, `b`: 32 bytes a descriptor.
   * @returns number of matches; `matches[i]` is an index into `b` or −1
   */
  matchBruteForce(
    a: Uint8Array,
    b: Uint8Array,
    maxDistance: number,
    ratio: number,
    matches: Int32Array,
  ): number;

  /** Pose-only optimisation (ORB-SLAM's: four rounds of ten Gauss-Newton steps, outliers set aside between rounds). */
  optimizePose(problem: PoseProblem): PoseResult;

  /** Local bundle adjustment: Levenberg-Marquardt, Huber loss, Schur complement over the points. */
  bundleAdjust(problem: BundleProblem): BundleResult;

  /** Sparse linear systems of pose graphs and large bundles. */
  readonly sparse: SparseKernels;

  readonly features: FeatureKernels;
}

export interface ProjectionQueries {
  readonly count: number;
  /** Predicted pixel. */
  readonly u: Float32Array;
  readonly v: Float32Array;
  /** Predicted virtual right coordinate `u − fx·baseline/depth`; negative: unknown. */
  readonly uRight: Float32Array;
  readonly radius: Float32Array;
  readonly minOctave: Uint8Array;
  readonly maxOctave: Uint8Array;
  /** 32 bytes a query. */
  readonly descriptors: Uint8Array;
  readonly maxDistance: number;
  readonly ratio: number;
}

export interface LineQueries {
  readonly count: number;
  /** 3 a query: `p·u + q·v + r = 0`. */
  readonly lines: Float64Array;
  /** 32 bytes a query. */
  readonly descriptors: Uint8Array;
  readonly maxDistance: number;
}

export interface LineKeypoints {
  readonly count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Squared pixels each may lie off a line. */
  readonly bounds: Float64Array;
  readonly descriptors: Uint8Array;
}

/** A frame's keypoints, binned for window search (counting sort into cells). */
export interface KeypointGrid {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** −1 where depth is unknown. */
  readonly uRight: Float32Array;
  readonly octave: Uint8Array;
  readonly descriptors: Uint8Array;
  readonly columns: number;
  readonly rows: number;
  /** Pixels. */
  readonly cellSize: number;
  /** Length columns·rows + 1: where each cell's keypoints start in `cellItems` (row-major cells). */
  readonly cellStart: Int32Array;
  readonly cellItems: Int32Array;
}

export interface Intrinsics {
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly baseline: number;
}

export interface PoseProblem {
  readonly camera: Intrinsics;
  /** Start value on entry, optimum on return. */
  readonly cameraFromWorld: Pose;
  readonly count: number;
  /** 3 a match, world frame, metres. */
  readonly points: Float64Array;
  /** 4 a match: u, v, disparity `fx·baseline/depth` (negative: monocular), pixels; σ of a pixel over σ of the disparity. */
  readonly observations: Float64Array;
  /** 1/σ² of a pixel coordinate at the match's octave. */
  readonly inverseSigma2: Float64Array;
  /** On return 1 where the match is an inlier (χ² at 95 %: 5.991 mono, 7.815 stereo). */
  readonly inlier: Uint8Array;
  /** A prior on the pose, e.g. from odometry: residual `log(cameraFromWorld · prior⁻¹)`, never robustified. */
  readonly prior?: {
    readonly cameraFromWorld: Pose;
    readonly information: Float64Array;
  };
}

export interface PoseResult {
  readonly inliers: number;
  /** ½ Σ ρ(r²) over the inliers and the prior. */
  readonly cost: number;
  /** 6×6 information of a left perturbation of `cameraFromWorld` at the optimum (which is, up to sign, a right
   * perturbation of `worldFromCamera`), from inliers and prior. */
  readonly information: Float64Array;
}

export interface BundleProblem {
  readonly camera: Intrinsics;
  /** 7 a keyframe: cameraFromWorld; in and out. */
  readonly poses: Float64Array;
  /** 1: held fixed. At least one is. */
  readonly fixed: Uint8Array;
  /** 3 a point, world frame; in and out. */
  readonly points: Float64Array;
  readonly observationPose: Int32Array;
  /** Sorted by point. */
  readonly observationPoint: Int32Array;
  /** 4 an observation, as in `PoseProblem`. */
  readonly observations: Float64Array;
  readonly inverseSigma2: Float64Array;
  /** 1 on return: χ² beyond the 95 % bound or behind the camera. Observations with 1 on entry are left out. */
  readonly outlier: Uint8Array;
  /** Relative-pose factors between keyframes, e.g. wheel odometry: residual `log(measured⁻¹ · (a⁻¹·b))` with
   * a, b the `worldFromCamera` of the two. */
  readonly edges?: {
    readonly from: Int32Array;
    readonly to: Int32Array;
    /** 7 an edge: cameraFromCamera, `aFromB`. */
    readonly measured: Float64Array;
    /** 36 an edge. */
    readonly information: Float64Array;
  };
  /** LM steps with Huber on; then outliers are set aside and `refineIterations` follow without it. */
  readonly iterations: number;
  readonly refineIterations: number;
}

export interface BundleResult {
  readonly initialCost: number;
  readonly finalCost: number;
  readonly iterations: number;
}
