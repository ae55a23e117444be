import { adjoint, compose, inverse } from '../../base/se3.ts';
import type { BundleProblem } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import { type CameraModel, disparityOf, disparityPrecision, keypointInformation } from '../map/view.ts';
import { conjugate, invertInformation } from '../optimize/covariance.ts';

/** Keyframes and points that are adjusted together. */
export interface BundleWindow {
  /** Free ones first. */
  readonly keyframes: readonly Keyframe[];
  readonly free: number;
  readonly points: readonly MapPoint[];
}

export interface Bundle extends BundleWindow {
  readonly problem: BundleProblem;
  /** Of each observation. */
  readonly observers: readonly Keyframe[];
}

/** The window as a problem; see `BundleProblem` for what the iterations mean. */
export function bundleOf(
  window: BundleWindow,
  camera: CameraModel,
  iterations: number,
  refineIterations: number,
): Bundle {
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
    iterations,
    refineIterations,
  };
  return { ...window, problem, observers };
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
