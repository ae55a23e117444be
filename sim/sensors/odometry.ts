import type { Random } from '../../base/random.ts';
import { compose, exp, planarPose } from '../../base/se3.ts';
import type { OdometryIncrement } from '../../base/sensors.ts';
import type { WheelOptions } from '../options.ts';

/** Metres of motion over which slip is one draw: `WheelOptions.slip` is a share of this much. */
const SLIP_LENGTH = 0.01;
/** How much of the calibration error differs between the wheels. */
const DIFFERENCE = 0.05;
/** Metres over which the reported covariance stays honest about the constant error, which it must count as if it were white. */
const HONEST_LENGTH = 10;
/** Radians over which it stays so about what that error makes of turning. */
const HONEST_TURN = 2 * Math.PI;
/** Sideways slip as a share of the wheels' slip. */
const SIDEWAYS = 0.3;
/** σ of a step in what wheels never measure, and of all else when standing still: metres, radians. */
const FLOOR = [1e-4, 1e-4, 2e-4, 2e-4, 2e-4, 1e-4];

/** Dead reckoning from two wheel encoders: true rim travel with a constant calibration error, and slip on top. */
export class WheelOdometry {
  private readonly options: WheelOptions;
  private readonly random: Random;
  private readonly leftScale: number;
  private readonly rightScale: number;
  private x = 0;
  private y = 0;
  private yaw = 0;
  private leftPath = 0;
  private rightPath = 0;
  private turnPath = 0;

  constructor(options: WheelOptions, random: Random) {
    this.options = options;
    this.random = random;
    const common = random.normal(options.calibration);
    const difference = random.normal(options.calibration * DIFFERENCE);
    this.leftScale = 1 + common - difference / 2;
    this.rightScale = 1 + common + difference / 2;
  }

  /** Rim travel of one physics step, metres. */
  count(left: number, right: number): void {
    const l = left * this.leftScale;
    const r = right * this.rightScale;
    const turned = (r - l) / this.options.track;
    const forward = (l + r) / 2;
    this.x += forward * Math.cos(this.yaw + turned / 2);
    this.y += forward * Math.sin(this.yaw + turned / 2);
    this.yaw += turned;
    this.turnPath += Math.abs(turned);
    this.leftPath += Math.abs(left);
    this.rightPath += Math.abs(right);
  }

  /** The motion since the last call, with its noise and an honest covariance. */
  take(): OdometryIncrement {
    const { slip, calibration, track } = this.options;
    const slip2 = slip * slip * SLIP_LENGTH;
    const leftVariance = slip2 * this.leftPath;
    const rightVariance = slip2 * this.rightPath;
    const path = (this.leftPath + this.rightPath) / 2;
    const sidewaysVariance = (SIDEWAYS * SIDEWAYS * (leftVariance + rightVariance)) / 2;

    const left = this.random.normal(Math.sqrt(leftVariance));
    const right = this.random.normal(Math.sqrt(rightVariance));
    const noise = [
      (left + right) / 2,
      this.random.normal(Math.sqrt(sidewaysVariance)),
      0,
      0,
      0,
      (right - left) / track,
    ];
    const delta = compose(planarPose(this.x, this.y, this.yaw), exp(noise));

    const constant = calibration * calibration * path * HONEST_LENGTH;
    const covariance = new Float64Array(36);
    for (let i = 0; i < 6; i++) covariance[7 * i] = FLOOR[i] * FLOOR[i];
    covariance[0] += (leftVariance + rightVariance) / 4 + constant;
    covariance[7] += sidewaysVariance;
    covariance[35] += (leftVariance + rightVariance + DIFFERENCE * DIFFERENCE * constant) / (track * track);
    covariance[35] += calibration * calibration * this.turnPath * HONEST_TURN;
    covariance[5] = covariance[30] = (rightVariance - leftVariance) / (2 * track);

    this.x = this.y = this.yaw = this.leftPath = this.rightPath = this.turnPath = 0;
    return { delta, covariance };
  }
}
