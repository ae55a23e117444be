import { wrapAngle } from '../../base/se3.ts';
import { bound99 } from './chi-squared.ts';
import {
  bearingVariance,
  type RangeBearing,
  type RangeBearingNoise,
  rangeVariance,
} from './range-bearing.ts';
import { CALIBRATION_SIZE, IDEAL_WHEELS, WheelIncrement, type WheelNoise } from './wheel-increment.ts';

/** x, y, yaw on the plane. */
export type PlanarPose = readonly [x: number, y: number, yaw: number];

export interface ColocaliserOptions {
  /** Where each robot begins. */
  readonly starts: readonly PlanarPose[];
  /** Standard deviations of that: metres and radians. */
  readonly startSigma: { readonly position: number; readonly yaw: number };
  readonly wheels: WheelNoise;
  readonly calibration: CalibrationSigmas;
  readonly sightings: RangeBearingNoise;
}

/** What is known of wheels before they drove: standard deviations by `CALIBRATION`, about ideal wheels. */
export interface CalibrationSigmas {
  /** Of what all robots, being of one make, have in common. */
  readonly common: readonly number[];
  /** Of each robot's own, about that. */
  readonly own: readonly number[];
}

/** What was seen: a teammate, by its place in the list of robots, or something that stands at a known place. */
export type Subject = { readonly robot: number } | { readonly x: number; readonly y: number };

/** A sighting measured against what is believed so far; nothing is changed by it yet. */
export interface Weighed {
  /** Squared distance from what was expected, by its covariance. */
  readonly chi2: number;
  /** By how much it would lower the sum of the variances of all robots' x and y, m². */
  readonly gain: number;
  /** Believes it. */
  apply(): void;
}

/** Pose and calibration. */
const SIZE = 3 + CALIBRATION_SIZE;
const ROUNDS = 5;
/** Metres and radians. */
const SETTLED = 3e-3;
/** What is seen is never nearer, metres. */
const NEAREST = 1e-3;

/**
 * Where every robot of a team is now, on one plane, from wheels and from what robots see of landmarks and of each other: one extended
 * Kalman filter over all poses and wheel calibrations, so that what one robot learns reaches everybody it has ever met (Roumeliotis,
 * Bekey, "Distributed multirobot localization", T-RA 2002). Each robot's wheels run on their own, exactly, until it sees or is seen.
 */
export class Colocaliser {
  private readonly options: ColocaliserOptions;
  private readonly n: number;
  private readonly state: Float64Array;
  /** n×n row-major. */
  private readonly covariance: Float64Array;
  /** What each robot has driven since its pose in `state`. */
  private readonly ways: readonly WheelIncrement[];
  private readonly driven = new Float64Array(3);
  private readonly rows = new Float64Array(3 * SIZE);

  constructor(options: ColocaliserOptions) {
    const { starts, wheels } = options;
    this.options = options;
    this.n = SIZE * starts.length;
    this.state = new Float64Array(this.n);
    this.covariance = new Float64Array(this.n * this.n);
    starts.forEach((start, robot) => {
      this.state.set(start, SIZE * robot);
      this.state.set(IDEAL_WHEELS, SIZE * robot + 3);
    });
    this.begin(options);
    this.ways = starts.map(() => new WheelIncrement(wheels));
  }

  private begin({ starts, startSigma: { position, yaw }, calibration: { common, own } }: ColocaliserOptions) {
    const { n, covariance } = this;
    starts.forEach((_, robot) => {
      const at = SIZE * robot;
      [position, position, yaw, ...own].forEach((sigma, k) => {
        covariance[(at + k) * (n + 1)] = sigma * sigma;
      });
      for (let other = 3; other < n; other += SIZE)
        common.forEach((sigma, k) => {
          covariance[(at + 3 + k) * n + other + k] += sigma * sigma;
        });
    });
  }

  /** The way this robot's wheels drive on; drive it before it sees or is seen. */
  wayOf(robot: number): WheelIncrement {
    return this.ways[robot];
  }

  poseOf(robot: number): PlanarPose {
    const at = SIZE * robot;
    const [dx, dy, turned] = this.ways[robot].under(this.calibrationOf(robot), this.driven);
    const [x, y, yaw] = [this.state[at], this.state[at + 1], this.state[at + 2]];
    const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
    return [x + c * dx - s * dy, y + s * dx + c * dy, yaw + turned];
  }

  /** By `CALIBRATION`; a view. */
  calibrationOf(robot: number): Float64Array {
    return this.state.subarray(SIZE * robot + 3, SIZE * robot + SIZE);
  }

