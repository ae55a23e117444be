import type { FeatureFrame } from '../../../base/sensors.ts';
import { Keyframe } from '../keyframe.ts';
import { buildGrid, type CameraModel } from '../view.ts';
import { allFinite, allPoses, type ColumnReader, ColumnWriter, total } from './columns.ts';

const DESCRIPTOR_BYTES = 32;

/** Ids, times, poses, and how many keypoints each has; these are written apart. */
export function writeKeyframes(keyframes: readonly Keyframe[]): Uint8Array {
  return new ColumnWriter()
    .count(keyframes.length)
    .add(Int32Array.from(keyframes, ({ id }) => id))
    .add(Float64Array.from(keyframes, ({ time }) => time))
    .add(Float64Array.from(keyframes, ({ noise }) => noise))
    .add(Uint32Array.from(keyframes, ({ features }) => features.count))
    .addEach(keyframes.map(({ worldFromBody }) => worldFromBody))
    .addEach(keyframes.map(({ covariance }) => covariance))
    .bytes();
}

export function writeKeypoints(keyframes: readonly Keyframe[]): Uint8Array {
  const each = keyframes.map(({ features }) => features);
  return new ColumnWriter()
    .addEach(each.map(({ x, count }) => x.subarray(0, count)))
    .addEach(each.map(({ y, count }) => y.subarray(0, count)))
    .addEach(each.map(({ angle, count }) => angle.subarray(0, count)))
    .addEach(each.map(({ depth, count }) => depth.subarray(0, count)))
    .addEach(each.map(({ octave, count }) => octave.subarray(0, count)))
    .addEach(each.map(({ descriptors, count }) => descriptors.subarray(0, DESCRIPTOR_BYTES * count)))
    .bytes();
}

/** Keyframes that no points, tree or odometry join yet. */
export function readKeyframes(
  reader: ColumnReader,
  keypoints: ColumnReader,
  camera: CameraModel,
): Keyframe[] {
  const count = reader.count();
  const ids = reader.int32(count);
  const times = reader.float64(count);
  const noise = reader.float64(count);
  const sizes = reader.uint32(count);
  const poses = reader.float64(7 * count);
  const covariances = reader.float64(36 * count);
  reader.end();
  requireRisingIds(reader, ids);
  reader.require(
    allFinite(times) && allFinite(noise) && allPoses(poses) && allFinite(covariances),
    () => 'holds numbers or poses that are none',
  );
  const features = readFeatures(keypoints, sizes, camera.rig.pyramid.levels);
  return features.map((seen, i) => {
    const view = {
      features: seen,
      grid: buildGrid(seen, camera.rig),
      points: new Array(seen.count).fill(null),
      // The keyframe works it out from its body's pose.
      cameraFromWorld: new Float64Array(7),
      noise: noise[i],
    };
    const worldFromBody = poses.subarray(7 * i, 7 * i + 7);
    return new Keyframe(
      ids[i],
      times[i],
      view,
      worldFromBody,
      covariances.slice(36 * i, 36 * i + 36),
      camera,
    );
  });
}

/** Arrays of their own for each keyframe: one that is culled later gives its memory back. */
function readFeatures(reader: ColumnReader, sizes: Uint32Array, levels: number): FeatureFrame[] {
  const all = total(sizes);
  const x = reader.float32(all);
  const y = reader.float32(all);
  const angle = reader.float32(all);
  const depth = reader.float32(all);
  const octave = reader.uint8(all);
  const descriptors = reader.uint8(DESCRIPTOR_BYTES * all);
  reader.end();
  reader.require(
    allFinite(x) && allFinite(y) && allFinite(angle) && allFinite(depth),
    () => 'holds numbers that are none',
  );
  reader.require(
    octave.every((level) => level < levels),
    () => `has a keypoint on a level that a pyramid of ${levels} has not`,
  );
  let start = 0;
  return Array.from(sizes, (count) => {
    const end = start + count;
    const features: FeatureFrame = {
      kind: 'features',
      count,
      x: x.slice(start, end),
      y: y.slice(start, end),
      octave: octave.slice(start, end),
      angle: angle.slice(start, end),
      depth: depth.slice(start, end),
      descriptors: descriptors.slice(DESCRIPTOR_BYTES * start, DESCRIPTOR_BYTES * end),
    };
    start = end;
    return features;
  });
}

export function requireRisingIds(reader: ColumnReader, ids: Int32Array): void {
  let last = -1;
  for (const id of ids) {
    reader.require(id > last, () => `id ${id} comes after ${last}; ids should rise`);
    last = id;
  }
}
