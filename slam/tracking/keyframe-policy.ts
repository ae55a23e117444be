import type { Keyframe } from '../map/keyframe.ts';
import type { CameraModel } from '../map/view.ts';
import type { SlamSettings } from '../settings.ts';
import type { Frame } from './frame.ts';

/** A keyframe is due at once below this many inliers. */
const THIN = 40;

/** When tracking holds: is this frame worth keeping? */
export function needsKeyframe(
  frame: Frame,
  inliers: number,
  reference: Keyframe,
  framesSinceKeyframe: number,
  camera: CameraModel,
  settings: SlamSettings,
): boolean {
  if (framesSinceKeyframe < settings.keyframeGap && inliers >= THIN) return false;
  if (framesSinceKeyframe === 0) return false;
  const referencePoints = stablePoints(reference);
  const close = closePoints(frame, camera.rig.closeDepth);
  const fewClose =
    close.tracked < 0.25 * frame.features.count && close.untracked > 0.3 * frame.features.count;
  const thinning = inliers < settings.keyframeShare * referencePoints;
  return (thinning || fewClose) && inliers >= settings.minimumInliersWithOdometry;
}

/** Points of the reference that at least two keyframes see; all of them while the map is young. */
function stablePoints(reference: Keyframe): number {
  const observers = reference.covisible.size >= 2 ? 2 : 1;
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
