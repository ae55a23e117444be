import type { PlaceDescription } from '../../slam/team/places.ts';
import type { ByteReader, ByteWriter } from '../radio/bytes.ts';

/**
 * A place in about 48 bytes a keypoint: quarter pixels, an octave, an angle in 1/256 of a turn, a point in millimetres, the
 * descriptor, and the map point as a distance from the one before.
 */
const PIXEL_STEPS = 4;
const ANGLE_STEPS = 256 / (2 * Math.PI);
const MILLIMETRES = 1000;
const FARTHEST = 0x7fff;
const NO_POINT = -0x8000;
const DESCRIPTOR_BYTES = 32;

export function writePlace(out: ByteWriter, place: PlaceDescription): void {
  const { keyframe, count, x, y, octave, angle, points, descriptors, mapPoints } = place;
  out.count(keyframe);
  out.count(count);
  let before = -1;
  for (let i = 0; i < count; i++) {
    out.u16(pixel(x[i]));
    out.u16(pixel(y[i]));
    out.u8(octave[i]);
    out.u8(Math.round(angle[i] * ANGLE_STEPS) & 0xff);
    writePoint(out, points, 3 * i);
    out.raw(descriptors.subarray(DESCRIPTOR_BYTES * i, DESCRIPTOR_BYTES * (i + 1)));
    out.difference(mapPoints[i] - before);
    before = mapPoints[i];
  }
}

/** @throws RangeError where the bytes are no place */
export function readPlace(bytes: ByteReader): PlaceDescription {
  const keyframe = bytes.count();
  const count = bytes.count();
  if (count * DESCRIPTOR_BYTES > bytes.left) throw new RangeError(`it has no room for ${count} keypoints`);
  const place = {
    keyframe,
    count,
    x: new Float32Array(count),
    y: new Float32Array(count),
    octave: new Uint8Array(count),
    angle: new Float32Array(count),
    descriptors: new Uint8Array(DESCRIPTOR_BYTES * count),
    points: new Float32Array(3 * count),
    mapPoints: new Int32Array(count),
  };
  let before = -1;
  for (let i = 0; i < count; i++) {
    place.x[i] = bytes.u16() / PIXEL_STEPS;
    place.y[i] = bytes.u16() / PIXEL_STEPS;
    place.octave[i] = bytes.u8();
    place.angle[i] = bytes.u8() / ANGLE_STEPS;
    readPoint(bytes, place.points, 3 * i);
    place.descriptors.set(bytes.raw(DESCRIPTOR_BYTES), DESCRIPTOR_BYTES * i);
    before += bytes.difference();
    if (before < -1 || before > 0x7fffffff) throw new RangeError(`${before} is no map point`);
    place.mapPoints[i] = before;
  }
  return place;
}

function pixel(value: number): number {
  return Math.max(0, Math.min(0xffff, Math.round(value * PIXEL_STEPS)));
}

function writePoint(out: ByteWriter, points: Float32Array, at: number): void {
  const steps = [0, 1, 2].map((k) => Math.round(points[at + k] * MILLIMETRES));
  const known = steps.every((step) => Math.abs(step) <= FARTHEST);
  for (const step of steps) out.i16(known ? step : NO_POINT);
}

function readPoint(bytes: ByteReader, points: Float32Array, at: number): void {
  for (let k = 0; k < 3; k++) {
    const step = bytes.i16();
    points[at + k] = step === NO_POINT ? Number.NaN : step / MILLIMETRES;
  }
}
