import { between, inverse, type Pose, rotationMatrix } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { CameraModel } from '../map/view.ts';
import { descriptorsOf, unknownKeypoints } from './unknown.ts';

/** χ² at 95 % of the distance to an epipolar line. */
const CHI2_LINE = 3.841;
/** Pixels round the other camera's image, at level 0: lines are all directions there. */
const EPIPOLE_RADIUS = 10;
const MAX_DISTANCE = 50;

/**
 * Pairs of keypoints without a point of two posed keyframes that look alike and whose rays meet: each of `a` with the most
 * similar one of `b` near its epipolar line. Where no depth is measured most points are made so, and a search limited by
 * geometry may believe descriptors that a search of all the image may not.
 */
export function matchAlongLines(
  a: Keyframe,
  b: Keyframe,
  camera: CameraModel,
  kernels: Kernels,
): [number, number][] {
  const ofA = unknownKeypoints(a);
  const ofB = awayFromEpipole(b, unknownKeypoints(b), inverse(a.cameraFromWorld), camera);
  const queries = {
    count: ofA.length,
    lines: linesOf(a, ofA, b, camera),
    descriptors: descriptorsOf(a, ofA),
    maxDistance: MAX_DISTANCE,
  };
  const keypoints = {
    count: ofB.length,
    x: Float64Array.from(ofB, (j) => b.features.x[j]),
    y: Float64Array.from(ofB, (j) => b.features.y[j]),
    bounds: Float64Array.from(ofB, (j) => CHI2_LINE / camera.inverseSigma2[b.features.octave[j]]),
    descriptors: descriptorsOf(b, ofB),
  };
  const matches = new Int32Array(ofA.length);
  kernels.searchAlongLines(queries, keypoints, matches);
  const pairs: [number, number][] = [];
  matches.forEach((j, i) => {
    if (j >= 0) pairs.push([ofA[i], ofB[j]]);
  });
  return pairs;
}

/** The epipolar lines of keypoints of `a` in `b`, 3 numbers each. */
function linesOf(a: Keyframe, keypoints: readonly number[], b: Keyframe, camera: CameraModel): Float64Array {
  const f = fundamentalOf(between(inverse(b.cameraFromWorld), inverse(a.cameraFromWorld)), camera);
  const lines = new Float64Array(3 * keypoints.length);
  keypoints.forEach((k, i) => {
    const u = a.features.x[k];
    const v = a.features.y[k];
    for (let row = 0; row < 3; row++)
      lines[3 * i + row] = f[3 * row] * u + f[3 * row + 1] * v + f[3 * row + 2];
  });
  return lines;
}

/** Row-major: a pixel of the one camera to its epipolar line in the other, `[p, q, r]` with p·u + q·v + r = 0. */
function fundamentalOf(otherFromOne: Pose, { rig }: CameraModel): Float64Array {
  const { fx, fy, cx, cy } = rig;
  const r = rotationMatrix(otherFromOne);
  const [tx, ty, tz] = otherFromOne;
  const out = new Float64Array(9);
  // Columns of [t]× R, then pixels for rays on either side.
  for (let c = 0; c < 3; c++) {
    const p = (ty * r[6 + c] - tz * r[3 + c]) / fx;
    const q = (tz * r[c] - tx * r[6 + c]) / fy;
    out[c] = p;
    out[3 + c] = q;
    out[6 + c] = tx * r[3 + c] - ty * r[c] - p * cx - q * cy;
  }
  for (let row = 0; row < 9; row += 3) {
    out[row] /= fx;
    out[row + 1] /= fy;
    out[row + 2] -= out[row] * cx + out[row + 1] * cy;
  }
  return out;
}

/** Those of a view's keypoints that do not lie where the camera at `worldFromOther` is seen. */
function awayFromEpipole(
  view: Keyframe,
  keypoints: readonly number[],
  worldFromOther: Pose,
  camera: CameraModel,
): number[] {
  const { fx, fy, cx, cy } = camera.rig;
  const { x, y, octave } = view.features;
  const [tx, ty, tz] = between(inverse(view.cameraFromWorld), worldFromOther);
  const [u, v] = [(fx * tx) / tz + cx, (fy * ty) / tz + cy];
  return keypoints.filter((j) => {
    const radius = EPIPOLE_RADIUS * camera.scale[octave[j]];
    const [du, dv] = [x[j] - u, y[j] - v];
    return !(du * du + dv * dv < radius * radius);
  });
}
