import {
  between,
  compose,
  exp,
  inverse,
  log,
  type Pose,
  planarPose,
  rotationMatrix,
} from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import { FACES, faceCorners, PLATE } from './board.ts';
import { BOARD_CELLS, MARKER_CELLS } from './codes.ts';
import { inverse6, NormalEquations } from './normal-equations.ts';

/** Robots stand on one floor: σ of a teammate's height (metres) and of its roll and pitch (radians) in one's own frame. */
const FLOOR = { height: 0.02, tilt: 0.02 };
const ROUNDS = 12;
const CONVERGED = 1e-7;
/** Nearest to the camera that a corner may lie, metres. */
const NEAREST = 0.05;
/** Mean squared residual, in σ², beyond which the corners belong to no robot on the floor. */
const WORST = 12;
/** Two solutions this near in heading (radians) are one. */
const SAME = 0.01;

/** Black squares of the faces, 4 × 3 each, counter-clockwise, body frame. */
const SIDE = (PLATE * MARKER_CELLS) / BOARD_CELLS;
const MARKERS = FACES.map((_, face) => faceCorners(face, SIDE));

/** One face of a robot as seen: 4 × 2 pixels, clockwise from the top left, and σ of each. */
export interface SeenFace {
  readonly face: number;
  readonly corners: Float64Array;
  readonly sigma: number;
}

export interface PoseEstimate {
  readonly bodyFromPeer: Pose;
  /** 6 × 6 row-major, of a right perturbation; it spans the mirror image where that fits nearly as well. */
  readonly covariance: Float64Array;
  /** Sum of squared residuals, in σ². */
  readonly cost: number;
  /** Chance that the mirror image was the right one, after both were fitted. */
  readonly mirrorChance: number;
}

interface Solution {
  readonly pose: Pose;
  readonly covariance: Float64Array;
  readonly cost: number;
}

/**
 * Pose of a teammate from the corners of its faces: least squares on the reprojection error and the floor that both stand
 * on. One square seen from afar has two solutions that differ by the sign of its slant; both are fitted, the better one
 * is taken, and the covariance pays for the other by its likelihood (cf. Schweighofer, Pinz, "Robust pose estimation from
 * a planar target", 2006). A second face decides at once.
 */
export class PeerPose {
  private readonly rig: CameraRig;
  private readonly cameraFromBody: Pose;
  private readonly bodyFromCamera: Float64Array;
  private readonly rotation = new Float64Array(9);
  private readonly equations = new NormalEquations();
  private readonly row = new Float64Array(6);

  constructor(rig: CameraRig) {
    this.rig = rig;
    this.cameraFromBody = inverse(rig.bodyFromCamera);
    this.bodyFromCamera = rotationMatrix(rig.bodyFromCamera);
  }

  /** Nothing where no pose on the floor explains the corners. */
  estimate(faces: readonly SeenFace[]): PoseEstimate | undefined {
    const largest = faces.reduce((a, b) => (extent(b.corners) > extent(a.corners) ? b : a));
    const solutions = this.starts(largest).flatMap((start) => this.solve(start, faces) ?? []);
    if (solutions.length === 0) return undefined;
    const [best, other] = solutions.sort((a, b) => a.cost - b.cost);
    if (best.cost > WORST * 8 * faces.length) return undefined;
    const { pose, cost } = best;
    const apart = other && log(between(pose, other.pose));
    if (!apart || Math.abs(apart[5]) < SAME) {
      return { bodyFromPeer: pose, covariance: best.covariance, cost, mirrorChance: 0 };
    }
    const mirrorChance = 1 / (1 + Math.exp((other.cost - cost) / 2));
    const covariance = best.covariance.map(
      (value, i) =>
        (1 - mirrorChance) * value +
        mirrorChance * (other.covariance[i] + apart[Math.floor(i / 6)] * apart[i % 6]),
    );
    return { bodyFromPeer: pose, covariance, cost, mirrorChance };
  }

  /** The two upright poses by the size and slant of a face: its left and right sides each tell where they stand. */
  private starts({ face, corners }: SeenFace): Pose[] {
    const [left, right] = [this.foot(corners, 0, 3), this.foot(corners, 1, 2)];
    if (!left || !right) return [];
    const [eyeX, eyeY] = this.rig.bodyFromCamera;
    const [x, y] = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
    const range = Math.sqrt((x - eyeX) * (x - eyeX) + (y - eyeY) * (y - eyeY)) || 1;
    const [alongX, alongY] = [(x - eyeX) / range, (y - eyeY) / range];
    const width = ((right[0] - left[0]) * alongY - (right[1] - left[1]) * alongX) / SIDE;
    const slant = Math.acos(Math.min(1, Math.max(0, width)));
    return [Math.max(0.05, slant), Math.min(-0.05, -slant)].map((angle) => {
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const heading = Math.atan2(-(c * alongY + s * alongX), -c * alongX + s * alongY);
      return planarPose(x, y, heading - FACES[face].heading);
    });
  }

  /** Where on the floor an upright side stands, by its height in the picture; body frame. */
  private foot(corners: Float64Array, top: number, bottom: number): [number, number] | undefined {
    const [a, b] = [this.ray(corners, top), this.ray(corners, bottom)];
    const range = SIDE / (a[2] - b[2]);
    if (!(range > 0)) return undefined;
    const [x, y] = this.rig.bodyFromCamera;
    return [x + (range * (a[0] + b[0])) / 2, y + (range * (a[1] + b[1])) / 2];
  }

