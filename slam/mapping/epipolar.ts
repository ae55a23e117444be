import { between, inverse, rotationMatrix } from '../../base/se3.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { CameraModel } from '../map/view.ts';

/** χ² at 95 % of the distance to an epipolar line. */
const CHI2_LINE = 3.841;
/** Pixels round the other camera's centre in the image, at level 0: lines are all directions there. */
const EPIPOLE_RADIUS = 10;
const WORDS = 8;
const MAX_DISTANCE = 50;

/**
 * Pairs of keypoints without a point of two posed keyframes that look alike and whose rays meet: each of `a` with the most
 * similar one of `b` near its epipolar line. Where no depth is measured most points are made so, and a search limited by
 * geometry may believe descriptors that a search of all the image may not.
 */
export function matchAlongLines(a: Keyframe, b: Keyframe, camera: CameraModel): [number, number][] {
  const { fx, fy, cx, cy } = camera.rig;
  const bFromA = between(inverse(b.cameraFromWorld), inverse(a.cameraFromWorld));
  const e = essentialOf(bFromA);
  const candidates = unknownKeypoints(b);
  const [wordsA, wordsB] = [wordsOf(a), wordsOf(b)];
  const xb = candidates.map((j) => (b.features.x[j] - cx) / fx);
  const yb = candidates.map((j) => (b.features.y[j] - cy) / fy);
  const bound = candidates.map((j) => CHI2_LINE / camera.inverseSigma2[b.features.octave[j]] / (fx * fy));
  const nearEpipole = nearImageOf(bFromA, xb, yb, candidates, b, camera);
  const taken = new Int32Array(b.points.length).fill(-1);
  const distances = new Int32Array(b.points.length);
  for (let k = 0; k < a.points.length; k++) {
    if (a.points[k]) continue;
    const x = (a.features.x[k] - cx) / fx;
    const y = (a.features.y[k] - cy) / fy;
    const p = e[0] * x + e[1] * y + e[2];
    const q = e[3] * x + e[4] * y + e[5];
    const r = e[6] * x + e[7] * y + e[8];
    const norm = p * p + q * q;
    let best = MAX_DISTANCE + 1;
    let bestJ = -1;
    for (let c = 0; c < candidates.length; c++) {
      const error = p * xb[c] + q * yb[c] + r;
      if (error * error > bound[c] * norm || nearEpipole[c]) continue;
      const distance = hamming(wordsA, WORDS * k, wordsB, WORDS * candidates[c]);
      if (distance >= best) continue;
      best = distance;
      bestJ = candidates[c];
    }
    if (bestJ < 0 || (taken[bestJ] >= 0 && distances[bestJ] <= best)) continue;
    taken[bestJ] = k;
    distances[bestJ] = best;
  }
  const pairs: [number, number][] = [];
  taken.forEach((k, j) => {
    if (k >= 0) pairs.push([k, j]);
  });
  return pairs;
}

/** `[t]× R`, row-major. */
function essentialOf(pose: Float64Array): Float64Array {
  const r = rotationMatrix(pose);
  const [tx, ty, tz] = pose;
  const out = new Float64Array(9);
  for (let c = 0; c < 3; c++) {
    out[c] = ty * r[6 + c] - tz * r[3 + c];
    out[3 + c] = tz * r[c] - tx * r[6 + c];
    out[6 + c] = tx * r[3 + c] - ty * r[c];
  }
  return out;
}

function nearImageOf(
  bFromA: Float64Array,
  xb: readonly number[],
  yb: readonly number[],
  candidates: readonly number[],
  b: Keyframe,
  camera: CameraModel,
): Uint8Array {
  const near = new Uint8Array(candidates.length);
  const [tx, ty, tz] = bFromA;
  if (Math.abs(tz) < 1e-9) return near;
  const { fx, fy } = camera.rig;
  candidates.forEach((j, c) => {
    const [du, dv] = [fx * (xb[c] - tx / tz), fy * (yb[c] - ty / tz)];
    const radius = EPIPOLE_RADIUS * camera.scale[b.features.octave[j]];
    if (du * du + dv * dv < radius * radius) near[c] = 1;
  });
  return near;
}

function unknownKeypoints(keyframe: Keyframe): number[] {
  const out: number[] = [];
  for (let k = 0; k < keyframe.points.length; k++) if (!keyframe.points[k]) out.push(k);
  return out;
}

function wordsOf({ features }: Keyframe): Uint32Array {
  const { descriptors } = features;
  if (descriptors.byteOffset % 4 === 0) {
    return new Uint32Array(descriptors.buffer, descriptors.byteOffset, descriptors.length / 4);
  }
  return new Uint32Array(descriptors.slice().buffer);
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
