import type { CameraRig } from '../../../base/sensors.ts';
import { allFinite, allPoses, type ColumnReader, ColumnWriter } from './columns.ts';

const KINDS = ['rgbd', 'stereo', 'mono'] as const;
/** A map claims no more: its keypoint grids are made to the image's size. */
const MOST_PIXELS = 16_384;
const MOST_LEVELS = 32;
const MOST_COEFFICIENTS = 16;

export function writeCamera(rig: CameraRig): Uint8Array {
  const { pyramid, distortion = [] } = rig;
  return new ColumnWriter()
    .add(Uint32Array.of(KINDS.indexOf(rig.kind), rig.width, rig.height, pyramid.levels))
    .add(Float64Array.of(rig.fx, rig.fy, rig.cx, rig.cy, rig.baseline, rig.closeDepth, pyramid.scaleFactor))
    .add(rig.bodyFromCamera)
    .count(distortion.length)
    .add(Float64Array.from(distortion))
    .bytes();
}

export function readCamera(reader: ColumnReader): CameraRig {
  const [kind, width, height, levels] = reader.uint32(4);
  const lengths = reader.float64(7);
  const [fx, fy, cx, cy, baseline, closeDepth, scaleFactor] = lengths;
  const bodyFromCamera = reader.float64(7);
  const coefficients = reader.count();
  reader.require(coefficients <= MOST_COEFFICIENTS, () => `${coefficients} distortion coefficients`);
  const distortion = reader.float64(coefficients);
  reader.end();
  reader.require(kind < KINDS.length, () => `camera of unknown kind ${kind}`);
  reader.require(
    width > 0 && height > 0 && width <= MOST_PIXELS && height <= MOST_PIXELS,
    () => `images of ${width}×${height} pixels`,
  );
  reader.require(
    levels > 0 && levels <= MOST_LEVELS && scaleFactor > 1,
    () => `a pyramid of ${levels} levels with factor ${scaleFactor}`,
  );
  reader.require(fx > 0 && fy > 0, () => `focal lengths ${fx} and ${fy}; they should be positive`);
  // A camera that sees no depth may call every depth close.
  const measured = [fx, fy, cx, cy, baseline, scaleFactor, ...distortion];
  reader.require(
    allFinite(Float64Array.from(measured)) && allPoses(bodyFromCamera) && !Number.isNaN(closeDepth),
    () => 'a calibration with numbers that are none',
  );
  return {
    kind: KINDS[kind],
    width,
    height,
    fx,
    fy,
    cx,
    cy,
    ...(coefficients > 0 && { distortion: [...distortion] }),
    baseline,
    closeDepth,
    bodyFromCamera,
    pyramid: { levels, scaleFactor },
  };
}