  /** Body frame, one metre long over the floor. */
  private ray(corners: Float64Array, i: number): [number, number, number] {
    const { fx, fy, cx, cy } = this.rig;
    const [u, v] = [(corners[2 * i] - cx) / fx, (corners[2 * i + 1] - cy) / fy];
    const r = this.bodyFromCamera;
    const [x, y] = [r[0] * u + r[1] * v + r[2], r[3] * u + r[4] * v + r[5]];
    const level = Math.sqrt(x * x + y * y) || 1;
    return [x / level, y / level, (r[6] * u + r[7] * v + r[8]) / level];
  }

  /** Levenberg and Marquardt's method from a start. */
  private solve(start: Pose, faces: readonly SeenFace[]): Solution | undefined {
    let pose = start;
    let damping = 1e-3;
    if (!this.linearise(pose, faces)) return undefined;
    let cost = this.equations.cost;
    for (let round = 0; round < ROUNDS; round++) {
      const step = this.step(damping);
      if (!step) return undefined;
      const next = compose(pose, exp(step));
      const better = this.linearise(next, faces) && this.equations.cost <= cost;
      if (better) {
        pose = next;
        const gain = cost - this.equations.cost;
        cost = this.equations.cost;
        damping /= 10;
        if (gain < CONVERGED * cost) break;
      } else {
        damping *= 30;
        this.linearise(pose, faces);
      }
    }
    const covariance = inverse6(this.equations.h);
    return covariance ? { pose, covariance, cost } : undefined;
  }

  private step(damping: number): Float64Array | undefined {
    const { h, b } = this.equations;
    const h1 = inverse6(h, damping);
    return h1?.subarray(0, 6).map((_, i) => {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum += h1[6 * i + k] * b[k];
      return sum;
    });
  }

  /** Fills the normal equations at a pose; false where a corner would lie behind the camera. */
  private linearise(bodyFromPeer: Pose, faces: readonly SeenFace[]): boolean {
    this.equations.clear();
    this.addFloor(bodyFromPeer);
    const cameraFromPeer = compose(this.cameraFromBody, bodyFromPeer);
    rotationMatrix(cameraFromPeer, this.rotation);
    return faces.every((face) => this.addFace(cameraFromPeer, face));
  }

  private addFace(cameraFromPeer: Pose, { face, corners, sigma }: SeenFace): boolean {
    const { fx, fy, cx, cy } = this.rig;
    const r = this.rotation;
    const weight = 1 / (sigma * sigma);
    for (let i = 0; i < 4; i++) {
      // The picture's corners run clockwise, a board's counter-clockwise.
      const at = 3 * ((4 - i) % 4);
      const [px, py, pz] = MARKERS[face].subarray(at, at + 3);
      const x = cameraFromPeer[0] + r[0] * px + r[1] * py + r[2] * pz;
      const y = cameraFromPeer[1] + r[3] * px + r[4] * py + r[5] * pz;
      const z = cameraFromPeer[2] + r[6] * px + r[7] * py + r[8] * pz;
      if (z < NEAREST) return false;
      const [u, v] = [x / z, y / z];
      this.addPixel(fx * u + cx - corners[2 * i], fx / z, 0, -u, px, py, pz, weight);
      this.addPixel(fy * v + cy - corners[2 * i + 1], fy / z, 3, -v, px, py, pz, weight);
    }
    return true;
  }

  /** A pixel coordinate moves with the point by `scale` times (row of R at `from`) + `along` (R's last row). */
  private addPixel(
    residual: number,
    scale: number,
    from: number,
    along: number,
    px: number,
    py: number,
    pz: number,
    weight: number,
  ): void {
    const { row, rotation: r } = this;
    const gx = scale * (r[from] + along * r[6]);
    const gy = scale * (r[from + 1] + along * r[7]);
    const gz = scale * (r[from + 2] + along * r[8]);
    row[0] = gx;
    row[1] = gy;
    row[2] = gz;
    row[3] = py * gz - pz * gy;
    row[4] = pz * gx - px * gz;
    row[5] = px * gy - py * gx;
    this.equations.add(residual, row, weight);
  }

  private addFloor(bodyFromPeer: Pose): void {
    const { row } = this;
    const r = rotationMatrix(bodyFromPeer, this.rotation);
    row.set([r[6], r[7], r[8], 0, 0, 0]);
    this.equations.add(bodyFromPeer[2], row, 1 / (FLOOR.height * FLOOR.height));
    for (let axis = 0; axis < 2; axis++) {
      // How the peer's up axis leans along the body's axis: R (θ × e₃) = θ₂ (R e₁) − θ₁ (R e₂).
      row.set([0, 0, 0, -r[3 * axis + 1], r[3 * axis], 0]);
      this.equations.add(r[3 * axis + 2], row, 1 / (FLOOR.tilt * FLOOR.tilt));
    }
  }
}

/** Area of a face in the picture, times two. */
function extent(c: Float64Array): number {
  return Math.abs((c[4] - c[0]) * (c[7] - c[3]) - (c[6] - c[2]) * (c[5] - c[1]));
}
