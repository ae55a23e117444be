import { InputError } from '../../base/errors.ts';
import { identity } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import { lensOf } from '../camera/model.ts';
import type { FileSource, ImageDecoder, Sensor } from './recording.ts';

/** What a calibration says of one camera: pixels, and `[k1, k2, p1, p2, k3]`. */
export interface Calibration {
  readonly width: number;
  readonly height: number;
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly distortion?: readonly number[];
}

/** Focal length times the virtual baseline that turns an RGB-D camera's depth into disparity, px·m, as ORB-SLAM2 has it. */
const RGBD_FOCAL_BASELINE = 40;
/** Baselines up to which a depth is close: of depth cameras, and of stereo pairs (ORB-SLAM2's for driving). */
const CLOSE_BASELINES = { rgbd: 40, stereo: 35, mono: 40 };
const PYRAMID = { levels: 8, scaleFactor: 1.2 };
/** Focal lengths of real lenses lie within these, in image widths: 170° to 1°. */
const FOCAL_WIDTHS = [0.05, 60];
/** A lens that takes a border pixel further away than this after undoing and redoing it cannot be undone, pixels. */
const ROUND_TRIP = 1;

/**
 * A rig of one calibrated camera, or of a rectified pair.
 * @param baseline metres between the cameras of a pair; for one camera, the customary virtual one
 */
export function rigOf(
  kind: Sensor,
  calibration: Calibration,
  baseline = RGBD_FOCAL_BASELINE / calibration.fx,
): CameraRig {
  const { width, height, fx, fy, cx, cy, distortion } = calibration;
  return {
    kind,
    width,
    height,
    fx,
    fy,
    cx,
    cy,
    ...(distortion && { distortion }),
    baseline,
    closeDepth: CLOSE_BASELINES[kind] * baseline,
    bodyFromCamera: identity(),
    pyramid: PYRAMID,
  };
}

/**
 * Refuses a calibration no camera can have.
 * @param where the file (and key) it comes from
 * @throws InputError
 */
export function checkCalibration(where: string, calibration: Calibration): void {
  const { width, height, fx, fy, cx, cy } = calibration;
  for (const [name, focal] of [
    ['fx', fx],
    ['fy', fy],
  ] as const) {
    const [least, most] = FOCAL_WIDTHS.map((widths) => widths * width);
    if (focal >= least && focal <= most) continue;
    throw new InputError(
      where,
      `${name} is ${focal}; the focal length of a camera with images ${width} pixels wide should be from ${least} to ${most} pixels`,
    );
  }
  if (!(cx >= 0 && cx < width && cy >= 0 && cy < height)) {
    throw new InputError(
      where,
      `the principal point (${cx}, ${cy}) lies outside the image; it should be within ${width}×${height} pixels`,
    );
  }
  checkLens(where, calibration);
}

function checkLens(where: string, calibration: Calibration): void {
  const { width, height, distortion = [] } = calibration;
  const lens = lensOf(rigOf('mono', calibration));
  const pixel = new Float64Array(2);
  for (const u of [0, width / 2, width - 1]) {
    for (const v of [0, height / 2, height - 1]) {
      lens.undistort(u, v, pixel);
      lens.distort(pixel[0], pixel[1], pixel);
      if (Math.hypot(pixel[0] - u, pixel[1] - v) <= ROUND_TRIP) continue;
      throw new InputError(
        where,
        `distortion [${distortion.join(', ')}] cannot be undone at pixel (${u}, ${v}); it should be k1, k2, p1, p2, k3 of the radial-tangential model`,
      );
    }
  }
}

/** @throws InputError where a recording does not offer the sensor asked for */
export function chooseSensor(where: string, offered: readonly Sensor[], wanted: Sensor | undefined): Sensor {
  if (wanted === undefined) return offered[0];
  if (offered.includes(wanted)) return wanted;
  const lacking = { rgbd: 'depth images', stereo: 'right images', mono: 'images' }[wanted];
  throw new InputError(
    where,
    `has no ${lacking}, which --sensor ${wanted} needs; it offers ${offered.join(' and ')}`,
  );
}

/** Images that may be damaged before a recording counts as unreadable. */
const TRIES = 5;

/** Width and height of a recording's images: those of the first that can be read. @throws InputError where none can */
export async function sizeOf(
  paths: readonly string[],
  files: FileSource,
  decoder: ImageDecoder,
): Promise<{ width: number; height: number }> {
  let problem: Error | undefined;
  for (const path of paths.slice(0, TRIES)) {
    try {
      return await decoder.grey(await files.bytes(path));
    } catch (error) {
      problem ??= error as Error;
    }
  }
  throw new InputError(paths[0], `cannot be read: ${problem?.message}`, { cause: problem });
}
