import { type Pose, rotationMatrix } from '../../base/se3.ts';
import type { Kernels, ProjectionQueries } from '../kernels/kernels.ts';
import type { MapPoint } from '../map/map-point.ts';
import {
  type CameraModel,
  disparityOf,
  disparityPrecision,
  keypointInformation,
  type View,
} from '../map/view.ts';

const DESCRIPTOR_BYTES = 32;
const NEAREST = 0.05;
/** χ² at 95 % of a monocular and of a stereo reprojection. */
const CHI2_MONO = 5.991;
const CHI2_STEREO = 7.815;

/** Projects world points into a posed camera; results stay in its fields. */
export class Projector {
  u = 0;
  v = 0;
  uRight = 0;
  /** Depth along the optical axis, metres. */
  z = 0;
  /** Distance from the camera centre, metres. */
  distance = 0;
  private readonly camera: CameraModel;
  private readonly r = new Float64Array(9);
  private pose: Pose = new Float64Array(7);
  private centreX = 0;
  private centreY = 0;
  private centreZ = 0;

  constructor(camera: CameraModel) {
    this.camera = camera;
  }

  setPose(cameraFromWorld: Pose): void {
    const r = rotationMatrix(cameraFromWorld, this.r);
    const [tx, ty, tz] = cameraFromWorld;
    this.pose = cameraFromWorld;
    this.centreX = -(r[0] * tx + r[3] * ty + r[6] * tz);
    this.centreY = -(r[1] * tx + r[4] * ty + r[7] * tz);
    this.centreZ = -(r[2] * tx + r[5] * ty + r[8] * tz);
  }

  /** False where the point is behind the camera or outside the image. */
  project(point: MapPoint): boolean {
    return this.projectPosition(point.x, point.y, point.z);
  }

  /** The same for a place in the world, metres. */
  projectPosition(px: number, py: number, pz: number): boolean {
    const { r, pose } = this;
    const z = r[6] * px + r[7] * py + r[8] * pz + pose[2];
    if (z < NEAREST) return false;
    const { rig } = this.camera;
    const x = r[0] * px + r[1] * py + r[2] * pz + pose[0];
    const u = (rig.fx * x) / z + rig.cx;
    if (u < 0 || u >= rig.width) return false;
    const y = r[3] * px + r[4] * py + r[5] * pz + pose[1];
    const v = (rig.fy * y) / z + rig.cy;
    if (v < 0 || v >= rig.height) return false;
    this.u = u;
    this.v = v;
    this.z = z;
    this.uRight = u - (rig.fx * rig.baseline) / z;
    this.distance = Math.sqrt(x * x + y * y + z * z);
    return true;
  }

  /** After `project`: whether a keypoint of a view may be the point seen there (χ² at 95 %). */
  fits(view: View, keypoint: number): boolean {
    const { features } = view;
    const du = features.x[keypoint] - this.u;
    const dv = features.y[keypoint] - this.v;
    const information = keypointInformation(this.camera, view, keypoint);
    const chi2 = (du * du + dv * dv) * information;
    const disparity = disparityOf(this.camera, view, keypoint);
    if (disparity < 0) return chi2 <= CHI2_MONO;
    const dd = (disparity - this.u + this.uRight) * disparityPrecision(this.camera, information);
    return chi2 + dd * dd * information <= CHI2_STEREO;
  }

  /** After `project`: cosine between the viewing ray and the direction the point is usually seen from. */
  viewingCosine(point: MapPoint): number {
    const dx = point.x - this.centreX;
    const dy = point.y - this.centreY;
    const dz = point.z - this.centreZ;
    return (dx * point.nx + dy * point.ny + dz * point.nz) / this.distance;
  }

  /** After `project`: the pyramid level it should be found on. */
  level(point: MapPoint): number {
    const { pyramid } = this.camera.rig;
    const level = Math.ceil(Math.log(point.maxDistance / this.distance) / Math.log(pyramid.scaleFactor));
    return Math.max(0, Math.min(pyramid.levels - 1, level));
  }

  /** After `project`: whether the point is at a distance and an angle from which it has been seen, more or less. */
  recognisable(point: MapPoint): boolean {
    if (this.distance < 0.8 * point.minDistance || this.distance > 1.2 * point.maxDistance) return false;
    return this.viewingCosine(point) > 0.5;
  }
}

/** Gathers map points with the windows they should be found in, and searches them in a view all at once. */
export class ProjectionSearch {
  private readonly kernels: Kernels;
  private capacity = 0;
  private u = new Float32Array(0);
  private v = new Float32Array(0);
  private uRight = new Float32Array(0);
  private radius = new Float32Array(0);
  private minOctave = new Uint8Array(0);
  private maxOctave = new Uint8Array(0);
  private descriptors = new Uint8Array(0);
  private matches = new Int32Array(0);
  private readonly candidates: MapPoint[] = [];

  constructor(kernels: Kernels) {
    this.kernels = kernels;
  }

  get count(): number {
    return this.candidates.length;
  }

  clear(): void {
    this.candidates.length = 0;
  }

  /** `at` has just projected the point. Octaves are clamped to what exists. */
  add(point: MapPoint, at: Projector, radius: number, minOctave: number, maxOctave: number): void {
    const i = this.candidates.length;
    if (i === this.capacity) this.grow();
    this.candidates.push(point);
    this.u[i] = at.u;
    this.v[i] = at.v;
    this.uRight[i] = at.uRight;
    this.radius[i] = radius;
    this.minOctave[i] = Math.max(0, minOctave);
    this.maxOctave[i] = maxOctave;
    const { descriptors } = this;
    const { descriptor } = point;
    for (let b = 0; b < DESCRIPTOR_BYTES; b++) descriptors[DESCRIPTOR_BYTES * i + b] = descriptor[b];
  }

  /** Calls `matched` for each point found, in the order they were added; returns how many. */
  run(
    view: View,
    maxDistance: number,
    ratio: number,
    matched: (point: MapPoint, keypoint: number) => void,
  ): number {
    const queries: ProjectionQueries = {
      count: this.candidates.length,
      u: this.u,
      v: this.v,
      uRight: this.uRight,
      radius: this.radius,
      minOctave: this.minOctave,
      maxOctave: this.maxOctave,
      descriptors: this.descriptors,
      maxDistance,
      ratio,
    };
    const found = this.kernels.searchByProjection(queries, view.grid, this.matches);
    for (let i = 0; i < queries.count; i++) {
      if (this.matches[i] >= 0) matched(this.candidates[i], this.matches[i]);
    }
    return found;
  }

  private grow(): void {
    this.capacity = Math.max(512, 2 * this.capacity);
    const larger = <T extends Float32Array | Uint8Array | Int32Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.u = larger(this.u, new Float32Array(this.capacity));
    this.v = larger(this.v, new Float32Array(this.capacity));
    this.uRight = larger(this.uRight, new Float32Array(this.capacity));
    this.radius = larger(this.radius, new Float32Array(this.capacity));
    this.minOctave = larger(this.minOctave, new Uint8Array(this.capacity));
    this.maxOctave = larger(this.maxOctave, new Uint8Array(this.capacity));
    this.descriptors = larger(this.descriptors, new Uint8Array(DESCRIPTOR_BYTES * this.capacity));
    this.matches = new Int32Array(this.capacity);
  }
}