  /** 3×3 row-major of x, y, yaw; that of its wheels since it last saw or was seen is not yet in it. */
  covarianceOf(robot: number): Float64Array {
    const at = SIZE * robot;
    return Float64Array.from(
      { length: 9 },
      (_, i) => this.covariance[this.n * (at + Math.floor(i / 3)) + at + (i % 3)],
    );
  }

  /** Weighs what robot `observer` sees now. */
  weigh(observer: number, subject: Subject, seen: RangeBearing): Weighed {
    this.settle(observer);
    if ('robot' in subject) this.settle(subject.robot);
    const noise = this.options.sightings;
    const [r0, r1] = [rangeVariance(noise, seen.range), bearingVariance(noise, seen.range)];
    const view = new View(SIZE * observer, subject, this.state);
    const shared = new Float64Array(2 * this.n);
    // Gauss-Newton: seen anew from where each round would have put both.
    for (let round = 1; ; round++) {
      const [h00, h01, h11] = view.share(this.covariance, this.n, shared);
      const errors = view.errorsOf(seen);
      const chi2 = quadratic(inverse2(h00 + r0, h01, h11 + r1), errors[0], errors[1]);
      // Beyond the bound at which the team's graph rejects it, a sighting counts the less the more it surprises.
      const share = Math.max(1, chi2 / bound99(2));
      const doubt = share * share;
      const information = inverse2(h00 + doubt * r0, h01, h11 + doubt * r1);
      if (round === ROUNDS || view.move(shared, information, errors) < SETTLED) {
        const gain = this.gainOf(shared, information);
        return { chi2, gain, apply: () => this.believe(shared, information, errors) };
      }
    }
  }

  private gainOf(shared: Float64Array, information: Triple): number {
    let gain = 0;
    for (let at = 0; at < this.n; at += SIZE) {
      gain += quadratic(information, shared[2 * at], shared[2 * at + 1]);
      gain += quadratic(information, shared[2 * at + 2], shared[2 * at + 3]);
    }
    return gain;
  }

  private believe(shared: Float64Array, [a, b, c]: Triple, errors: readonly number[]): void {
    const { n, state, covariance } = this;
    for (let r = 0; r < n; r++) {
      const k0 = shared[2 * r] * a + shared[2 * r + 1] * b;
      const k1 = shared[2 * r] * b + shared[2 * r + 1] * c;
      state[r] += k0 * errors[0] + k1 * errors[1];
      const row = n * r;
      for (let i = 0; i < n; i++) covariance[row + i] -= k0 * shared[2 * i] + k1 * shared[2 * i + 1];
    }
  }

  /** Moves a robot's pose in the state to where its wheels have brought it. */
  private settle(robot: number): void {
    const { n, state, covariance, rows } = this;
    const way = this.ways[robot];
    const at = SIZE * robot;
    const yaw = state[at + 2];
    const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
    const [x, y] = [state[at], state[at + 1]];
    state.set(this.poseOf(robot), at);
    const j = way.byCalibration;
    // Of the pose's own three numbers only the heading moves the others.
    rows.fill(0);
    for (let k = 0; k < 3; k++) rows[SIZE * k + k] = 1;
    rows[2] = -(state[at + 1] - y);
    rows[SIZE + 2] = state[at] - x;
    for (let k = 0; k < CALIBRATION_SIZE; k++) {
      rows[3 + k] = c * j[k] - s * j[3 + k];
      rows[SIZE + 3 + k] = s * j[k] + c * j[3 + k];
      rows[2 * SIZE + 3 + k] = j[6 + k];
    }
    for (let i = 0; i < n; i++) this.transform(at * n + i, n);
    for (let i = 0; i < n; i++) this.transform(i * n + at, 1);
    const q = way.covariance;
    const add = (i: number, k: number, value: number) => {
      covariance[(at + i) * n + at + k] += value;
      if (i !== k) covariance[(at + k) * n + at + i] += value;
    };
    add(0, 0, c * c * q[0] - 2 * c * s * q[1] + s * s * q[4]);
    add(0, 1, c * s * (q[0] - q[4]) + (c * c - s * s) * q[1]);
    add(1, 1, s * s * q[0] + 2 * c * s * q[1] + c * c * q[4]);
    add(0, 2, c * q[2] - s * q[5]);
    add(1, 2, s * q[2] + c * q[5]);
    add(2, 2, q[8]);
    way.restart(this.calibrationOf(robot));
  }

  /** The robot's part of one row or column of the covariance: `SIZE` numbers from `from`, `stride` apart, of which three change. */
  private transform(from: number, stride: number): void {
    const { covariance, rows, driven } = this;
    for (let r = 0; r < 3; r++) {
      let sum = 0;
      for (let k = 0; k < SIZE; k++) sum += rows[SIZE * r + k] * covariance[from + k * stride];
      driven[r] = sum;
    }
    for (let r = 0; r < 3; r++) covariance[from + r * stride] = driven[r];
  }
}

