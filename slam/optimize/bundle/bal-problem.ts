/** "Bundle adjustment in the large" (Agarwal, Snavely, Seitz, Szeliski, ECCV 2010). */
export interface BalProblem {
  /** 9 a camera: rotation vector, translation, focal length, k1, k2; in and out. A point X is at P = R·X + t, its image at
   * −P/P.z, scaled by f·(1 + k1·r² + k2·r⁴). */
  readonly cameras: Float64Array;
  /** 3 a point; in and out. */
  readonly points: Float64Array;
  readonly observationCamera: Int32Array;
  /** Sorted. */
  readonly observationPoint: Int32Array;
  /** 2 an observation, pixels from the image's centre. */
  readonly observations: Float64Array;
}
