/** How far wheels may be trusted: standard deviations of what gathers in a second of driving, as random walks. */
export interface WheelNoise {
  /** Ahead, m/√s. */
  readonly ahead: number;
  /** Sideways, m/√s. */
  readonly sideways: number;
  /** rad/√s. */
  readonly turn: number;
}

/**
 * What a robot's wheels do with a velocity they are told: they go `distance` times as fast ahead, turn `turn` times as fast, and veer
 * off by so many radians a metre.
 */
export const CALIBRATION = { distance: 0, turn: 1, veer: 2 } as const;
export const CALIBRATION_SIZE = 3;
/** Of wheels that do as they are told. */
export const IDEAL_WHEELS: readonly number[] = [1, 1, 0];

/**
 * A way on the plane by wheels alone, piece by piece, seen from its beginning: pose, how it grows with the calibration, and the
 * covariance of its noise. All to first order, errors as additions to x, y (in the frame of the beginning) and heading.
 */
export class WheelIncrement {
  x = 0;
  y = 0;
  yaw = 0;
  /** 3×3 row-major: of x, y, yaw by `CALIBRATION`. */
  readonly byCalibration = new Float64Array(9);
  /** 3×3 row-major. */
  readonly covariance = new Float64Array(9);
  /** The calibration it was begun with. */
  private readonly calibration = new Float64Array(CALIBRATION_SIZE);
  private readonly noise: WheelNoise;

  constructor(noise: WheelNoise, calibration: ArrayLike<number> = IDEAL_WHEELS) {
    this.noise = noise;
    this.calibration.set(calibration);
  }

  /** A new way begins here. */
  restart(calibration: ArrayLike<number>): void {
    this.x = 0;
    this.y = 0;
    this.yaw = 0;
    this.byCalibration.fill(0);
    this.covariance.fill(0);
    for (let k = 0; k < CALIBRATION_SIZE; k++) this.calibration[k] = calibration[k];
  }

  /** Drives on. @param forward m/s; @param turning rad/s, both as the wheels were told; @param seconds for how long */
  roll(forward: number, turning: number, seconds: number): void {
    if (forward === 0 && turning === 0) return;
    const [distance, turn, veer] = this.calibration;
    const told = { ahead: forward * seconds, turned: turning * seconds };
    const turned = turn * told.turned + veer * told.ahead;
    const ahead = distance * told.ahead;
    const middle = this.yaw + turned / 2;
    const [c, s] = [Math.cos(middle), Math.sin(middle)];
    this.x += ahead * c;
    this.y += ahead * s;
    this.yaw += turned;
    this.growByCalibration(ahead, c, s, told);
    this.growCovariance(ahead, c, s, seconds);
  }

  /** Where it leads with a calibration a little other than that it was begun with: x, y, yaw. */
  under(calibration: ArrayLike<number>, out: Float64Array): Float64Array {
    const [a, b, c] = [0, 1, 2].map((k) => calibration[k] - this.calibration[k]);
    const j = this.byCalibration;
    out[0] = this.x + j[0] * a + j[1] * b + j[2] * c;
    out[1] = this.y + j[3] * a + j[4] * b + j[5] * c;
    out[2] = this.yaw + j[6] * a + j[7] * b + j[8] * c;
    return out;
  }

  private growByCalibration(ahead: number, c: number, s: number, told: { ahead: number; turned: number }) {
    const j = this.byCalibration;
    for (let k = 0; k < CALIBRATION_SIZE; k++) {
      const turned = k === CALIBRATION.turn ? told.turned : k === CALIBRATION.veer ? told.ahead : 0;
      const stretched = k === CALIBRATION.distance ? told.ahead : 0;
      const middle = j[6 + k] + turned / 2;
      j[k] += stretched * c - ahead * s * middle;
      j[3 + k] += stretched * s + ahead * c * middle;
      j[6 + k] += turned;
    }
  }

  /** C ← A·C·Aᵀ + Q, where A is the identity but for what the heading so far does to the piece just driven. */
  private growCovariance(ahead: number, c: number, s: number, seconds: number): void {
    const { covariance: q, noise } = this;
    const [dx, dy] = [-ahead * s, ahead * c];
    const [xx, xy, yy] = [q[0], q[1], q[4]];
    const [xt, yt, tt] = [q[2], q[5], q[8]];
    const [along, across] = [noise.ahead * noise.ahead * seconds, noise.sideways * noise.sideways * seconds];
    q[0] = xx + 2 * dx * xt + dx * dx * tt + along * c * c + across * s * s;
    q[1] = q[3] = xy + dx * yt + dy * xt + dx * dy * tt + (along - across) * c * s;
    q[4] = yy + 2 * dy * yt + dy * dy * tt + along * s * s + across * c * c;
    q[2] = q[6] = xt + dx * tt;
    q[5] = q[7] = yt + dy * tt;
    q[8] = tt + noise.turn * noise.turn * seconds;
  }
}
