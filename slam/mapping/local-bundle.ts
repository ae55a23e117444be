import { compose, inverse } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import type { SlamSettings } from '../settings.ts';
import { type Bundle, type BundleWindow, bundleOf } from './bundle.ts';

/**
 * Optimises a keyframe, its covisible neighbours and the points they see; the others that see those hold still, and so do those next to
 * them on the way and those that the team has put where they are. Of a map with few keyframes it optimises all.
 */
export function adjustLocally(
  map: SlamMap,
  around: Keyframe,
  camera: CameraModel,
  kernels: Kernels,
  settings: SlamSettings,
): void {
  const window = chooseWindow(map, around, camera, settings);
  if (window.points.length === 0 || window.keyframes.length < 2) return;
  const bundle = bundleOf(window, camera, settings.bundleIterations, settings.bundleRefineIterations);
  kernels.bundleAdjust(bundle.problem);
  takeBack(map, bundle, camera);
}

function chooseWindow(
  map: SlamMap,
  around: Keyframe,
  camera: CameraModel,
  settings: SlamSettings,
): BundleWindow {
  const window =
    map.keyframeCount <= settings.bundleWhole
      ? [...map.keyframes()].filter(({ part }) => part === around.part)
      : [around, ...around.bestCovisible(settings.bundleFree - 1)];
  const from = around.odometry?.from;
  if (from && !window.includes(from)) window.push(from);
  const free = window.filter(({ held }) => !held);
  const held = window.filter((keyframe) => keyframe.held);
  const stamp = map.newStamp();
  const points: MapPoint[] = [];
  for (const keyframe of window) keyframe.stamp = stamp;
  const votes = new Map<Keyframe, number>();
  for (const keyframe of window) {
    for (const point of keyframe.points) {
      if (!point || point.stamp === stamp) continue;
      point.stamp = stamp;
      points.push(point);
      for (const other of point.observers.keys()) {
        if (other.stamp !== stamp) votes.set(other, (votes.get(other) ?? 0) + 1);
      }
    }
  }
  const others = [...votes]
    .sort((a, b) => b[1] - a[1] || a[0].id - b[0].id)
    .slice(0, settings.bundleFixed)
    .map(([keyframe]) => keyframe);
  const fixed = [...held, ...others, ...neighboursByWheels(window, others)];
  // To a single camera one fixed pose tells where the window is, but not how large.
  const holding = camera.rig.kind === 'mono' ? 2 : 1;
  if (fixed.length >= holding || free.length === 1)
    return { keyframes: [...free, ...fixed], free: free.length, points };
  // Too little outside holds the window: its oldest keyframe does.
  free.sort((a, b) => b.id - a.id);
  return { keyframes: [...free, ...fixed], free: free.length - 1, points };
}

/**
 * Those before and after the window on the way that the wheels tell of: where its keyframes see little, only that holds them, however
 * many of them there are.
 */
function neighboursByWheels(window: readonly Keyframe[], others: readonly Keyframe[]): Keyframe[] {
  const known = new Set([...window, ...others]);
  const neighbours: Keyframe[] = [];
  for (const { odometry, odometryNext, held } of window) {
    if (held) continue;
    for (const neighbour of [odometry?.from, odometryNext]) {
      if (!neighbour || known.has(neighbour)) continue;
      known.add(neighbour);
      neighbours.push(neighbour);
    }
  }
  return neighbours;
}

function takeBack(map: SlamMap, bundle: Bundle, camera: CameraModel): void {
  const { keyframes, free, points, problem, observers } = bundle;
  const cameraFromBody = inverse(camera.rig.bodyFromCamera);
  for (let i = 0; i < free; i++) {
    const worldFromCamera = inverse(problem.poses.subarray(7 * i, 7 * i + 7));
    map.moveKeyframe(keyframes[i], compose(worldFromCamera, cameraFromBody));
  }
  for (let i = 0; i < observers.length; i++) {
    if (problem.outlier[i]) map.forget(points[problem.observationPoint[i]], observers[i]);
  }
  points.forEach((point, p) => {
    if (point.culled) return;
    map.movePoint(point, problem.points[3 * p], problem.points[3 * p + 1], problem.points[3 * p + 2]);
    point.updateGeometry(camera);
  });
}
