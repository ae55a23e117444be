import type { MapChanges } from '../../slam/types.ts';
import type { Reader, Writer } from './wire.ts';

const POSE_STRIDE = 7;
const POINT_STRIDE = 3;

export function writeMapChanges(writer: Writer, changes: MapChanges): void {
  for (const { ids, poses } of [changes.keyframesAdded, changes.keyframesMoved]) {
    writer.array(ids);
    writer.array(poses);
  }
  writer.array(changes.keyframesRemoved);
  for (const { ids, positions } of [changes.pointsAdded, changes.pointsMoved]) {
    writer.array(ids);
    writer.array(positions);
  }
  writer.array(changes.pointsRemoved);
  writer.array(changes.covisibilityAdded);
}

export function readMapChanges(reader: Reader): MapChanges {
  return {
    keyframesAdded: readKeyframes(reader, 'keyframesAdded'),
    keyframesMoved: readKeyframes(reader, 'keyframesMoved'),
    keyframesRemoved: reader.i32Array('keyframesRemoved'),
    pointsAdded: readPoints(reader, 'pointsAdded'),
    pointsMoved: readPoints(reader, 'pointsMoved'),
    pointsRemoved: reader.i32Array('pointsRemoved'),
    covisibilityAdded: readPairs(reader, 'covisibilityAdded'),
  };
}

function readKeyframes(reader: Reader, field: string): MapChanges['keyframesAdded'] {
  const ids = reader.i32Array(`${field}.ids`);
  const poses = reader.f64Array(`${field}.poses`);
  if (poses.length !== POSE_STRIDE * ids.length)
    reader.fail(
      `${field} has ${poses.length} numbers for ${ids.length} keyframes; ${POSE_STRIDE} each are right`,
    );
  return { ids, poses };
}

function readPoints(reader: Reader, field: string): MapChanges['pointsAdded'] {
  const ids = reader.i32Array(`${field}.ids`);
  const positions = reader.f32Array(`${field}.positions`);
  if (positions.length !== POINT_STRIDE * ids.length)
    reader.fail(
      `${field} has ${positions.length} numbers for ${ids.length} points; ${POINT_STRIDE} each are right`,
    );
  return { ids, positions };
}

function readPairs(reader: Reader, field: string): Int32Array {
  const pairs = reader.i32Array(field);
  if (pairs.length % 2 !== 0) reader.fail(`${field} has ${pairs.length} ids; pairs are right`);
  return pairs;
}
