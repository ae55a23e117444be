import { between, compose, identity, type Pose, planarPose, yawOf } from '../../base/se3.ts';
import type { OdometryIncrement } from '../../base/sensors.ts';

/** σ of what wheels get wrong by their build: shares of what they tell of driving and turning, and radians turned a metre. */
const BUILD = [0.02, 0.02, 0.005];
/** A stretch is compared when it is so long, metres or radians; one that turned more is no straight comparison. */
const LONG = 0.4;
const TURNED = 0.35;
const BENT = 1.2;
/** σ of such a stretch by camera and wheels, slip included: metres, radians. */
const STRETCH = [0.012, 0.01];
/** Map points that a camera must follow to know better than wheels. */
const ENOUGH = 40;
/** χ² with two degrees of freedom at 99.9 %: wheels that slipped teach nothing. */
const BOUND = 13.8;

/**
 * What a robot's wheels get wrong always in the same way (a rim smaller than thought, a track wider), learnt while the camera knows how it
 * moved, for when the camera knows nothing: a Kalman filter over the shares by which it drives farther and turns more than it tells, and
 * how much it turns for each metre driven.
 */
export class WheelCalibration {
  private readonly bias = new Float64Array(3);
  private readonly covariance = BUILD.map((sigma, i) => [0, 1, 2].map((k) => (i === k ? sigma * sigma : 0)));
  /** Where the camera saw it when the present stretch began, and what the wheels have told since, uncorrected. */
  private begun: Pose | null = null;
  private told: { delta: Pose; distance: number; turn: number } | null = null;

  /** The increment as it most likely was. */
  correct(raw: OdometryIncrement): OdometryIncrement {
    this.extend(raw);
    const [farther, more, bend] = this.bias;
    const [x, y] = raw.delta;
    const yaw = yawOf(raw.delta);
    const turned = (1 + more) * yaw + bend * x;
    const delta = raw.delta.slice();
    const turn = turned - yaw;
    delta[0] = (1 + farther) * x;
    delta[1] = (1 + farther) * y;
    return { ...raw, delta: compose(delta, planarPose(0, 0, turn)) };
  }

  /** The camera knows where the body is: by so many map points. */
  see(worldFromBody: Pose, inliers: number): void {
    if (inliers < ENOUGH) {
      this.drop();
      return;
    }
    if (this.begun && this.told) {
      const { distance, turn } = this.told;
      if (Math.abs(distance) < LONG && Math.abs(turn) < TURNED) return;
      if (Math.abs(turn) < BENT) this.learn(between(this.begun, worldFromBody), this.told);
    }
    this.begun = worldFromBody.slice();
    this.told = { delta: identity(), distance: 0, turn: 0 };
  }

  /** The stretch is no good: the camera lost its way, or the map was put elsewhere meanwhile. */
  drop(): void {
    this.begun = null;
    this.told = null;
  }

  private extend({ delta }: OdometryIncrement): void {
    const { told } = this;
    if (!told) return;
    told.delta = compose(told.delta, delta);
    told.distance += delta[0];
    told.turn += yawOf(delta);
  }

  private learn(seen: Pose, { delta, distance, turn }: NonNullable<typeof this.told>): void {
    const error = [seen[0] - delta[0], yawOf(seen) - yawOf(delta)];
    const rows = [
      [delta[0], 0, 0],
      [0, turn, distance],
    ];
    const { bias, covariance: P } = this;
    rows.forEach((h, k) => {
      error[k] -= h[0] * bias[0] + h[1] * bias[1] + h[2] * bias[2];
    });
    const spread = rows.map((h, k) => {
      const ph = P.map((row) => row[0] * h[0] + row[1] * h[1] + row[2] * h[2]);
      return { ph, s: STRETCH[k] * STRETCH[k] + h[0] * ph[0] + h[1] * ph[1] + h[2] * ph[2] };
    });
    // The two rows share no bias, so that they can be taken one after the other.
    if (spread.reduce((sum, { s }, k) => sum + (error[k] * error[k]) / s, 0) > BOUND) return;
    spread.forEach(({ ph, s }, k) => {
      for (let i = 0; i < 3; i++) {
        bias[i] += (ph[i] * error[k]) / s;
        for (let j = 0; j < 3; j++) P[i][j] -= (ph[i] * ph[j]) / s;
      }
    });
  }
}
