import type { Random } from '../../base/random.ts';
import { type Pose, rotationMatrix } from '../../base/se3.ts';
import type { MapPoint } from '../map/map-point.ts';
import { type CameraModel, keypointInformation, type View } from '../map/view.ts';
import { solveP3P } from './p3p.ts';

/** Points of the world and the rays a camera sees them along. */
export interface Sightings {
  readonly count: number;
  /** 3 each: unit vectors, camera frame. */
  readonly rays: Float64Array;
  /** 3 each: world frame, metres. */
  readonly points: Float64Array;
  /** One each: the tangent squared of the angle a point may be off its ray. */
  readonly tolerance: Float64Array;
}

export interface Located {
  readonly cameraFromWorld: Pose;
  /** Sightings that agree. */
  readonly agreeing: number;
}

/** Pixels at level 0 that a hypothesis from three noisy sightings may be off, in standard deviations. */
const SIGMAS = 4;
/** Hypotheses at most; fewer once it is this unlikely that a better one was missed. */
const HYPOTHESES = 250;
const MISSED = 0.001;

/**
 * The camera pose most sightings agree on: hypotheses from three of them each (RANSAC; Fischler, Bolles, CACM 1981).
 * @returns undefined where fewer than `fewest` agree on any
 */
export function locateRobustly(sightings: Sightings, random: Random, fewest: number): Located | undefined {
  const { count, rays, points } = sightings;
  if (count < Math.max(4, fewest)) return undefined;
  let best: Pose | undefined;
  let bestCount = fewest - 1;
  let enough = HYPOTHESES;
  for (let n = 0; n < enough; n++) {
    const chosen = [random.int(count), random.int(count), random.int(count)];
    if (chosen[0] === chosen[1] || chosen[1] === chosen[2] || chosen[0] === chosen[2]) continue;
    const three = (of: Float64Array) => chosen.map((i) => [of[3 * i], of[3 * i + 1], of[3 * i + 2]]);
    for (const pose of solveP3P(three(rays), three(points))) {
      const agreeing = countAgreeing(sightings, pose);
      if (agreeing <= bestCount) continue;
      bestCount = agreeing;
      best = pose;
      enough = Math.min(enough, hypothesesFor(agreeing / count));
    }
  }
  return best && { cameraFromWorld: best, agreeing: bestCount };
}

/** Whether a camera at a pose sees point `i` along its ray; `r` is its rotation. */
function inSight(sightings: Sightings, i: number, r: Float64Array, pose: Pose): boolean {
  const { rays, points, tolerance } = sightings;
  const px = points[3 * i];
  const py = points[3 * i + 1];
  const pz = points[3 * i + 2];
  const x = r[0] * px + r[1] * py + r[2] * pz + pose[0];
  const y = r[3] * px + r[4] * py + r[5] * pz + pose[1];
  const z = r[6] * px + r[7] * py + r[8] * pz + pose[2];
  const along = x * rays[3 * i] + y * rays[3 * i + 1] + z * rays[3 * i + 2];
  const off = x * x + y * y + z * z - along * along;
  return along > 0 && off <= tolerance[i] * along * along;
}

/** Poses a view by its matches, and drops those that disagree. @returns false where fewer than `fewest` agree on any pose */
export function locateView(view: View, camera: CameraModel, random: Random, fewest: number): boolean {
  view.noise = 1;
  const sightings = sightingsOf(view, camera);
  const located = locateRobustly(sightings, random, fewest);
  if (!located) return false;
  const { cameraFromWorld } = located;
  view.cameraFromWorld.set(cameraFromWorld);
  const r = rotationMatrix(cameraFromWorld);
  sightings.keypoints.forEach((k, i) => {
    if (!inSight(sightings, i, r, cameraFromWorld)) view.points[k] = null;
  });
  return true;
}

/** The matches of a view; `keypoints` names each one's. */
export function sightingsOf(view: View, camera: CameraModel): Sightings & { readonly keypoints: number[] } {
  const { fx, fy, cx, cy } = camera.rig;
  const keypoints: number[] = [];
  const rays: number[] = [];
  const points: number[] = [];
  const tolerance: number[] = [];
  view.points.forEach((point: MapPoint | null, k) => {
    if (!point) return;
    const x = (view.features.x[k] - cx) / fx;
    const y = (view.features.y[k] - cy) / fy;
    const norm = Math.sqrt(x * x + y * y + 1);
    keypoints.push(k);
    rays.push(x / norm, y / norm, 1 / norm);
    points.push(point.x, point.y, point.z);
    // A pixel off the axis spans a smaller angle than one on it.
    tolerance.push((SIGMAS * SIGMAS) / (keypointInformation(camera, view, k) * fx * fx * norm * norm));
  });
  return {
    count: keypoints.length,
    keypoints,
    rays: Float64Array.from(rays),
    points: Float64Array.from(points),
    tolerance: Float64Array.from(tolerance),
  };
}

function countAgreeing(sightings: Sightings, pose: Pose): number {
  const r = rotationMatrix(pose);
  let count = 0;
  for (let i = 0; i < sightings.count; i++) if (inSight(sightings, i, r, pose)) count++;
  return count;
}

/** Draws after which three agreeing sightings have been drawn together almost surely, if this share of all agree. */
function hypothesesFor(share: number): number {
  const all = share * share * share;
  return all >= 1 ? 1 : Math.ceil(Math.log(MISSED) / Math.log(1 - all));
}