/** How a range and a bearing hang on where who sees and what is seen are, at a first guess of both. */
class View {
  private readonly observer: number;
  /** Where its pose stands in the state; −1 of what is no robot. */
  private readonly peer: number;
  private readonly state: Float64Array;
  private readonly place: readonly number[];
  /** From the state to the guess: the observer's x, y, yaw, and x, y of what is seen. */
  private readonly moved = new Float64Array(5);
  /** Derivatives of range and bearing by the place of what is seen, in the world. */
  private byX: readonly number[] = [0, 0];
  private byY: readonly number[] = [0, 0];

  /** @param observer where its pose stands in the state */
  constructor(observer: number, subject: Subject, state: Float64Array) {
    this.observer = observer;
    this.peer = 'robot' in subject ? SIZE * subject.robot : -1;
    this.state = state;
    this.place = 'robot' in subject ? [state[this.peer], state[this.peer + 1]] : [subject.x, subject.y];
  }

  /** What was measured less what is expected of the state, to first order about the guess. */
  errorsOf({ range, bearing }: RangeBearing): [number, number] {
    const { moved, byX, byY } = this;
    const { dx, dy, distance } = this.sight();
    const expected = Math.atan2(dy, dx) - this.state[this.observer + 2] - moved[2];
    const [mx, my] = [moved[3] - moved[0], moved[4] - moved[1]];
    return [
      range - distance + byX[0] * mx + byY[0] * my,
      wrapAngle(bearing - expected) + byX[1] * mx + byY[1] * my - moved[2],
    ];
  }

  /**
   * How all of the state goes with range and bearing, P·Hᵀ, 2 a number of the state.
   * @returns how the two themselves do, H·P·Hᵀ: three numbers of a symmetric 2×2
   */
  share(covariance: Float64Array, n: number, shared: Float64Array): Triple {
    const { observer, peer } = this;
    const { dx, dy, distance } = this.sight();
    const [ux, uy] = [dx / distance, dy / distance];
    this.byX = [ux, -uy / distance];
    this.byY = [uy, ux / distance];
    const { byX, byY } = this;
    for (let r = 0; r < n; r++) {
      const row = r * n;
      const px = (peer < 0 ? 0 : covariance[row + peer]) - covariance[row + observer];
      const py = (peer < 0 ? 0 : covariance[row + peer + 1]) - covariance[row + observer + 1];
      shared[2 * r] = byX[0] * px + byY[0] * py;
      shared[2 * r + 1] = byX[1] * px + byY[1] * py - covariance[row + observer + 2];
    }
    const by = (measured: number, other: number) => {
      const at = (k: number) => shared[2 * k + other];
      const px = (peer < 0 ? 0 : at(peer)) - at(observer);
      const py = (peer < 0 ? 0 : at(peer + 1)) - at(observer + 1);
      return byX[measured] * px + byY[measured] * py - measured * at(observer + 2);
    };
    return [by(0, 0), (by(0, 1) + by(1, 0)) / 2, by(1, 1)];
  }

  /** Guesses anew. @returns by how much the guess changed at most */
  move(shared: Float64Array, [a, b, c]: Triple, errors: readonly number[]): number {
    const { moved, observer, peer } = this;
    const [e0, e1] = [a * errors[0] + b * errors[1], b * errors[0] + c * errors[1]];
    let change = 0;
    for (let k = 0; k < (peer < 0 ? 3 : 5); k++) {
      const at = k < 3 ? observer + k : peer + k - 3;
      const next = shared[2 * at] * e0 + shared[2 * at + 1] * e1;
      change = Math.max(change, Math.abs(next - moved[k]));
      moved[k] = next;
    }
    return change;
  }

  private sight() {
    const { moved, observer, state, place } = this;
    const dx = place[0] + moved[3] - state[observer] - moved[0];
    const dy = place[1] + moved[4] - state[observer + 1] - moved[1];
    return { dx, dy, distance: Math.max(Math.hypot(dx, dy), NEAREST) };
  }
}

/** A symmetric 2×2: first row, and the last number. */
type Triple = readonly [number, number, number];

function inverse2(a: number, b: number, c: number): Triple {
  const determinant = a * c - b * b;
  return [c / determinant, -b / determinant, a / determinant];
}

function quadratic([a, b, c]: Triple, x: number, y: number): number {
  return a * x * x + 2 * b * x * y + c * y * y;
}
