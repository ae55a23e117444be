import { adjoint, between, compose, inverse, type Pose } from '../../base/se3.ts';
import type { CameraRig, OdometryIncrement } from '../../base/sensors.ts';
import { scaledStep } from '../camera/scaled-step.ts';
import type { Keyframe } from '../map/keyframe.ts';
import { conjugate, invertInformation, propagate } from '../optimize/covariance.ts';
import type { PoseEstimate, PosePrior } from '../optimize/pose-estimator.ts';
import type { UncertainPose } from '../optimize/uncertainty.ts';
import { WheelCalibration } from './wheel-calibration.ts';

/** Below this the wheels are never believed: σ of a step, metres and radians. */
const FLOOR_SIGMA = [0.002, 0.002, 0.002, 0.002, 0.002, 0.002];

/** Where the body is and how sure of it, carried from frame to frame by wheels or by constant velocity. */
export class Motion {
  readonly worldFromBody: Pose;
  /** 6×6 of `worldFromBody`, right perturbation; and the part of it that is not the map's own. */
  covariance: Float64Array = new Float64Array(36);
  private relative: Float64Array = new Float64Array(36);
  /** Odometry since the last keyframe, if there are wheels. */
  sinceKeyframe: OdometryIncrement | null = null;
  /** Whether the last step was more than standing still for want of knowing better. */
  predicted = false;
  /** Whether something other than the camera tells where the body is: wheels, or just now a teammate. */
  vouched = false;
  /** The last step by the wheels, if there are any, as it most likely was. */
  odometry: OdometryIncrement | undefined;
  private readonly rig: CameraRig;
  /** A single camera does not know lengths, and teaches nothing of wheels. */
  private readonly wheels: WheelCalibration | null;
  private readonly inflation: number;
  private velocity: Pose | null = null;
  private readonly previous: Pose;
  private tracked = false;
  private justPlaced = false;

  constructor(rig: CameraRig, start: Pose, inflation: number) {
    this.rig = rig;
    this.wheels = rig.kind === 'mono' ? null : new WheelCalibration();
    this.inflation = inflation;
    this.worldFromBody = start.slice();
    this.previous = start.slice();
  }

  /** Moves the pose one step on: by the wheels where there are any, else as in the step before. */
  predict(told: OdometryIncrement | undefined): void {
    const odometry = told && this.wheels ? this.wheels.correct(told) : told;
    this.odometry = odometry;
    this.previous.set(this.worldFromBody);
    this.predicted = odometry !== undefined || this.velocity !== null;
    this.vouched = odometry !== undefined || this.justPlaced;
    this.justPlaced = false;
    if (odometry) {
      compose(this.worldFromBody, odometry.delta, this.worldFromBody);
      this.covariance = propagate(this.covariance, odometry.delta, this.inflated(odometry.covariance));
      this.relative = propagate(this.relative, odometry.delta, this.inflated(odometry.covariance));
      this.sinceKeyframe = this.sinceKeyframe
        ? {
            delta: compose(this.sinceKeyframe.delta, odometry.delta),
            covariance: propagate(
              this.sinceKeyframe.covariance,
              odometry.delta,
              this.inflated(odometry.covariance),
            ),
          }
        : { delta: odometry.delta, covariance: this.inflated(odometry.covariance) };
    } else if (this.velocity) {
      compose(this.worldFromBody, this.velocity, this.worldFromBody);
    }
    if (!this.vouched) this.sinceKeyframe = null;
  }

  cameraFromWorld(): Pose {
    return inverse(compose(this.worldFromBody, this.rig.bodyFromCamera));
  }

  /** The prediction as a prior for pose optimisation against the map last tracked; only wheels make one. */
  prior(): PosePrior {
    const cameraFromBody = adjoint(inverse(this.rig.bodyFromCamera));
    return {
      cameraFromWorld: this.cameraFromWorld(),
      information: invertInformation(conjugate(cameraFromBody, this.relative)),
    };
  }

