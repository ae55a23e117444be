import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import type { SlamSettings } from '../settings.ts';

const FOUND_SHARE = 0.25;
/** Keyframes a young point has to prove itself, and how many must have seen it by then. */
const PROBATION = 2;
const FEWEST_OBSERVERS = 2;
const FEWEST_OBSERVERS_MONO = 3;
/** Other keyframes that must see a point, at the same or a finer scale, for one observation to be spare. */
const SPARE_OBSERVERS = 3;

/** Drops young points that few frames found or few keyframes saw; returns those still on probation. */
export function cullPoints(
  map: SlamMap,
  young: readonly MapPoint[],
  newest: number,
  camera: CameraModel,
): MapPoint[] {
  const fewest = camera.rig.kind === 'mono' ? FEWEST_OBSERVERS_MONO : FEWEST_OBSERVERS;
  return young.filter((point) => {
    if (point.culled) return false;
    const age = newest - point.bornAt;
    const unreliable = point.found < FOUND_SHARE * point.visible;
    const unconfirmed = age >= PROBATION && point.observers.size < fewest;
    if (unreliable || unconfirmed) map.removePoint(point);
    return !unreliable && !unconfirmed && age < PROBATION + 1;
  });
}

/** Points of a map that was made before which have still to prove themselves. */
export function onProbation(map: SlamMap): MapPoint[] {
  const newest = map.newestKeyframes(1).at(0)?.id ?? 0;
  return [...map.points()].filter(({ bornAt }) => newest - bornAt < PROBATION + 1);
}

/** Drops keyframes nearly all of whose close points others see as well, unless a loop hangs on them; of a single camera, whatever
 * their depth. */
export function cullKeyframes(
  map: SlamMap,
  around: Keyframe,
  camera: CameraModel,
  settings: SlamSettings,
): void {
  for (const keyframe of around.bestCovisible(settings.localKeyframes)) {
    if (!keyframe.parent || keyframe === around.odometry?.from || keyframe.loopEdges.size > 0) continue;
    if (isRedundant(keyframe, camera, settings.redundantShare)) map.removeKeyframe(keyframe);
  }
}

/** What turning the camera right round counts for beside a distance, metres. */
const TURN_WEIGHT = 4;

/**
 * Above the budget, drops the keyframe that has another nearest to it in place and direction: a robot that goes on moving
 * about in a known building would otherwise remember ever more of it.
 */
export function cullOverBudget(map: SlamMap, newest: Keyframe, budget: number): void {
  if (map.keyframeCount <= budget) return;
  const all = [...map.keyframes()];
  let crowded: Keyframe | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const keyframe of all) {
    if (!keyframe.parent || keyframe === newest || keyframe === newest.odometry?.from) continue;
    const spacing = nearest(keyframe, all, least);
    if (spacing >= least) continue;
    least = spacing;
    crowded = keyframe;
  }
  if (crowded) forgetKeyframe(map, crowded);
}

/** Removes a keyframe, and what then only one other still sees. */
function forgetKeyframe(map: SlamMap, keyframe: Keyframe): void {
  const points = keyframe.points.slice();
  map.removeKeyframe(keyframe);
  for (const point of points) if (point && point.observers.size < FEWEST_OBSERVERS) map.removePoint(point);
}

/** Squared distance to the nearest other keyframe, or `enough` where none is nearer than that. */
function nearest(keyframe: Keyframe, all: readonly Keyframe[], enough: number): number {
  let least = enough;
  for (const other of all) {
    if (other === keyframe || other.part !== keyframe.part) continue;
    const dx = other.cameraX - keyframe.cameraX;
    const dy = other.cameraY - keyframe.cameraY;
    const dz = other.cameraZ - keyframe.cameraZ;
    const place = dx * dx + dy * dy + dz * dz;
    if (place >= least) continue;
    const along =
      other.forwardX * keyframe.forwardX +
      other.forwardY * keyframe.forwardY +
      other.forwardZ * keyframe.forwardZ;
    least = Math.min(least, place + TURN_WEIGHT * (1 - along));
  }
  return least;
}

function isRedundant(keyframe: Keyframe, camera: CameraModel, share: number): boolean {
  const { depth, octave } = keyframe.features;
  const isClose = (k: number) =>
    camera.rig.kind === 'mono' || (depth[k] > 0 && depth[k] <= camera.rig.closeDepth);
  let points = 0;
  let spare = 0;
  for (let k = 0; k < keyframe.points.length; k++) {
    const point = keyframe.points[k];
    if (!point || !isClose(k)) continue;
    points++;
    if (point.observers.size <= SPARE_OBSERVERS) continue;
    let others = 0;
    for (const [other, i] of point.observers) {
      if (other !== keyframe && other.features.octave[i] <= octave[k] + 1 && ++others === SPARE_OBSERVERS)
        break;
    }
    if (others >= SPARE_OBSERVERS) spare++;
  }
  return points > 0 && spare > share * points;
}
