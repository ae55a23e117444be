import {
  angleBetween,
  between,
  compose,
  distance,
  inverse,
  type Pose,
  transformPoint,
} from '../../base/se3.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import { type Corrections, spreadCorrections } from './corrections.ts';

/** Moves that are none: metres, radians. */
const STILL = 1e-4;

/**
 * Puts keyframes where the team has them. Others of their part go along (see `spreadCorrections`), points with the
 * keyframes that see them, culled keyframes with what they hang on; a culled one that is told of goes where it is told to. Parts of which nothing is
 * told stay. Where all move alike, the map is carried as it is.
 * @param poses `worldFromBody` by id, of living or culled keyframes; ids that the map no longer knows do not count
 * @returns how it moved, the oldest keyframe of each part first; null where it did not
 */
export function reshapeMap(map: SlamMap, poses: ReadonlyMap<number, Pose>): Corrections | null {
  const told = [...poses].filter(([id]) => map.knows(id)).sort(([a], [b]) => a - b);
  if (!told.some(([id, pose]) => isMove(map.keyframePose(id), pose))) return null;
  const corrections = spreadCorrections(map, correctionsOf(map, told));
  const before = new Map([...corrections.keys()].map((k) => [k, k.worldFromBody.slice()]));
  for (const [keyframe, correction] of corrections)
    map.moveKeyframe(keyframe, poses.get(keyframe.id) ?? compose(correction, keyframe.worldFromBody));
  for (const [id, pose] of told) map.moveGrave(id, pose);
  for (const keyframe of map.keyframes()) keyframe.held = poses.has(keyframe.id);
  for (const point of map.points()) movePoint(map, point, corrections);
  bendOdometry(before);
  return corrections;
}

/** Those of the living; where only one culled is told of, of the keyframe that it hangs on. */
function correctionsOf(map: SlamMap, told: readonly (readonly [number, Pose])[]): Corrections {
  const given = new Map<Keyframe, Pose>();
  for (const [id, pose] of told) {
    const keyframe = map.standing(id);
    if (keyframe.id === id || !given.has(keyframe))
      given.set(keyframe, compose(pose, inverse(map.keyframePose(id))));
  }
  return given;
}

/** To the middle of where the keyframes that see it would take it: to each it looks as much as before as the others let it. */
function movePoint(map: SlamMap, point: MapPoint, corrections: Corrections): void {
  const from = [point.x, point.y, point.z];
  const sum = [0, 0, 0];
  let count = 0;
  for (const keyframe of point.observers.keys()) {
    const correction = corrections.get(keyframe);
    const taken = correction ? transformPoint(correction, from) : from;
    for (let c = 0; c < 3; c++) sum[c] += taken[c];
    count++;
  }
  map.movePoint(point, sum[0] / count, sum[1] / count, sum[2] / count);
  point.updateGeometry(map.camera);
}

/**
 * What wheels told of the way between two keyframes stands in as much contradiction to where they are now as it did to where they
 * were: local adjustment, which sees no more than it saw before, does not pull them back.
 */
function bendOdometry(before: ReadonlyMap<Keyframe, Pose>): void {
  const then = (keyframe: Keyframe) => before.get(keyframe) ?? keyframe.worldFromBody;
  for (const keyframe of before.keys()) {
    const edge = keyframe.odometry;
    if (!edge) continue;
    const off = compose(inverse(between(then(edge.from), then(keyframe))), edge.delta);
    const delta = compose(between(edge.from.worldFromBody, keyframe.worldFromBody), off);
    keyframe.odometry = { ...edge, delta };
  }
}

function isMove(from: Pose, to: Pose): boolean {
  return distance(from, to) > STILL || angleBetween(from, to) > STILL;
}
