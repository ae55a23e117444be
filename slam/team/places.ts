import { inverse, type Pose, transformPoint } from '../../base/se3.ts';
import type { CameraRig, FeatureFrame } from '../../base/sensors.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { SlamMap } from '../map/slam-map.ts';
import { descriptorsOf } from '../mapping/unknown.ts';

/**
 * What a keyframe shows, as a teammate needs it to know the place again: some of its keypoints. All numbers are already as coarse as
 * they are sent.
 */
export interface PlaceDescription {
  /** Id in its robot's map. */
  readonly keyframe: number;
  readonly count: number;
  /** Undistorted pixels, in quarters. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly octave: Uint8Array;
  /** Radians, in 256ths of a turn. */
  readonly angle: Float32Array;
  /** 32 bytes a keypoint. */
  readonly descriptors: Uint8Array;
  /** 3 a keypoint: where what it shows is in the keyframe's body frame, metres, in millimetres; NaN where nobody knows. */
  readonly points: Float32Array;
  /** The map point it shows in its robot's map; −1: none. */
  readonly mapPoints: Int32Array;
}

const PIXEL_STEPS = 4;
const ANGLE_STEPS = 256 / (2 * Math.PI);
const MILLIMETRES = 1000;
/** Cells of the image over which keypoints are spread. */
const COLUMNS = 8;
const ROWS = 6;

/**
 * A keyframe's best keypoints: spread over the image, those that show map points first, of these those that most keyframes see.
 * @param most keypoints at most
 * @throws RangeError where the map has no living keyframe of this id
 */
export function describePlace(map: SlamMap, keyframe: number, most = 150): PlaceDescription {
  const shown = map.standing(keyframe);
  if (shown.id !== keyframe) throw new RangeError(`keyframe ${keyframe} was culled`);
  const { rig } = map.camera;
  const idOf = (k: number) => shown.points[k]?.id ?? -1;
  const chosen = choose(shown, rig, most).sort((a, b) => idOf(a) - idOf(b) || a - b);
  const { x, y, octave, angle } = shown.features;
  const points = new Float32Array(3 * chosen.length);
  const bodyFromWorld = inverse(shown.worldFromBody);
  chosen.forEach((k, i) => {
    const at = positionOf(shown, k, bodyFromWorld, rig);
    for (let c = 0; c < 3; c++) points[3 * i + c] = Math.round(at[c] * MILLIMETRES) / MILLIMETRES;
  });
  return {
    keyframe,
    count: chosen.length,
    x: Float32Array.from(chosen, (k) => quarters(x[k])),
    y: Float32Array.from(chosen, (k) => quarters(y[k])),
    octave: Uint8Array.from(chosen, (k) => octave[k]),
    angle: Float32Array.from(chosen, (k) => (Math.round(angle[k] * ANGLE_STEPS) & 0xff) / ANGLE_STEPS),
    descriptors: descriptorsOf(shown, chosen),
    points,
    mapPoints: Int32Array.from(chosen, idOf),
  };
}

/** The keypoints as a camera frame; depth where the point is known. */
export function featuresOf(place: PlaceDescription, rig: CameraRig): FeatureFrame {
  const { count, x, y, octave, angle, descriptors, points } = place;
  const cameraFromBody = inverse(rig.bodyFromCamera);
  const depth = Float32Array.from({ length: count }, (_, i) => {
    const [, , z] = transformPoint(cameraFromBody, points.subarray(3 * i, 3 * i + 3));
    return z > 0 ? z : 0;
  });
  return { kind: 'features', count, x, y, octave, angle, depth, descriptors };
}

/** By turns the best that is left of every cell of the image. */
function choose(keyframe: Keyframe, rig: CameraRig, most: number): number[] {
  const { count, x, y } = keyframe.features;
  const worth = (k: number) => keyframe.points[k]?.observers.size ?? 0;
  const cells: number[][] = Array.from({ length: COLUMNS * ROWS }, () => []);
  const cellAlong = (at: number, size: number, cells: number) =>
    Math.max(0, Math.min(cells - 1, Math.floor((at / size) * cells)));
  for (let k = 0; k < count; k++)
    cells[COLUMNS * cellAlong(y[k], rig.height, ROWS) + cellAlong(x[k], rig.width, COLUMNS)].push(k);
  for (const cell of cells) cell.sort((a, b) => worth(b) - worth(a) || a - b);
  const turns = cells.flatMap((cell) => cell.map((k, turn) => ({ k, turn, known: worth(k) > 0 ? 0 : 1 })));
  turns.sort((a, b) => a.known - b.known || a.turn - b.turn || a.k - b.k);
  return turns.slice(0, most).map(({ k }) => k);
}

/** Where what a keypoint shows is in the body frame: the map's word, or the depth seen; NaN where neither tells. */
function positionOf(keyframe: Keyframe, k: number, bodyFromWorld: Pose, rig: CameraRig): ArrayLike<number> {
  const point = keyframe.points[k];
  if (point) return transformPoint(bodyFromWorld, [point.x, point.y, point.z]);
  const { x, y, depth } = keyframe.features;
  const z = depth[k] > 0 && depth[k] <= rig.closeDepth ? depth[k] : Number.NaN;
  const seen = [((x[k] - rig.cx) * z) / rig.fx, ((y[k] - rig.cy) * z) / rig.fy, z];
  return transformPoint(rig.bodyFromCamera, seen);
}

function quarters(pixels: number): number {
  return Math.round(pixels * PIXEL_STEPS) / PIXEL_STEPS;
}
