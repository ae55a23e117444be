import { compose, inverse, type Pose } from '../../base/se3.ts';
import type { FeatureFrame } from '../../base/sensors.ts';
import type { KeypointGrid } from '../kernels/kernels.ts';
import type { MapPoint } from './map-point.ts';
import type { CameraModel, View } from './view.ts';

/** Motion from an earlier keyframe as the wheels tell it. */
export interface OdometryEdge {
  readonly from: Keyframe;
  /** `fromBodyFromBody`. */
  readonly delta: Pose;
  /** 6×6, right perturbation of `delta`. */
  readonly covariance: Float64Array;
}

/** A frame worth keeping. */
export class Keyframe implements View {
  readonly id: number;
  readonly time: number;
  readonly features: FeatureFrame;
  readonly grid: KeypointGrid;
  readonly points: (MapPoint | null)[];
  readonly noise: number;
  readonly worldFromBody: Pose = new Float64Array(7);
  readonly cameraFromWorld: Pose = new Float64Array(7);
  /** Camera centre and viewing direction, world frame. */
  cameraX = 0;
  cameraY = 0;
  cameraZ = 0;
  forwardX = 0;
  forwardY = 0;
  forwardZ = 0;
  /** Keyframes that share map points, with how many. */
  readonly covisible = new Map<Keyframe, number>();
  /** Of several maps that nothing joins yet, the one it belongs to. */
  part = 0;
  /** Spanning tree. */
  parent: Keyframe | null = null;
  readonly children = new Set<Keyframe>();
  /** Keyframes of a place it was recognised as, both ways. */
  readonly loopEdges = new Set<Keyframe>();
  odometry: OdometryEdge | null = null;
  /** The keyframe whose odometry edge starts here. */
  odometryNext: Keyframe | null = null;
  /** 6×6 covariance of `worldFromBody` (right perturbation) gathered along the spanning tree from the first keyframe. */
  readonly covariance: Float64Array;
  culled = false;
  /** The team has put it where it is: adjusting the map about it leaves it there. */
  held = false;
  /** Scratch of whoever walks the map. */
  stamp = 0;
  votes = 0;
  private readonly camera: CameraModel;

  constructor(
    id: number,
    time: number,
    view: View,
    worldFromBody: Pose,
    covariance: Float64Array,
    camera: CameraModel,
  ) {
    this.id = id;
    this.time = time;
    this.features = view.features;
    this.grid = view.grid;
    this.points = view.points.slice();
    this.noise = view.noise;
    this.covariance = covariance;
    this.camera = camera;
    this.moveTo(worldFromBody);
  }

  moveTo(worldFromBody: Pose): void {
    this.worldFromBody.set(worldFromBody);
    const worldFromCamera = compose(worldFromBody, this.camera.rig.bodyFromCamera);
    this.cameraFromWorld.set(inverse(worldFromCamera));
    const [x, y, z, qx, qy, qz, qw] = worldFromCamera;
    this.cameraX = x;
    this.cameraY = y;
    this.cameraZ = z;
    this.forwardX = 2 * (qx * qz + qw * qy);
    this.forwardY = 2 * (qy * qz - qw * qx);
    this.forwardZ = 1 - 2 * (qx * qx + qy * qy);
  }

  distanceTo(point: MapPoint): number {
    const dx = point.x - this.cameraX;
    const dy = point.y - this.cameraY;
    const dz = point.z - this.cameraZ;
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  /** Median depth of the points it sees along its optical axis; 0 where it sees none. */
  medianDepth(): number {
    const { points, cameraX, cameraY, cameraZ, forwardX, forwardY, forwardZ } = this;
    const depths = new Float64Array(points.length);
    let count = 0;
    for (const point of points) {
      if (!point) continue;
      const dx = point.x - cameraX;
      const dy = point.y - cameraY;
      const dz = point.z - cameraZ;
      depths[count++] = dx * forwardX + dy * forwardY + dz * forwardZ;
    }
    return count > 0 ? depths.subarray(0, count).sort()[count >> 1] : 0;
  }

  /** Its `count` most covisible keyframes, most shared points first. */
  bestCovisible(count: number): Keyframe[] {
    const ranked = [...this.covisible].sort((a, b) => b[1] - a[1] || a[0].id - b[0].id);
    return ranked.slice(0, count).map(([keyframe]) => keyframe);
  }
}
