/** χ² at 95 % of one and of two degrees of freedom. */
export const CHI2_ONE = 3.841;
export const CHI2_TWO = 5.991;

/** A motion up to scale: a point `p` of the first camera is at `rotation · p + s · direction` in the second. */
export interface Motion {
  /** Row-major 3×3. */
  readonly rotation: Float64Array;
  /** Unit vector. */
  readonly direction: readonly number[];
}
