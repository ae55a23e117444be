import { compose, exp, inverse, log, type Pose, rotationMatrix } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import { lensOf } from './model.ts';

/** Two cameras as they are: each with its lens and its `bodyFromCamera`. */
export interface StereoPair {
  readonly left: CameraRig;
  readonly right: CameraRig;
}

/** Where the cameras of a pair look once rectified: rotations only. */
export interface Alignment {
  readonly rectifiedFromLeft: Pose;
  readonly rectifiedFromRight: Pose;
  /** Metres. */
  readonly baseline: number;
}

/** The right camera may stand off the left one's x axis by this share of the baseline. */
const MOST_OFF_AXIS = 0.5;
/** Focal lengths tried for the rectified pair, as shares of the longest raw one, from narrow to wide. */
const NARROWEST = 2;
const WIDEST = 0.4;
const ZOOM_STEP = 0.995;
/** Spacing of the border pixels that must show something, pixels. */
const BORDER_STEP = 8;

/**
 * Turns both cameras by half of what they differ by, then both so that their rows run along the baseline (after J.-Y. Bouguet's
 * calibration toolbox).
 * @throws RangeError where the right camera is not to the right of the left one
 */
export function align({ left, right }: StereoPair): Alignment {
  const leftFromRight = compose(inverse(left.bodyFromCamera), right.bodyFromCamera);
  const [, , , rx, ry, rz] = log(inverse(leftFromRight));
  const midFromLeft = exp([0, 0, 0, rx / 2, ry / 2, rz / 2]);
  const midFromRight = exp([0, 0, 0, -rx / 2, -ry / 2, -rz / 2]);
  const [x, y, z] = rotate(midFromLeft, leftFromRight);
  const baseline = Math.hypot(x, y, z);
  if (!(x > 0 && Math.hypot(y, z) <= MOST_OFF_AXIS * x)) {
    throw new RangeError(
      `the right camera stands at (${x.toFixed(3)}, ${y.toFixed(3)}, ${z.toFixed(3)}) m in the left one's axes; it should stand to the right, along x`,
    );
  }
  const turn = Math.atan2(Math.hypot(y, z), x) / Math.max(Math.hypot(y, z), Number.MIN_VALUE);
  const rectifiedFromMid = exp([0, 0, 0, 0, turn * z, -turn * y]);
  return {
    rectifiedFromLeft: compose(rectifiedFromMid, midFromLeft),
    rectifiedFromRight: compose(rectifiedFromMid, midFromRight),
    baseline,
  };
}

/**
 * The pinhole both cameras share once rectified, of the left one's image size: the widest view every pixel of which both see.
 * @throws RangeError where the right camera is not to the right of the left one, or the two share no view
 */
export function rectifiedPinhole(
  pair: StereoPair,
  alignment: Alignment,
): { width: number; height: number; fx: number; fy: number; cx: number; cy: number } {
  const { width, height } = pair.left;
  const sides = [
    new RawView(pair.left, alignment.rectifiedFromLeft),
    new RawView(pair.right, alignment.rectifiedFromRight),
  ];
  const [[leftX, leftY], [rightX, rightY]] = sides.map((side) => side.centre());
  const longest = Math.max(pair.left.fx, pair.left.fy, pair.right.fx, pair.right.fy);
  const pinhole = (focal: number) => ({
    width,
    height,
    fx: focal,
    fy: focal,
    cx: (width - 1) / 2 - (focal * (leftX + rightX)) / 2,
    cy: (height - 1) / 2 - (focal * (leftY + rightY)) / 2,
  });
  let widest: ReturnType<typeof pinhole> | undefined;
  for (let share = NARROWEST; share >= WIDEST; share *= ZOOM_STEP) {
    const candidate = pinhole(share * longest);
    if (!sides.every((side) => side.covers(candidate))) break;
    widest = candidate;
  }
  if (!widest) throw new RangeError('the two cameras share no view');
  return widest;
}

/** Where rays of the rectified camera meet a raw camera's image. */
export class RawView {
  private readonly camera: CameraRig;
  private readonly rawFromRectified: Float64Array;
  private readonly lens;
  private readonly pixel = new Float64Array(2);

  constructor(camera: CameraRig, rectifiedFromRaw: Pose) {
    this.camera = camera;
    this.rawFromRectified = rotationMatrix(inverse(rectifiedFromRaw));
    this.lens = lensOf(camera);
  }

  /** Raw pixel of the ray (x, y, 1) of the rectified camera; NaN behind the raw one. The array is reused. */
  project(x: number, y: number): Float64Array {
    const r = this.rawFromRectified;
    const { fx, fy, cx, cy } = this.camera;
    const z = r[6] * x + r[7] * y + r[8];
    if (!(z > 0)) return this.pixel.fill(Number.NaN);
    const u = (fx * (r[0] * x + r[1] * y + r[2])) / z + cx;
    const v = (fy * (r[3] * x + r[4] * y + r[5])) / z + cy;
    this.lens.distort(u, v, this.pixel);
    return this.pixel;
  }

  /** The raw image's middle as a ray (x, y, 1) of the rectified camera. */
  centre(): [number, number] {
    const { width, height, fx, fy, cx, cy } = this.camera;
    this.lens.undistort((width - 1) / 2, (height - 1) / 2, this.pixel);
    const x = (this.pixel[0] - cx) / fx;
    const y = (this.pixel[1] - cy) / fy;
    const r = this.rawFromRectified;
    const z = r[2] * x + r[5] * y + r[8];
    return [(r[0] * x + r[3] * y + r[6]) / z, (r[1] * x + r[4] * y + r[7]) / z];
  }

  /** Whether all of a rectified image's border lies within the raw one. */
  covers(pinhole: {
    width: number;
    height: number;
    fx: number;
    fy: number;
    cx: number;
    cy: number;
  }): boolean {
    const { width, height, fx, fy, cx, cy } = pinhole;
    const inside = (u: number, v: number) => {
      const [rawU, rawV] = this.project((u - cx) / fx, (v - cy) / fy);
      return rawU >= 0 && rawV >= 0 && rawU <= this.camera.width - 1 && rawV <= this.camera.height - 1;
    };
    for (let u = 0; u < width; u += BORDER_STEP) if (!inside(u, 0) || !inside(u, height - 1)) return false;
    for (let v = 0; v < height; v += BORDER_STEP) if (!inside(0, v) || !inside(width - 1, v)) return false;
    return inside(width - 1, 0) && inside(width - 1, height - 1);
  }
}

/** Rotates a pose's origin. */
function rotate(rotation: Pose, pose: Pose): Pose {
  return compose(rotation, pose).slice(0, 3);
}
