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
import { isFirm } from './firmness.ts';
import { locateView } from './pnp.ts';

/** Most similar keyframes tried a frame. */
const CANDIDATES = 4;
/** Matches that make a hypothesis worth having. */
const FEWEST_MATCHES = 12;
/** Inliers that make a place certain where wheels vouch for it, and where nothing does. */
const FEWEST_INLIERS = 20;
const FEWEST_UNVOUCHED = 40;
const RATIO = 0.85;
/** χ² with six degrees of freedom at 99.9 %. */
const CHI2_POSE = 22.46;

/** Where wheels say the body is, world frame; 6×6 covariance of a right perturbation. */
export interface Belief {
  readonly worldFromBody: Pose;
  readonly covariance: Float64Array;
}

/** Finds a frame's pose without a prediction: the keyframes that look most like it, then perspective-n-point (as ORB-SLAM2 does). */
export class Relocaliser {
  private readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly kernels: Kernels;
  private readonly settings: SlamSettings;
  private readonly tracker: Tracker;
  private readonly random: Random;

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
    if (frame.features.count < FEWEST_INLIERS) return false;
    const before = frame.cameraFromWorld.slice();
    for (const { place } of this.map.places.query(frame.features.descriptors, CANDIDATES)) {
      if (this.matchKeyframe(frame, place, belief)) return true;
      frame.clearMatches();
      frame.cameraFromWorld.set(before);
    }
    return false;
  }

  private matchKeyframe(frame: Frame, keyframe: Keyframe, belief: Belief | undefined): boolean {
    const known: MapPoint[] = [];
    for (const point of keyframe.points) if (point) known.push(point);
    const { strictMatchDistance } = this.settings;
    if (matchDescriptors(this.kernels, known, frame, strictMatchDistance, RATIO) < FEWEST_MATCHES)
      return false;
    if (!locateView(frame, this.camera, this.random, FEWEST_MATCHES)) return false;
    if (this.tracker.refine(frame).inliers < FEWEST_MATCHES) return false;
    if (belief && !this.agrees(frame, keyframe, belief)) return false;
    const { inliers, information } = this.tracker.matchLocalMap(frame, undefined);
    return inliers >= (belief ? FEWEST_INLIERS : FEWEST_UNVOUCHED) && isFirm(frame, information);
  }

  private agrees(frame: Frame, keyframe: Keyframe, belief: Belief): boolean {
    const { bodyFromCamera } = this.camera.rig;
    const worldFromBody = inverse(compose(bodyFromCamera, frame.cameraFromWorld));
    const off = log(between(belief.worldFromBody, worldFromBody));
    const covariance = belief.covariance.map((value, i) => value + keyframe.covariance[i]);
    return mahalanobis(off, covariance) <= CHI2_POSE;
  }
}
