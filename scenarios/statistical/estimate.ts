/** Numbers of a pose on the floor: x, y (metres) and heading (radians). */
const POSE = 3;
const TERMS = 5;
/** A measurement that would take less than this share of its own variance off is not worth the work. */
const WORTH = 0.25;

/**
 * What a team's joint map errs and believes, to first order: an extended Kalman filter over the robots' poses and the anchors that
 * their maps hang on (stochastic cloning: Roumeliotis, Burdick, ICRA 2002), run on the true errors. They grow with the noise that is,
 * the covariance with the noise that the SLAM counts with; a measurement corrects the errors with the gain that follows from the
 * covariance. So a correction reaches back along a robot's way and over to its teammates, as a pose graph would have it, and
 * a team that believes itself too much pays for it. Errors: estimate less truth, team frame, as x, y, heading.
 */
export class JointEstimate {
  /** Actual errors, pose by pose: the robots' in their order, then the anchors'. */
  error: Float64Array;
  /** Lower triangle of the covariance, row by row of `stride`. */
  private covariance: Float64Array;
  private stride: number;
  private size: number;
  private gain: Float64Array;
  /** What is looked at: a sum of so many errors, each with its factor. */
  private readonly at = new Int32Array(TERMS);
  private readonly of = new Float64Array(TERMS);

  constructor(robots: number) {
    this.size = POSE * robots;
    this.stride = this.size + 96;
    this.error = new Float64Array(this.stride);
    this.gain = new Float64Array(this.stride);
    this.covariance = new Float64Array(this.stride * this.stride);
  }

  /** A new anchor where a robot is. @returns its pose's index */
  clone(robot: number): number {
    if (this.size + POSE > this.stride) this.grow();
    const { size, stride, covariance, error } = this;
    for (let k = 0; k < POSE; k++) {
      const from = POSE * robot + k;
      const row = (size + k) * stride;
      for (let m = 0; m < size; m++) covariance[row + m] = this.between(from, m);
      for (let m = 0; m <= k; m++) covariance[row + size + m] = this.between(from, POSE * robot + m);
      error[size + k] = error[from];
    }
    this.size += POSE;
    return size / POSE;
  }

  /**
   * A robot has moved by `dx, dy` (metres): what its heading is off turns that, too.
   * @param noise what is added to its error @param believed variances that it counts with: of x and y, and of the heading
   */
  move(
    robot: number,
    dx: number,
    dy: number,
    noise: ArrayLike<number>,
    believed: readonly [number, number],
  ): void {
    const { error, covariance, stride, size } = this;
    const x = POSE * robot;
    const [y, yaw] = [x + 1, x + 2];
    error[x] += noise[0] - dy * error[yaw];
    error[y] += noise[1] + dx * error[yaw];
    error[yaw] += noise[2];
    const own = [
      x * stride + x,
      y * stride + x,
      y * stride + y,
      yaw * stride + x,
      yaw * stride + y,
      yaw * stride + yaw,
    ];
    const [xx, yx, yy, tx, ty, tt] = own.map((i) => covariance[i]);
    for (let m = 0; m < size; m++) {
      if (m >= x && m <= yaw) continue;
      const t = m < x ? covariance[yaw * stride + m] : covariance[m * stride + yaw];
      if (m < x) {
        covariance[x * stride + m] -= dy * t;
        covariance[y * stride + m] += dx * t;
      } else {
        covariance[m * stride + x] -= dy * t;
        covariance[m * stride + y] += dx * t;
      }
    }
    covariance[own[0]] = xx - 2 * dy * tx + dy * dy * tt + believed[0];
    covariance[own[1]] = yx - dy * ty + dx * tx - dx * dy * tt;
    covariance[own[2]] = yy + 2 * dx * ty + dx * dx * tt + believed[0];
    covariance[own[3]] = tx - dy * tt;
    covariance[own[4]] = ty + dx * tt;
    covariance[own[5]] = tt + believed[1];
  }

