import { between, inverse, type Pose, rotationMatrix } from '../../base/se3.ts';
import type { KeypointGrid } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { CameraModel } from '../map/view.ts';

/** χ² at 95 % of the distance to an epipolar line. */
const CHI2_LINE = 3.841;
/** Pixels round the other camera's image, at level 0: lines are all directions there. */
const EPIPOLE_RADIUS = 10;
const MAX_DISTANCE = 50;
const WORDS = 8;

/**
 * Pairs of keypoints without a point of two posed keyframes that look alike and whose rays meet: each of `a` with the most
 * similar one of `b` near its epipolar line. Where no depth is measured most points are made so, and a search limited by
 * geometry may believe descriptors that a search of all the image may not.
 */
export function matchAlongLines(a: Keyframe, b: Keyframe, camera: CameraModel): [number, number][] {
  const f = fundamentalOf(between(inverse(b.cameraFromWorld), inverse(a.cameraFromWorld)), camera);
  const bounds = Float64Array.from(camera.inverseSigma2, (information) => CHI2_LINE / information);
  const open = openKeypoints(b, inverse(a.cameraFromWorld), camera);
  const [wordsA, wordsB] = [wordsOf(a), wordsOf(b)];
  const { x, y, octave } = b.features;
  const near = new Int32Array(b.points.length);
  const slack = Math.sqrt(2 * bounds[bounds.length - 1]);
  const partner = new Int32Array(b.points.length).fill(-1);
  const distances = new Int32Array(b.points.length);
  for (let k = 0; k < a.points.length; k++) {
    if (a.points[k]) continue;
    const [u, v] = [a.features.x[k], a.features.y[k]];
    const p = f[0] * u + f[1] * v + f[2];
    const q = f[3] * u + f[4] * v + f[5];
    const r = f[6] * u + f[7] * v + f[8];
    const norm = p * p + q * q;
    const count = gatherAlong(b.grid, p, q, r, slack, near);
    let best = MAX_DISTANCE + 1;
    let bestJ = -1;
    for (let n = 0; n < count; n++) {
      const j = near[n];
      if (!open[j]) continue;
      const error = p * x[j] + q * y[j] + r;
      if (error * error > bounds[octave[j]] * norm) continue;
      const distance = hamming(wordsA, WORDS * k, wordsB, WORDS * j);
      if (distance >= best) continue;
      best = distance;
      bestJ = j;
    }
    if (bestJ < 0 || (partner[bestJ] >= 0 && distances[bestJ] <= best)) continue;
    partner[bestJ] = k;
    distances[bestJ] = best;
  }
  const pairs: [number, number][] = [];
  partner.forEach((k, j) => {
    if (k >= 0) pairs.push([k, j]);
  });
  return pairs;
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

/** 1 for the keypoints that have no point and do not lie where the camera at `worldFromOther` is seen. */
function openKeypoints(view: Keyframe, worldFromOther: Pose, camera: CameraModel): Uint8Array {
  const { fx, fy, cx, cy } = camera.rig;
  const { x, y, octave } = view.features;
  const [tx, ty, tz] = between(inverse(view.cameraFromWorld), worldFromOther);
  const [u, v] = [(fx * tx) / tz + cx, (fy * ty) / tz + cy];
  return Uint8Array.from(view.points, (point, j) => {
    const radius = EPIPOLE_RADIUS * camera.scale[octave[j]];
    const [du, dv] = [x[j] - u, y[j] - v];
    return point || du * du + dv * dv < radius * radius ? 0 : 1;
  });
}

/** Keypoints in the cells a line passes, and in those within `slack` pixels across; returns how many. */
function gatherAlong(
  grid: KeypointGrid,
  p: number,
  q: number,
  r: number,
  slack: number,
  out: Int32Array,
): number {
  const { columns, rows, cellSize, cellStart, cellItems } = grid;
  const steep = Math.abs(p) > Math.abs(q);
  let count = 0;
  const steps = steep ? rows : columns;
  const across = steep ? columns : rows;
  for (let step = 0; step < steps; step++) {
    const near = steep ? -(q * step * cellSize + r) / p : -(p * step * cellSize + r) / q;
    const far = near - cellSize * (steep ? q / p : p / q);
    const first = Math.max(0, Math.floor((Math.min(near, far) - slack) / cellSize));
    const last = Math.min(across - 1, Math.floor((Math.max(near, far) + slack) / cellSize));
    for (let cell = first; cell <= last; cell++) {
      const index = steep ? step * columns + cell : cell * columns + step;
      for (let i = cellStart[index]; i < cellStart[index + 1]; i++) out[count++] = cellItems[i];
    }
  }
  return count;
}

function wordsOf({ features }: Keyframe): Uint32Array {
  return new Uint32Array(features.descriptors.slice().buffer);
}

function hamming(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  let distance = 0;
  for (let w = 0; w < WORDS; w++) {
    let bits = a[i + w] ^ b[j + w];
    bits -= (bits >>> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    distance += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return distance;
}
