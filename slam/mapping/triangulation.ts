import { rotationMatrix } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import type { SlamSettings } from '../settings.ts';
import { Projector } from '../tracking/projection.ts';
import { matchAlongLines } from './epipolar.ts';
import { descriptorsOf, unknownKeypoints } from './unknown.ts';

const RATIO = 0.8;
/** Rays closer to parallel than this tell no depth. */
const PARALLEL = 0.9998;
/** How far the ratio of distances and the ratio of scales may be apart, as a share of one pyramid step. */
const SCALE_SLACK = 1.5;
/** Way between two views, as a share of the median depth, below which nothing is triangulated where no baseline is measured. */
const LEAST_WAY = 0.01;

/**
 * Makes map points of what a new keyframe and its neighbours both see but neither has a point for: by triangulation
 * where the view changed enough, by the better of the two depths where not (after ORB-SLAM2).
 */
export class Triangulator {
  private readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly kernels: Kernels;
  private readonly settings: SlamSettings;
  private readonly projector: Projector;

  constructor(map: SlamMap, camera: CameraModel, kernels: Kernels, settings: SlamSettings) {
    this.map = map;
    this.camera = camera;
    this.kernels = kernels;
    this.settings = settings;
    this.projector = new Projector(camera);
  }

  createPoints(keyframe: Keyframe, neighbours: readonly Keyframe[]): MapPoint[] {
    const created: MapPoint[] = [];
    for (const neighbour of neighbours) {
      if (separation(keyframe, neighbour) < this.leastWay(neighbour)) continue;
      const pairs =
        this.camera.rig.kind === 'mono'
          ? matchAlongLines(keyframe, neighbour, this.camera, this.kernels)
          : this.matchUnknown(keyframe, neighbour);
      for (const [k, j] of pairs) {
        const place = this.locate(keyframe, k, neighbour, j);
        if (!place) continue;
        const point = this.map.addPoint(place[0], place[1], place[2], keyframe, k);
        this.map.observe(point, neighbour, j);
        point.updateGeometry(this.camera);
        created.push(point);
      }
    }
    return created;
  }

  private leastWay(neighbour: Keyframe): number {
    const { rig } = this.camera;
    return rig.kind === 'mono' ? LEAST_WAY * neighbour.medianDepth() : rig.baseline;
  }

  /** Pairs of keypoints without a point that look alike. */
  private matchUnknown(a: Keyframe, b: Keyframe): [number, number][] {
    const [ofA, ofB] = [unknownKeypoints(a), unknownKeypoints(b)];
    const matches = new Int32Array(ofA.length);
    this.kernels.matchBruteForce(
      descriptorsOf(a, ofA),
      descriptorsOf(b, ofB),
      this.settings.strictMatchDistance,
      RATIO,
      matches,
    );
    const pairs: [number, number][] = [];
    matches.forEach((j, i) => {
      if (j >= 0) pairs.push([ofA[i], ofB[j]]);
    });
    return pairs;
  }

  /** World position of what both keypoints see, if one fits both. */
  private locate(a: Keyframe, k: number, b: Keyframe, j: number): readonly number[] | undefined {
    const rayA = this.ray(a, k);
    const rayB = this.ray(b, j);
    const parallax = dot(rayA, rayB);
    const stereoA = this.stereoCosine(a, k);
    const stereoB = this.stereoCosine(b, j);
    const anyDepth = stereoA < 1 || stereoB < 1;
    let place: readonly number[] | undefined;
    if (parallax > 0 && parallax < Math.min(stereoA, stereoB) && (anyDepth || parallax < PARALLEL)) {
      place = nearestToRays(a, rayA, b, rayB);
    } else if (anyDepth) {
      place = stereoA < stereoB ? this.unproject(a, k) : this.unproject(b, j);
    }
    if (!place || !this.fits(a, k, place) || !this.fits(b, j, place)) return undefined;
    return this.scaleFits(a, k, b, j, place) ? place : undefined;
  }

  /** Unit direction from the camera through a keypoint, world frame. */
  private ray(keyframe: Keyframe, k: number): readonly number[] {
    const { rig } = this.camera;
    const x = (keyframe.features.x[k] - rig.cx) / rig.fx;
    const y = (keyframe.features.y[k] - rig.cy) / rig.fy;
    const r = rotationMatrix(keyframe.cameraFromWorld);
    const scale = 1 / Math.sqrt(x * x + y * y + 1);
    return [0, 1, 2].map((c) => (r[c] * x + r[3 + c] * y + r[6 + c]) * scale);
  }

  /** Cosine of the parallax a keypoint's own depth stands for; 1 where it has none. */
  private stereoCosine(keyframe: Keyframe, k: number): number {
    const depth = keyframe.features.depth[k];
    if (!(depth > 0)) return 1;
    const tangent = this.camera.rig.baseline / (2 * depth);
    return (1 - tangent * tangent) / (1 + tangent * tangent);
  }

  private unproject(keyframe: Keyframe, k: number): readonly number[] {
    const { rig } = this.camera;
    const z = keyframe.features.depth[k];
    const x = ((keyframe.features.x[k] - rig.cx) * z) / rig.fx;
    const y = ((keyframe.features.y[k] - rig.cy) * z) / rig.fy;
    const r = rotationMatrix(keyframe.cameraFromWorld);
    const centre = [keyframe.cameraX, keyframe.cameraY, keyframe.cameraZ];
    return centre.map((value, c) => value + r[c] * x + r[3 + c] * y + r[6 + c] * z);
  }

  private fits(keyframe: Keyframe, k: number, place: readonly number[]): boolean {
    this.projector.setPose(keyframe.cameraFromWorld);
    return this.projector.projectPosition(place[0], place[1], place[2]) && this.projector.fits(keyframe, k);
  }

  private scaleFits(a: Keyframe, k: number, b: Keyframe, j: number, place: readonly number[]): boolean {
    const { scale, rig } = this.camera;
    const distances = distanceTo(b, place) / distanceTo(a, place);
    const scales = scale[b.features.octave[j]] / scale[a.features.octave[k]];
    const slack = SCALE_SLACK * rig.pyramid.scaleFactor;
    return distances < scales * slack && distances * slack > scales;
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function separation(a: Keyframe, b: Keyframe): number {
  return Math.hypot(a.cameraX - b.cameraX, a.cameraY - b.cameraY, a.cameraZ - b.cameraZ);
}

function distanceTo(keyframe: Keyframe, place: readonly number[]): number {
  return Math.hypot(place[0] - keyframe.cameraX, place[1] - keyframe.cameraY, place[2] - keyframe.cameraZ);
}

/** Half way between the nearest points of two viewing rays. */
function nearestToRays(a: Keyframe, rayA: readonly number[], b: Keyframe, rayB: readonly number[]) {
  const from = [a.cameraX, a.cameraY, a.cameraZ];
  const across = [b.cameraX - a.cameraX, b.cameraY - a.cameraY, b.cameraZ - a.cameraZ];
  const c = dot(rayA, rayB);
  const [p, q] = [dot(across, rayA), dot(across, rayB)];
  const alongA = (p - c * q) / (1 - c * c);
  const alongB = (c * p - q) / (1 - c * c);
  return from.map((value, i) => value + (alongA * rayA[i] + across[i] + alongB * rayB[i]) / 2);
}
