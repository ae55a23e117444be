import { compose, inverse } from '../../base/se3.ts';
import { betweenSimilarities, composeSimilarity, transformBySimilarity } from '../../base/sim3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import type { PointFusion } from '../mapping/fusion.ts';
import type { SlamSettings } from '../settings.ts';
import { type Cameras, camerasOf, carrier, type Joint, relaxEssentialGraph } from './essential-graph.ts';
import { tightenCovariances } from './loop-covariance.ts';
import type { Loop } from './loop-detector.ts';

/** Joins the two ends of a loop and lets the map between them give way. */
export class LoopCloser {
  private readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly kernels: Kernels;
  private readonly settings: SlamSettings;
  private readonly fusion: PointFusion;

  constructor(
    map: SlamMap,
    camera: CameraModel,
    kernels: Kernels,
    settings: SlamSettings,
    fusion: PointFusion,
  ) {
    this.map = map;
    this.camera = camera;
    this.kernels = kernels;
    this.settings = settings;
    this.fusion = fusion;
  }

  /** @returns metres now over metres before, about each keyframe: 1 where the camera has depth */
  close(loop: Loop): (keyframe: Keyframe) => number {
    const before = camerasOf(this.map.keyframes());
    const carried = this.carryNeighbourhood(loop, before);
    this.fuse(loop, carried);
    const joints = this.join(loop, before, carried);
    const rigid = this.camera.rig.kind !== 'mono';
    const { essentialPoints } = this.settings;
    const after = relaxEssentialGraph(before, carried, joints, essentialPoints, rigid, this.kernels);
    this.movePoints(before, after);
    this.moveKeyframes(after);
    for (const point of this.map.points()) point.updateGeometry(this.camera);
    loop.here.loopEdges.add(loop.there);
    loop.there.loopEdges.add(loop.here);
    tightenCovariances(loop, this.camera);
    const scale = (keyframe: Keyframe) => after.get(keyframe)![7];
    this.map.rescaleGraves(scale);
    return scale;
  }

  /** The keyframe and those about it go where the place says they are. */
  private carryNeighbourhood({ here, there, thereFromHere }: Loop, before: Cameras): Cameras {
    const carried: Cameras = new Map();
    for (const keyframe of [here, ...here.covisible.keys()]) {
      if (keyframe === there || there.covisible.has(keyframe)) continue;
      carried.set(keyframe, composeSimilarity(thereFromHere, before.get(keyframe)!));
    }
    this.moveKeyframes(carried);
    return carried;
  }

  /** What both ends see becomes one: what `here` was matched with stays; about it, whichever point more keyframes see. */
  private fuse({ here, points, shown }: Loop, carried: Cameras): void {
    points.forEach((point, k) => {
      if (!point || point.culled || point.observers.has(here)) return;
      const own = here.points[k];
      if (own) this.map.fuse(own, point);
      else this.map.observe(point, here, k);
    });
    for (const keyframe of carried.keys()) this.fusion.fuseInto(keyframe, shown);
  }

  /** The covisibility that fusion has made between the two ends. */
  private join(loop: Loop, before: Cameras, carried: Cameras): Joint[] {
    const known = new Map(
      [...carried.keys()].map((keyframe) => [keyframe, new Set(keyframe.covisible.keys())]),
    );
    for (const keyframe of carried.keys()) this.map.updateCovisibility(keyframe);
    const joints: Joint[] = [];
    const add = (from: Keyframe, to: Keyframe) => {
      const fromFromTo = betweenSimilarities(before.get(from)!, carried.get(to)!);
      joints.push({ from, to, fromFromTo, shared: to.covisible.get(from) ?? loop.inliers });
    };
    add(loop.there, loop.here);
    for (const [keyframe, neighbours] of known) {
      for (const other of keyframe.covisible.keys()) {
        if (neighbours.has(other) || carried.has(other)) continue;
        if (keyframe === loop.here && other === loop.there) continue;
        add(other, keyframe);
      }
    }
    return joints;
  }

  /** Each with the keyframe that saw it first. */
  private movePoints(before: Cameras, after: Cameras): void {
    const carriers = new Map(
      [...after.keys()].map((keyframe) => [keyframe, carrier(keyframe, before, after)]),
    );
    for (const point of this.map.points()) {
      const [first] = point.observers.keys();
      const [x, y, z] = transformBySimilarity(carriers.get(first)!, [point.x, point.y, point.z]);
      this.map.movePoint(point, x, y, z);
    }
  }

  private moveKeyframes(cameras: Cameras): void {
    const cameraFromBody = inverse(this.camera.rig.bodyFromCamera);
    for (const [keyframe, worldFromCamera] of cameras)
      this.map.moveKeyframe(keyframe, compose(worldFromCamera.subarray(0, 7), cameraFromBody));
  }
}
