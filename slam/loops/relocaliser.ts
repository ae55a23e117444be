import type { Random } from '../../base/random.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import type { SlamSettings } from '../settings.ts';
import type { Frame } from '../tracking/frame.ts';
import type { Tracker } from '../tracking/tracker.ts';
import { alignRobustly, type PointPairs } from './rigid-ransac.ts';

const DESCRIPTOR_BYTES = 32;
/** Keyframes tried a frame: the newest, then by turns the rest. */
const RECENT = 3;
const OTHERS = 2;
const FEWEST_PAIRS = 12;
const FEWEST_INLIERS = 20;
const RATIO = 0.85;
const TOLERANCE = 0.04;

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

  /** On success the frame has a pose and matches; otherwise it is as it was. */
  relocalise(frame: Frame): boolean {
    if (frame.withDepth < FEWEST_INLIERS) return false;
    const before = frame.cameraFromWorld.slice();
    for (const keyframe of this.candidates()) {
      if (this.matchKeyframe(frame, keyframe)) return true;
      frame.clearMatches();
      frame.cameraFromWorld.set(before);
    }
    return false;
  }

  private candidates(): Keyframe[] {
    const all = [...this.map.keyframes()];
    const chosen = all.slice(-RECENT).reverse();
    const rest = all.length - chosen.length;
    for (let i = 0; i < OTHERS && i < rest; i++) chosen.push(all[this.turn++ % rest]);
    return chosen;
  }

  private matchKeyframe(frame: Frame, keyframe: Keyframe): boolean {
    const known: MapPoint[] = [];
    for (const point of keyframe.points) if (point) known.push(point);
    if (known.length < FEWEST_PAIRS) return false;
    const descriptors = new Uint8Array(DESCRIPTOR_BYTES * known.length);
    known.forEach((point, i) => {
      descriptors.set(point.descriptor, DESCRIPTOR_BYTES * i);
    });
    const matches = new Int32Array(known.length);
    const { strictMatchDistance } = this.settings;
    const found = this.kernels.matchBruteForce(
      descriptors,
      frame.features.descriptors,
      strictMatchDistance,
      RATIO,
      matches,
    );
    if (found < FEWEST_PAIRS) return false;
    const pairs = this.pairUp(frame, known, matches);
    const aligned = alignRobustly(pairs, this.random, TOLERANCE, FEWEST_PAIRS);
    if (!aligned) return false;
    frame.cameraFromWorld.set(aligned.cameraFromWorld);
    frame.clearMatches();
    matches.forEach((k, i) => {
      if (k >= 0) frame.points[k] = known[i];
    });
    if (this.tracker.refine(frame).inliers < FEWEST_PAIRS) return false;
    return this.tracker.matchLocalMap(frame, undefined).inliers >= FEWEST_INLIERS;
  }

  private pairUp(frame: Frame, known: readonly MapPoint[], matches: Int32Array): PointPairs {
    const { rig } = this.camera;
    const camera: number[] = [];
    const world: number[] = [];
    matches.forEach((k, i) => {
      const z = k >= 0 ? frame.features.depth[k] : 0;
      if (!(z > 0)) return;
      camera.push(
        ((frame.features.x[k] - rig.cx) * z) / rig.fx,
        ((frame.features.y[k] - rig.cy) * z) / rig.fy,
        z,
      );
      world.push(known[i].x, known[i].y, known[i].z);
    });
    return {
      count: camera.length / 3,
      camera: Float64Array.from(camera),
      world: Float64Array.from(world),
    };
  }
}