  /**
   * Pose `a` has measured pose `b`, which truly is `dx, dy` away.
   * @param sigmas along and across the line of sight (metres) and of the heading (radians)
   * @param noise the actual errors of the three
   */
  measure(
    a: number,
    b: number,
    dx: number,
    dy: number,
    sigmas: ArrayLike<number>,
    noise: ArrayLike<number>,
  ): void {
    const range = Math.sqrt(dx * dx + dy * dy);
    const [ux, uy] = range > 1e-6 ? [dx / range, dy / range] : [1, 0];
    this.relate(a, b, ux, uy, 0);
    this.correct(sigmas[0], noise[0]);
    this.relate(a, b, -uy, ux, range);
    this.correct(sigmas[1], noise[1]);
    this.relateHeadings(a, b);
    this.correct(sigmas[2], noise[2]);
  }

  /** Believed variance of a pose: of x and y together (m²), and of the heading. */
  variance(pose: number): readonly [number, number] {
    const i = POSE * pose;
    return [this.between(i, i) + this.between(i + 1, i + 1), this.between(i + 2, i + 2)];
  }

  /** Believed variances of where pose `b` seems from pose `a`, `dx, dy` away: of the distance (m²), and of the bearing. */
  relativeVariance(a: number, b: number, dx: number, dy: number): readonly [number, number] {
    const range = Math.max(0.1, Math.sqrt(dx * dx + dy * dy));
    this.relate(a, b, dx / range, dy / range, 0);
    const distance = this.spread();
    this.relate(a, b, -dy / range, dx / range, range);
    return [distance, this.spread() / (range * range)];
  }

  /** Looks at where `b` is from `a` along a direction: what heading `a` has counts by `lever`, metres. */
  private relate(a: number, b: number, ux: number, uy: number, lever: number): void {
    const [i, j] = [POSE * a, POSE * b];
    this.at.set([j, j + 1, i, i + 1, i + 2]);
    this.of.set([ux, uy, -ux, -uy, -lever]);
  }

  private relateHeadings(a: number, b: number): void {
    this.at.set([POSE * b + 2, POSE * a + 2, 0, 0, 0]);
    this.of.set([1, -1, 0, 0, 0]);
  }

  /** Believed variance of what is looked at. */
  private spread(): number {
    let sum = 0;
    for (let p = 0; p < TERMS; p++)
      for (let q = 0; q < TERMS; q++) sum += this.of[p] * this.of[q] * this.between(this.at[p], this.at[q]);
    return sum;
  }

  /** Takes in a measurement of what is looked at, unless it says nothing new. */
  private correct(sigma: number, noise: number): void {
    const { at, of, error, gain, covariance, stride, size } = this;
    const spread = this.spread();
    if (spread < WORTH * sigma * sigma) return;
    let off = -noise;
    for (let p = 0; p < TERMS; p++) off += of[p] * error[at[p]];
    const innovation = spread + sigma * sigma;
    for (let m = 0; m < size; m++) {
      let sum = 0;
      for (let p = 0; p < TERMS; p++) sum += of[p] * this.between(m, at[p]);
      gain[m] = sum;
    }
    for (let m = 0; m < size; m++) {
      const share = gain[m] / innovation;
      error[m] -= share * off;
      const row = m * stride;
      for (let k = 0; k <= m; k++) covariance[row + k] -= share * gain[k];
    }
  }

  private between(i: number, j: number): number {
    return i >= j ? this.covariance[i * this.stride + j] : this.covariance[j * this.stride + i];
  }

  private grow(): void {
    const stride = 2 * this.stride;
    const covariance = new Float64Array(stride * stride);
    for (let row = 0; row < this.size; row++) {
      const from = row * this.stride;
      covariance.set(this.covariance.subarray(from, from + row + 1), row * stride);
    }
    const error = new Float64Array(stride);
    error.set(this.error);
    this.error = error;
    this.gain = new Float64Array(stride);
    this.covariance = covariance;
    this.stride = stride;
  }
}