  /**
   * Camera's verdict: the pose it found, by so many map points, and the information it has of it, relative to the keyframe it tracked
   * against.
   */
  correct(
    cameraFromWorld: Pose,
    { information, inliers }: Pick<PoseEstimate, 'information' | 'inliers'>,
    reference: Keyframe,
  ): void {
    compose(inverse(cameraFromWorld), inverse(this.rig.bodyFromCamera), this.worldFromBody);
    this.wheels?.see(this.worldFromBody, inliers);
    this.relative = this.bodyCovariance(information);
    const step = between(reference.worldFromBody, this.worldFromBody);
    this.covariance = propagate(reference.covariance, step, this.relative);
    this.velocity = this.tracked ? between(this.previous, this.worldFromBody) : null;
    this.tracked = true;
  }

  /** The pose is what the map starts or goes on from: the next correction tells the velocity. */
  settle(worldFromBody: Pose): void {
    this.worldFromBody.set(worldFromBody);
    this.sinceKeyframe = null;
    this.tracked = true;
  }

  /**
   * The map moved under the body: it goes along, and how it moves looks as before.
   * @param from pose of the keyframe it hangs on, and `to` where that now is
   * @param scale metres now over metres before
   */
  follow(from: Pose, to: Pose, scale: number): void {
    this.wheels?.drop();
    const { bodyFromCamera } = this.rig;
    const held = scaledStep(between(from, this.worldFromBody), scale, bodyFromCamera);
    if (this.velocity) this.velocity = scaledStep(this.velocity, scale, bodyFromCamera);
    compose(to, held, this.worldFromBody);
  }

  /**
   * While the keyframe that the body hangs on is put elsewhere, or known otherwise than before: the body goes along, and is as much
   * surer or less sure.
   */
  stayOn<T>(reference: Keyframe, work: () => T): T {
    const from = reference.worldFromBody.slice();
    const before = reference.covariance.slice();
    const done = work();
    const change = reference.covariance.map((value, i) => value - before[i]);
    const step = between(from, this.worldFromBody);
    this.covariance = propagate(change, step, this.covariance);
    this.follow(from, reference.worldFromBody, 1);
    return done;
  }

  /** The body hangs on no keyframe, and the world is now another: it goes along. @param newest where the newest keyframe is now */
  carry(newWorldFromOldWorld: Pose, newest: Pose | null): void {
    this.wheels?.drop();
    compose(newWorldFromOldWorld, this.worldFromBody, this.worldFromBody);
    if (newest && this.sinceKeyframe)
      this.sinceKeyframe = { ...this.sinceKeyframe, delta: between(newest, this.worldFromBody) };
  }

  /**
   * Somebody else knows where the body is. Wheels carry it on from there; without them that holds for the next step only.
   * @param newest where the newest keyframe is, if there is one, and how surely: what lies between is known no better than both are
   */
  place({ worldFromBody, covariance }: UncertainPose, newest: UncertainPose | null): void {
    this.worldFromBody.set(worldFromBody);
    this.covariance = covariance.slice();
    this.relative = covariance.slice();
    this.sinceKeyframe = null;
    if (newest) {
      const delta = between(newest.worldFromBody, worldFromBody);
      this.relative = propagate(newest.covariance, delta, covariance);
      this.sinceKeyframe = { delta, covariance: this.relative.slice() };
    }
    this.wheels?.drop();
    this.velocity = null;
    this.tracked = false;
    this.justPlaced = true;
  }

  /** The camera saw nothing it knows: unless something else vouches for it, the pose stands still. */
  miss(): void {
    this.wheels?.drop();
    if (!this.vouched) this.worldFromBody.set(this.previous);
    this.velocity = null;
    this.tracked = false;
  }

  /** Covariance of the body pose from the information of the camera's. */
  private bodyCovariance(information: Float64Array): Float64Array {
    return conjugate(adjoint(this.rig.bodyFromCamera), invertInformation(information));
  }

  private inflated(covariance: Float64Array): Float64Array {
    const out = covariance.map((value) => value * this.inflation);
    for (let i = 0; i < 6; i++) out[7 * i] += FLOOR_SIGMA[i] * FLOOR_SIGMA[i];
    return out;
  }
}
