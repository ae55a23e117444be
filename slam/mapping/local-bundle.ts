import { adjoint, compose, inverse } from '../../base/se3.ts';
import type { BundleProblem, Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import { type CameraModel, disparityOf, disparityPrecision, keypointInformation } from '../map/view.ts';
import { conjugate, invertInformation } from '../optimize/covariance.ts';
import type { SlamSettings } from '../settings.ts';

/**
 * Optimises a keyframe, its covisible neighbours and the points they see; the others that see those hold still. Of a map with few
 * keyframes it optimises all.
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
  const { problem, observers } = build(window, camera, settings);
  kernels.bundleAdjust(problem);
  takeBack(map, window, problem, observers, camera);
}

interface Window {
  /** Free ones first. */
  readonly keyframes: readonly Keyframe[];
  readonly free: number;
  readonly points: readonly MapPoint[];
}

function chooseWindow(map: SlamMap, around: Keyframe, camera: CameraModel, settings: SlamSettings): Window {
  const free =
    map.keyframeCount <= settings.bundleWhole
      ? [...map.keyframes()]
      : [around, ...around.bestCovisible(settings.bundleFree - 1)];
  const from = around.odometry?.from;
  if (from && !free.includes(from)) free.push(from);
  const stamp = map.newStamp();
  const points: MapPoint[] = [];
  for (const keyframe of free) keyframe.stamp = stamp;
  const votes = new Map<Keyframe, number>();
  for (const keyframe of free) {
    for (const point of keyframe.points) {
      if (!point || point.stamp === stamp) continue;
      point.stamp = stamp;
      points.push(point);
      for (const other of point.observers.keys()) {
        if (other.stamp !== stamp) votes.set(other, (votes.get(other) ?? 0) + 1);
      }
    }
  }
  const fixed = [...votes]
    .sort((a, b) => b[1] - a[1] || a[0].id - b[0].id)
    .slice(0, settings.bundleFixed)
    .map(([keyframe]) => keyframe);
  // To a single camera one fixed pose tells where the window is, but not how large.
  const holding = camera.rig.kind === 'mono' ? 2 : 1;
  if (fixed.length >= holding || free.length === 1)
    return { keyframes: [...free, ...fixed], free: free.length, points };
  // Too little outside holds the window: its oldest keyframe does.
  free.sort((a, b) => b.id - a.id);
  return { keyframes: [...free, ...fixed], free: free.length - 1, points };
}

function build(window: Window, camera: CameraModel, settings: SlamSettings) {
  const { keyframes, points } = window;
  const index = new Map(keyframes.map((keyframe, i) => [keyframe, i]));
  const observationPose: number[] = [];
  const observationPoint: number[] = [];
  const observations: number[] = [];
  const inverseSigma2: number[] = [];
  const observers: Keyframe[] = [];
  const positions = new Float64Array(3 * points.length);
  for (let p = 0; p < points.length; p++) {
    const point = points[p];
    positions[3 * p] = point.x;
    positions[3 * p + 1] = point.y;
    positions[3 * p + 2] = point.z;
    for (const [keyframe, k] of point.observers) {
      const pose = index.get(keyframe);
      if (pose === undefined) continue;
      observationPose.push(pose);
      observationPoint.push(p);
      const { x, y } = keyframe.features;
      const information = keypointInformation(camera, keyframe, k);
      const precision = disparityPrecision(camera, information);
      observations.push(x[k], y[k], disparityOf(camera, keyframe, k), precision);
      inverseSigma2.push(information);
      observers.push(keyframe);
    }
  }
  const poses = new Float64Array(7 * keyframes.length);
  keyframes.forEach((keyframe, i) => {
    poses.set(keyframe.cameraFromWorld, 7 * i);
  });
  const problem: BundleProblem = {
    camera: camera.intrinsics,
    poses,
    fixed: Uint8Array.from(keyframes, (_, i) => (i < window.free ? 0 : 1)),
    points: positions,
    observationPose: Int32Array.from(observationPose),
    observationPoint: Int32Array.from(observationPoint),
    observations: Float64Array.from(observations),
    inverseSigma2: Float64Array.from(inverseSigma2),
    outlier: new Uint8Array(observationPose.length),
    edges: odometryEdges(keyframes, index, camera),
    iterations: settings.bundleIterations,
    refineIterations: settings.bundleRefineIterations,
  };
  return { problem, observers };
}

/** Wheel odometry between those of the window's keyframes that follow on each other. */
function odometryEdges(
  keyframes: readonly Keyframe[],
  index: ReadonlyMap<Keyframe, number>,
  camera: CameraModel,
): BundleProblem['edges'] {
  const { bodyFromCamera } = camera.rig;
  const cameraFromBody = inverse(bodyFromCamera);
  const intoCamera = adjoint(cameraFromBody);
  const from: number[] = [];
  const to: number[] = [];
  const measured: number[] = [];
  const information: number[] = [];
  for (const keyframe of keyframes) {
    const edge = keyframe.odometry;
    const start = edge ? index.get(edge.from) : undefined;
    if (!edge || start === undefined) continue;
    from.push(start);
    to.push(index.get(keyframe)!);
    measured.push(...compose(cameraFromBody, compose(edge.delta, bodyFromCamera)));
    information.push(...invertInformation(conjugate(intoCamera, edge.covariance)));
  }
  if (from.length === 0) return undefined;
  return {
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    measured: Float64Array.from(measured),
    information: Float64Array.from(information),
  };
}

function takeBack(
  map: SlamMap,
  window: Window,
  problem: BundleProblem,
  observers: readonly Keyframe[],
  camera: CameraModel,
): void {
  const cameraFromBody = inverse(camera.rig.bodyFromCamera);
  for (let i = 0; i < window.free; i++) {
    const worldFromCamera = inverse(problem.poses.subarray(7 * i, 7 * i + 7));
    map.moveKeyframe(window.keyframes[i], compose(worldFromCamera, cameraFromBody));
  }
  for (let i = 0; i < observers.length; i++) {
    if (problem.outlier[i]) map.forget(window.points[problem.observationPoint[i]], observers[i]);
  }
  window.points.forEach((point, p) => {
    if (point.culled) return;
    map.movePoint(point, problem.points[3 * p], problem.points[3 * p + 1], problem.points[3 * p + 2]);
    point.updateGeometry(camera);
  });
}
