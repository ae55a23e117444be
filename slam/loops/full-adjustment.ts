import { between, compose, inverse, type Pose, transformPoint } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import { type Bundle, bundleOf } from '../mapping/bundle.ts';
import { FullBundleAdjustment } from '../optimize/full-bundle.ts';

/** Most steps with and without outliers; a loop's middle takes many. */
const ITERATIONS = 40;
const REFINE_ITERATIONS = 20;

/**
 * Bundle adjustment of the whole map beside tracking: on a copy, one step a frame, so that it ends at the same frame however fast the
 * machine is. What joined the map meanwhile moves along when it is taken over (after ORB-SLAM2's).
 */
export class FullAdjustment {
  private readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly kernels: Kernels;
  private running: { bundle: Bundle; adjustment: FullBundleAdjustment } | null = null;

  constructor(map: SlamMap, camera: CameraModel, kernels: Kernels) {
    this.map = map;
    this.camera = camera;
    this.kernels = kernels;
  }

  get isRunning(): boolean {
    return this.running !== null;
  }

  /** From the map as it is; one that was still running is dropped. */
  start(): void {
    const keyframes = [...this.map.keyframes()];
    const free = keyframes.filter(({ parent, held }) => parent && !held);
    const still = keyframes.filter(({ parent, held }) => !parent || held);
    const window = { keyframes: [...free, ...still], free: free.length, points: [...this.map.points()] };
    const bundle = bundleOf(window, this.camera, ITERATIONS, REFINE_ITERATIONS);
    this.running = { bundle, adjustment: new FullBundleAdjustment(bundle.problem, this.kernels) };
  }

  drop(): void {
    this.running = null;
  }

  /** One step, if it is running. @returns whether it is through and the map has moved */
  step(): boolean {
    if (!this.running || this.running.adjustment.step()) return false;
    this.running.adjustment.write();
    this.takeOver(this.running.bundle);
    this.running = null;
    return true;
  }

  private takeOver({ keyframes, points, observers, problem }: Bundle): void {
    const cameraFromBody = inverse(this.camera.rig.bodyFromCamera);
    const adjusted = new Map<Keyframe, Pose>();
    keyframes.forEach((keyframe, i) => {
      const worldFromCamera = inverse(problem.poses.subarray(7 * i, 7 * i + 7));
      if (!keyframe.culled) adjusted.set(keyframe, compose(worldFromCamera, cameraFromBody));
    });
    const before = new Map(
      [...this.map.keyframes()].map((keyframe) => [keyframe, keyframe.worldFromBody.slice()]),
    );
    for (const keyframe of before.keys())
      this.map.moveKeyframe(keyframe, this.placeOf(keyframe, adjusted, before));
    for (let i = 0; i < observers.length; i++) {
      if (problem.outlier[i]) this.map.forget(points[problem.observationPoint[i]], observers[i]);
    }
    const index = new Map(points.map((point, i) => [point, i]));
    const moves = new Map([...before].map(([k, old]) => [k, compose(k.worldFromBody, inverse(old))]));
    for (const point of this.map.points()) {
      const i = index.get(point);
      const [first] = point.observers.keys();
      const { points: at } = problem;
      const [x, y, z] =
        i === undefined
          ? transformPoint(moves.get(first)!, [point.x, point.y, point.z])
          : [at[3 * i], at[3 * i + 1], at[3 * i + 2]];
      this.map.movePoint(point, x, y, z);
    }
    for (const point of this.map.points()) point.updateGeometry(this.camera);
  }

  /** Where it was adjusted to, or where its parent takes it. */
  private placeOf(keyframe: Keyframe, adjusted: Map<Keyframe, Pose>, before: Map<Keyframe, Pose>): Pose {
    const known = adjusted.get(keyframe);
    if (known) return known;
    const { parent } = keyframe;
    if (!parent) return before.get(keyframe)!;
    const parentFromBody = between(before.get(parent)!, before.get(keyframe)!);
    const place = compose(this.placeOf(parent, adjusted, before), parentFromBody);
    adjusted.set(keyframe, place);
    return place;
  }
}
