import { type Format, pack, type Section, unpack } from '../../../base/container.ts';
import { InputError } from '../../../base/errors.ts';
import type { Keyframe } from '../keyframe.ts';
import { SlamMap } from '../slam-map.ts';
import { cameraModel } from '../view.ts';
import { readCamera, writeCamera } from './camera.ts';
import { ColumnReader, ColumnWriter } from './columns.ts';
import {
  readCovisibility,
  readLoops,
  readOdometry,
  readTree,
  writeCovisibility,
  writeLoops,
  writeOdometry,
  writeTree,
} from './graph.ts';
import { readGraves, writeGraves } from './graves.ts';
import { readKeyframes, writeKeyframes, writeKeypoints } from './keyframes.ts';
import { readObservations, readPoints, writeObservations, writePoints } from './points.ts';

export const MAP_FORMAT: Format = { what: 'map', letters: 'MAP', version: 1, minimumReader: 1 };

/**
 * A map as bytes, to the last bit. What can be worked out again is left out: keypoint grids, and the index of places, whose words
 * grow out of the keyframes that live, where the original's grew out of those culled since as well. A full adjustment under way is
 * not saved.
 */
export function saveMap(map: SlamMap): Uint8Array {
  const { keyframes, points, graves, nextKeyframe, nextPoint } = map.contents();
  const indexOf: ReadonlyMap<Keyframe, number> = new Map(keyframes.map((keyframe, i) => [keyframe, i]));
  const sections: Section[] = [
    { name: 'camera', bytes: writeCamera(map.camera.rig) },
    { name: 'counters', bytes: new ColumnWriter().count(nextKeyframe).count(nextPoint).bytes() },
    { name: 'keyframes', bytes: writeKeyframes(keyframes) },
    { name: 'keypoints', bytes: writeKeypoints(keyframes) },
    { name: 'points', bytes: writePoints(points) },
    { name: 'observations', bytes: writeObservations(points, indexOf) },
    { name: 'covisibility', bytes: writeCovisibility(keyframes, indexOf) },
    { name: 'tree', bytes: writeTree(keyframes, indexOf) },
    { name: 'loops', bytes: writeLoops(keyframes, indexOf) },
    { name: 'odometry', bytes: writeOdometry(keyframes, indexOf) },
    { name: 'graves', bytes: writeGraves(graves) },
  ];
  return pack(MAP_FORMAT, sections);
}

export interface LoadedMap {
  readonly map: SlamMap;
  /** Of the file's format. */
  readonly version: number;
}

/**
 * @param where the file, for messages
 * @throws InputError where the bytes are no map, not all of one, changed since, contradictory, or need a newer reader
 */
export function loadMap(bytes: Uint8Array, where: string): LoadedMap {
  const { version, sections } = unpack(MAP_FORMAT, bytes, where);
  const section = (name: string) => {
    const content = sections.get(name);
    if (!content) throw new InputError(where, `lacks its section ${name}`);
    return new ColumnReader(content, name, where);
  };
  const camera = cameraModel(readCamera(section('camera')));
  const keyframes = readKeyframes(section('keyframes'), section('keypoints'), camera);
  const points = readPoints(section('points'));
  readObservations(section('observations'), points, keyframes);
  readCovisibility(section('covisibility'), keyframes);
  readTree(section('tree'), keyframes);
  readLoops(section('loops'), keyframes);
  readOdometry(section('odometry'), keyframes);
  const graves = readGraves(section('graves'), keyframes);
  const counters = section('counters');
  const [nextKeyframe, nextPoint] = [counters.count(), counters.count()];
  counters.end();
  const newest = [...graves.keys()].reduce((id, other) => Math.max(id, other), keyframes.at(-1)?.id ?? -1);
  counters.require(
    nextKeyframe > newest && nextPoint > (points.at(-1)?.id ?? -1),
    () => `keyframe ${nextKeyframe} and point ${nextPoint} should come next, but there are later ones`,
  );
  const map = new SlamMap(camera, { keyframes, points, graves, nextKeyframe, nextPoint });
  return { map, version };
}
