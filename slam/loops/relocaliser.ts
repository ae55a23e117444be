import type { Random } from '../../base/random.ts';
import { between, compose, inverse, log, type Pose } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import { mahalanobis } from '../optimize/covariance.ts';
import type { SlamSettings } from '../settings.ts';
import { matchDescriptors } from '../tracking/descriptor-search.ts';
import type { Frame } from '../tracking/frame.ts';
import type { Tracker } from '../tracking/tracker.ts';
import { alignRobustly, type PointPairs } from './rigid-ransac.ts';

/** Keyframes tried a frame: the newest, then by turns the rest. */
const RECENT = 3;
const OTHERS = 2;
const FEWEST_PAIRS = 12;
/** Inliers that make a place certain where wheels vouch for it, and where nothing does. */
const FEWEST_INLIERS = 20;
const FEWEST_UNVOUCHED = 40;
const RATIO = 0.85;
/** Metres two places of a pair may be apart, per metre of depth. */
const TOLERANCE = 0.04;
/** χ² with six degrees of freedom at 99.9 %. */
const CHI2_POSE = 22.46;

/** Where wheels say the body is, world frame; 6×6 covariance of a right perturbation. */
export interface Belief {
  readonly worldFromBody: Pose;
  readonly covariance: Float64Array;
}

/** Finds a frame's pose without a prediction, by matching it against keyframes. */
export class Relocaliser {
  private readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly kernels: Kernels;
  private readonly settings: SlamSettings;
  private readonly tracker: Tracker;
  private readonly random: Random;
  private turn = 0;

  constructor(
    map: SlamMap,
    camera: CameraModel,
    kernels: Kernels,
    settings: SlamSettings,
    tracker: Tracker,
    random: Random,
  ) {
    this.map = map;
    this.camera = camera;
    this.kernels = kernels;
    this.settings = settings;
    this.tracker = tracker;
    this.random = random;
  }

  /**
   * On success the frame has a pose and matches; otherwise it is as it was.
   * @param belief what is known of the place already: one that contradicts it is not believed, however alike it looks
   */
  relocalise(frame: Frame, belief?: Belief): boolean {
    if (this.camera.rig.kind !== 'mono' && frame.withDepth < FEWEST_INLIERS) return false;
    const before = frame.cameraFromWorld.slice();
    for (const keyframe of this.candidates()) {
      if (this.matchKeyframe(frame, keyframe, belief)) return true;
      frame.clearMatches();
      frame.cameraFromWorld.set(before);
    }
    return false;
  }

  private candidates(): Keyframe[] {
    const chosen = this.map.newestKeyframes(RECENT);
    const rest = this.map.keyframeCount - chosen.length;
    for (let i = 0; i < OTHERS && i < rest; i++) chosen.push(this.map.keyframeByRank(this.turn++ % rest));
    return chosen;
  }

  private matchKeyframe(frame: Frame, keyframe: Keyframe, belief: Belief | undefined): boolean {
    const known: MapPoint[] = [];
    for (const point of keyframe.points) if (point) known.push(point);
    if (known.length < FEWEST_PAIRS) return false;
    const { strictMatchDistance } = this.settings;
    if (matchDescriptors(this.kernels, known, frame, strictMatchDistance, RATIO) < FEWEST_PAIRS) return false;
    if (this.camera.rig.kind === 'mono') {
      // Without depth the keyframe's own pose is the guess: good where the view is much the same.
      frame.cameraFromWorld.set(keyframe.cameraFromWorld);
    } else {
      const aligned = alignRobustly(this.pairUp(frame), this.random, TOLERANCE, FEWEST_PAIRS);
      if (!aligned) return false;
      frame.cameraFromWorld.set(aligned.cameraFromWorld);
    }
    if (this.tracker.refine(frame).inliers < FEWEST_PAIRS) return false;
    if (belief && !this.agrees(frame, keyframe, belief)) return false;
    const { inliers } = this.tracker.matchLocalMap(frame, undefined);
    return inliers >= (belief ? FEWEST_INLIERS : FEWEST_UNVOUCHED);
  }

  private agrees(frame: Frame, keyframe: Keyframe, belief: Belief): boolean {
    const { bodyFromCamera } = this.camera.rig;
    const worldFromBody = inverse(compose(bodyFromCamera, frame.cameraFromWorld));
    const off = log(between(belief.worldFromBody, worldFromBody));
    const covariance = belief.covariance.map((value, i) => value + keyframe.covariance[i]);
    return mahalanobis(off, covariance) <= CHI2_POSE;
  }

  /** The frame's matches as points in the camera, by their depth, and in the world. */
  private pairUp({ features, points }: Frame): PointPairs {
    const { rig } = this.camera;
    const camera: number[] = [];
    const world: number[] = [];
    points.forEach((point, k) => {
      const z = point ? features.depth[k] : 0;
      if (!point || !(z > 0)) return;
      camera.push(((features.x[k] - rig.cx) * z) / rig.fx, ((features.y[k] - rig.cy) * z) / rig.fy, z);
      world.push(point.x, point.y, point.z);
    });
    return {
      count: camera.length / 3,
      camera: Float64Array.from(camera),
      world: Float64Array.from(world),
    };
  }
}
