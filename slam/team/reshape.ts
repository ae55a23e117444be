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
import type { SlamMap } from '../map/slam-map.ts';
import { type Corrections, spreadCorrections } from './corrections.ts';

/** How a map was reshaped. */
export interface Reshape {
  /** What was done to the world about each keyframe that moved; the oldest of each part first. */
  readonly corrections: Corrections;
  /** Keyframes that are where they were told to be. */
  readonly held: ReadonlySet<Keyframe>;
}

/** Moves that are none: metres, radians. */
const STILL = 1e-4;

/**
 * Puts keyframes where the team has them. Others of their part go along (see `spreadCorrections`), points with the keyframe that saw
 * them first, culled keyframes with what they hang on; a culled one that is told of goes where it is told to. Parts of which nothing is
 * told stay. Where all move alike, the map is carried as it is.
 * @param poses `worldFromBody` by id, of living or culled keyframes; ids that the map no longer knows do not count
 * @returns null where nothing moved
 */
export function reshapeMap(map: SlamMap, poses: ReadonlyMap<number, Pose>): Reshape | null {
  const told = [...poses].filter(([id]) => map.knows(id)).sort(([a], [b]) => a - b);
  if (!told.some(([id, pose]) => isMove(map.keyframePose(id), pose))) return null;
  const corrections = spreadCorrections(map, correctionsOf(map, told));
  const before = new Map([...corrections.keys()].map((k) => [k, k.worldFromBody.slice()]));
  for (const [keyframe, correction] of corrections)
    map.moveKeyframe(keyframe, poses.get(keyframe.id) ?? compose(correction, keyframe.worldFromBody));
  for (const [id, pose] of told) map.moveGrave(id, pose);
  for (const point of map.points()) {
    const [first] = point.observers.keys();
    const correction = corrections.get(first);
    if (!correction) continue;
    const [x, y, z] = transformPoint(correction, [point.x, point.y, point.z]);
    map.movePoint(point, x, y, z);
    point.updateGeometry(map.camera);
  }
  bendOdometry(before);
  return { corrections, held: new Set([...corrections.keys()].filter(({ id }) => poses.has(id))) };
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
