import { rotationMatrix } from '../../base/se3.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { CameraModel } from '../map/view.ts';
import type { SlamSettings } from '../settings.ts';
import type { Frame } from './frame.ts';

/** A keyframe is due at once below this many inliers. */
const THIN = 40;

/**
 * When tracking holds: is this frame worth keeping? It is where points run out, unless the map has this view already: a
 * robot that moves about in a known place would otherwise add keyframes for ever.
 * @param known the keyframes the frame was tracked against
 */
export function needsKeyframe(
  frame: Frame,
  inliers: number,
  reference: Keyframe,
  known: readonly Keyframe[],
  framesSinceKeyframe: number,
  camera: CameraModel,
  settings: SlamSettings,
): boolean {
  if (framesSinceKeyframe === 0) return false;
  if (inliers >= THIN) {
    if (framesSinceKeyframe < settings.keyframeGap) return false;
    const plenty = inliers >= settings.knownViewShare * frame.features.count;
    if (plenty && isKnownView(frame, known, settings)) return false;
  }
  const referencePoints = stablePoints(reference, settings.stableObservers);
  const close = closePoints(frame, camera.rig.closeDepth);
  const fewClose =
    close.tracked < 0.25 * frame.features.count && close.untracked > 0.3 * frame.features.count;
  const thinning = inliers < settings.keyframeShare * referencePoints;
  return (thinning || fewClose) && inliers >= settings.minimumInliersWithOdometry;
}

/** Whether a keyframe looks at the same thing from nearly the same place. */
function isKnownView(
  { cameraFromWorld }: Frame,
  known: readonly Keyframe[],
  settings: SlamSettings,
): boolean {
  const r = rotationMatrix(cameraFromWorld);
  const [tx, ty, tz] = cameraFromWorld;
  const x = -(r[0] * tx + r[3] * ty + r[6] * tz);
  const y = -(r[1] * tx + r[4] * ty + r[7] * tz);
  const z = -(r[2] * tx + r[5] * ty + r[8] * tz);
  const reach = settings.knownViewDistance * settings.knownViewDistance;
  return known.some((keyframe) => {
    const [dx, dy, dz] = [keyframe.cameraX - x, keyframe.cameraY - y, keyframe.cameraZ - z];
    const along = keyframe.forwardX * r[6] + keyframe.forwardY * r[7] + keyframe.forwardZ * r[8];
    return dx * dx + dy * dy + dz * dz < reach && along > settings.knownViewCosine;
  });
}

/** Points of the reference that this many keyframes see; one fewer while the map is young. */
function stablePoints(reference: Keyframe, stableObservers: number): number {
  const observers = reference.covisible.size >= 2 ? stableObservers : stableObservers - 1;
  let count = 0;
  for (const point of reference.points) if (point && point.observers.size >= observers) count++;
  return count;
}

function closePoints(frame: Frame, closeDepth: number): { tracked: number; untracked: number } {
  let tracked = 0;
  let untracked = 0;
  for (let k = 0; k < frame.points.length; k++) {
    const depth = frame.features.depth[k];
    if (!(depth > 0 && depth < closeDepth)) continue;
    if (frame.points[k]) tracked++;
    else untracked++;
  }
  return { tracked, untracked };
}
