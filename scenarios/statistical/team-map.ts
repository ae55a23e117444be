import type { Random } from '../../base/random.ts';
import type { JointEstimate } from './estimate.ts';
import type { Ground } from './ground.ts';

/** As the evaluator has it: what is placed this near to where it is counts, metres. */
const ACCURATE = 0.1;

/** A pose of a robot that its map hangs on. */
export interface Anchor {
  /** Of its pose in the joint estimate. */
  readonly pose: number;
  /** Where it truly is, scene frame. */
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly robot: number;
  readonly time: number;
  /** Whether there is enough to see for the place to be known again. */
  readonly textured: boolean;
}

/** Where a robot truly is, and the anchor that it hangs on. */
export interface Stand {
  readonly robot: number;
  readonly x: number;
  readonly y: number;
  readonly anchor: Anchor;
}

/** What the team has mapped, and which way its robots went: things that move as the anchors of the joint map do. */
export class TeamMap {
  private readonly ground: Ground;
  private readonly estimate: JointEstimate;
  private readonly rangeSigma: readonly [number, number];
  private readonly random: Random;
  private readonly faces: HungPoints;
  /** Own variance of the best view of each face, m². */
  private readonly variance: Float64Array;
  private readonly ways: HungPoints;
  private readonly seen: number[] = [];

  /** @param rangeSigma [a, b] of the depth noise a + b·range², metres @param samples of the robots' ways at most */
  constructor(
    ground: Ground,
    estimate: JointEstimate,
    rangeSigma: readonly [number, number],
    samples: number,
    random: Random,
  ) {
    this.ground = ground;
    this.estimate = estimate;
    this.rangeSigma = rangeSigma;
    this.random = random;
    this.faces = new HungPoints(ground.faces);
    this.variance = new Float64Array(ground.faces).fill(Infinity);
    this.ways = new HungPoints(samples);
  }

  /**
   * A robot has seen a face. @param ux, uy direction of the ray, and its length @param positionVariance that the robot believes, m²
   * @returns whether nobody had seen it before
   */
  see(face: number, stand: Stand, ux: number, uy: number, range: number, positionVariance: number): boolean {
    const [a, b] = this.rangeSigma;
    const sigma = a + b * range * range;
    const variance = positionVariance + sigma * sigma;
    if (variance >= this.variance[face]) return false;
    const isNew = this.variance[face] === Infinity;
    if (isNew) this.seen.push(face);
    this.variance[face] = variance;
    const noise = this.random.normal(sigma);
    const { faceAt } = this.ground;
    this.hang(this.faces, face, stand, faceAt[2 * face], faceAt[2 * face + 1], noise * ux, noise * uy);
    return isNew;
  }

  /** Notes where a robot is now. */
  follow(stand: Stand): void {
    this.hang(this.ways, this.ways.count, stand, stand.x, stand.y, 0, 0);
  }

  /** Shares of the faces there are: seen, and placed accurately as the map stands now. */
  coverage(): { readonly seen: number; readonly accurate: number } {
    const { faces } = this.ground;
    let accurate = 0;
    for (const face of this.seen) {
      this.locate(this.faces, face);
      if (off[0] * off[0] + off[1] * off[1] <= ACCURATE * ACCURATE) accurate++;
    }
    return { seen: this.seen.length / faces, accurate: accurate / faces };
  }

  /** Root mean square error of all robots' ways as they stand now, under one rigid alignment, metres. */
  ateRmse(): number {
    const { x, y, count } = this.ways;
    const errors = new Float64Array(2 * count);
    const mean = new Float64Array(4);
    for (let i = 0; i < count; i++) {
      this.locate(this.ways, i);
      errors.set(off, 2 * i);
      mean[0] += x[i] / count;
      mean[1] += y[i] / count;
      mean[2] += off[0] / count;
      mean[3] += off[1] / count;
    }
    let [dot, cross] = [0, 0];
    for (let i = 0; i < count; i++) {
      const [tx, ty] = [x[i] - mean[0], y[i] - mean[1]];
      const [px, py] = [tx + errors[2 * i] - mean[2], ty + errors[2 * i + 1] - mean[3]];
      dot += px * tx + py * ty;
      cross += px * ty - py * tx;
    }
    const angle = Math.atan2(cross, dot);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const [tx, ty] = [x[i] - mean[0], y[i] - mean[1]];
      const [px, py] = [tx + errors[2 * i] - mean[2], ty + errors[2 * i + 1] - mean[3]];
      const [dx, dy] = [c * px - s * py - tx, s * px + c * py - ty];
      sum += dx * dx + dy * dy;
    }
    return Math.sqrt(sum / count);
  }

  /** @param noiseX, noiseY by which the robot has it wrong beside what its own pose errs */
  private hang(
    to: HungPoints,
    i: number,
    stand: Stand,
    x: number,
    y: number,
    noiseX: number,
    noiseY: number,
  ) {
    const { error } = this.estimate;
    const { anchor, robot } = stand;
    const [r, k] = [3 * robot, 3 * anchor.pose];
    const offX = error[r] - error[r + 2] * (y - stand.y) - error[k] + error[k + 2] * (y - anchor.y);
    const offY = error[r + 1] + error[r + 2] * (x - stand.x) - error[k + 1] - error[k + 2] * (x - anchor.x);
    to.put(i, anchor, x, y, offX + noiseX, offY + noiseY);
  }

  /** Puts into `off` by how much a point is off now. */
  private locate({ pose, x, y, fromX, fromY, offX, offY }: HungPoints, i: number): void {
    const { error } = this.estimate;
    const k = 3 * pose[i];
    off[0] = error[k] - error[k + 2] * (y[i] - fromY[i]) + offX[i];
    off[1] = error[k + 1] + error[k + 2] * (x[i] - fromX[i]) + offY[i];
  }
}

const off = new Float64Array(2);

/** Points: where they truly are, the anchor each hangs on and where that is, and what their place as seen from it errs. */
class HungPoints {
  count = 0;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly pose: Int32Array;
  readonly fromX: Float64Array;
  readonly fromY: Float64Array;
  readonly offX: Float64Array;
  readonly offY: Float64Array;

  constructor(capacity: number) {
    this.x = new Float64Array(capacity);
    this.y = new Float64Array(capacity);
    this.pose = new Int32Array(capacity);
    this.fromX = new Float64Array(capacity);
    this.fromY = new Float64Array(capacity);
    this.offX = new Float64Array(capacity);
    this.offY = new Float64Array(capacity);
  }

  put(i: number, anchor: Anchor, x: number, y: number, offX: number, offY: number): void {
    this.count = Math.max(this.count, i + 1);
    this.x[i] = x;
    this.y[i] = y;
    this.pose[i] = anchor.pose;
    this.fromX[i] = anchor.x;
    this.fromY[i] = anchor.y;
    this.offX[i] = offX;
    this.offY[i] = offY;
  }
}
