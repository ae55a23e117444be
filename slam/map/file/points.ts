import type { Keyframe } from '../keyframe.ts';
import { MapPoint } from '../map-point.ts';
import { allFinite, type ColumnReader, ColumnWriter, total } from './columns.ts';
import { requireRisingIds } from './keyframes.ts';

const DESCRIPTOR_BYTES = 32;

export function writePoints(points: readonly MapPoint[]): Uint8Array {
  return new ColumnWriter()
    .count(points.length)
    .add(Int32Array.from(points, ({ id }) => id))
    .add(Int32Array.from(points, ({ bornAt }) => bornAt))
    .add(Uint32Array.from(points, ({ visible }) => visible))
    .add(Uint32Array.from(points, ({ found }) => found))
    .add(Float64Array.from(points.flatMap(({ x, y, z }) => [x, y, z])))
    .add(Float64Array.from(points.flatMap(({ nx, ny, nz }) => [nx, ny, nz])))
    .add(Float64Array.from(points.flatMap(({ minDistance, maxDistance }) => [minDistance, maxDistance])))
    .addEach(points.map(({ descriptor }) => descriptor))
    .bytes();
}

/** Points that nobody sees yet. */
export function readPoints(reader: ColumnReader): MapPoint[] {
  const count = reader.count();
  const ids = reader.int32(count);
  const bornAt = reader.int32(count);
  const visible = reader.uint32(count);
  const found = reader.uint32(count);
  const positions = reader.float64(3 * count);
  const normals = reader.float64(3 * count);
  const distances = reader.float64(2 * count);
  const descriptors = reader.uint8(DESCRIPTOR_BYTES * count);
  reader.end();
  requireRisingIds(reader, ids);
  reader.require(
    allFinite(positions) && allFinite(normals) && allFinite(distances),
    () => 'holds numbers that are none',
  );
  return Array.from(ids, (id, i) => {
    const [x, y, z] = positions.subarray(3 * i);
    const point = new MapPoint(id, x, y, z, bornAt[i]);
    [point.nx, point.ny, point.nz] = normals.subarray(3 * i);
    [point.minDistance, point.maxDistance] = distances.subarray(2 * i);
    point.visible = visible[i];
    point.found = found[i];
    point.descriptor.set(descriptors.subarray(DESCRIPTOR_BYTES * i, DESCRIPTOR_BYTES * (i + 1)));
    return point;
  });
}

/** Which keyframe sees each point, and as which keypoint. The order counts: the first tells a point's scale. */
export function writeObservations(
  points: readonly MapPoint[],
  indexOf: ReadonlyMap<Keyframe, number>,
): Uint8Array {
  const seen = points.flatMap(({ observers }) => [...observers]);
  return new ColumnWriter()
    .add(Uint32Array.from(points, ({ observers }) => observers.size))
    .add(Uint32Array.from(seen, ([keyframe]) => indexOf.get(keyframe)!))
    .add(Uint32Array.from(seen, ([, keypoint]) => keypoint))
    .bytes();
}

/** Joins points and keyframes. */
export function readObservations(
  reader: ColumnReader,
  points: readonly MapPoint[],
  keyframes: readonly Keyframe[],
): void {
  const sizes = reader.uint32(points.length);
  const all = total(sizes);
  const observers = reader.uint32(all);
  const keypoints = reader.uint32(all);
  reader.end();
  let at = 0;
  points.forEach((point, p) => {
    reader.require(sizes[p] > 0, () => `nobody sees point ${point.id}`);
    for (const end = at + sizes[p]; at < end; at++) {
      const keyframe = keyframes[observers[at]];
      const keypoint = keypoints[at];
      reader.require(
        keypoint < (keyframe?.points.length ?? 0),
        () => `point ${point.id} is seen by a keypoint that is not there`,
      );
      reader.require(
        keyframe.points[keypoint] === null && !point.observers.has(keyframe),
        () => `keyframe ${keyframe.id} sees point ${point.id} twice, or another there`,
      );
      point.observers.set(keyframe, keypoint);
      keyframe.points[keypoint] = point;
    }
  });
}
