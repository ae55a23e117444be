import type { Keyframe } from './keyframe.ts';
import type { CameraModel } from './view.ts';

const DESCRIPTOR_BYTES = 32;

/** A landmark: where it is, what it looks like, and which keyframes see it. */
export class MapPoint {
  readonly id: number;
  /** World frame, metres. */
  x: number;
  y: number;
  z: number;
  /** Mean direction from which it was seen (towards the point). */
  nx = 0;
  ny = 0;
  nz = 0;
  /** Distances at which its scale fits the pyramid, metres. */
  minDistance = 0;
  maxDistance = Number.POSITIVE_INFINITY;
  readonly descriptor = new Uint8Array(DESCRIPTOR_BYTES);
  /** Keypoint index in each keyframe that sees it. */
  readonly observers = new Map<Keyframe, number>();
  /** Frames that should have seen it, and that did. */
  visible = 1;
  found = 1;
  /** Id of the newest keyframe when it was made. */
  readonly bornAt: number;
  culled = false;
  /** The point it was fused into. */
  replacement: MapPoint | null = null;
  /** Scratch of whoever walks the map: the walk it was last met in. */
  stamp = 0;

  constructor(id: number, x: number, y: number, z: number, bornAt: number) {
    this.id = id;
    this.x = x;
    this.y = y;
    this.z = z;
    this.bornAt = bornAt;
  }

  /** Of all descriptors it was seen with, the one nearest to the others (least median distance). */
  chooseDescriptor(): void {
    const views: [Uint8Array, number][] = [];
    for (const [keyframe, k] of this.observers) {
      views.push([keyframe.features.descriptors, DESCRIPTOR_BYTES * k]);
      if (views.length === MAX_COMPARED) break;
    }
    const [bytes, offset] = views[views.length > 2 ? mostTypical(views) : 0];
    for (let b = 0; b < DESCRIPTOR_BYTES; b++) this.descriptor[b] = bytes[offset + b];
  }

  /** Viewing direction and scale range from its observers. */
  updateGeometry(camera: CameraModel): void {
    let nx = 0;
    let ny = 0;
    let nz = 0;
    let reference: Keyframe | undefined;
    for (const keyframe of this.observers.keys()) {
      const dx = this.x - keyframe.cameraX;
      const dy = this.y - keyframe.cameraY;
      const dz = this.z - keyframe.cameraZ;
      const scale = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
      nx += dx * scale;
      ny += dy * scale;
      nz += dz * scale;
      reference ??= keyframe;
    }
    if (!reference) return;
    const norm = Math.sqrt(nx * nx + ny * ny + nz * nz) || 1;
    this.nx = nx / norm;
    this.ny = ny / norm;
    this.nz = nz / norm;
    const octave = reference.features.octave[this.observers.get(reference)!];
    this.maxDistance = reference.distanceTo(this) * camera.scale[octave];
    this.minDistance = this.maxDistance / camera.scale[camera.scale.length - 1];
  }

  /** Itself, or what it has been fused into, if that still stands. */
  resolve(): MapPoint | null {
    let point: MapPoint = this;
    while (point.replacement) point = point.replacement;
    return point.culled ? null : point;
  }
}

/** Enough to find a typical descriptor; the cost grows with the square. */
const MAX_COMPARED = 7;

/** Distances between all of a point's views, and of one of them. */
const distances = new Uint16Array(MAX_COMPARED * MAX_COMPARED);
const ofOne = new Uint16Array(MAX_COMPARED);

/** Which has the least median distance; the first of equals. */
function mostTypical(views: readonly [Uint8Array, number][]): number {
  const n = views.length;
  let best = 0;
  let bestMedian = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) for (let k = 0; k < i; k++) distances[n * i + k] = hamming(views[i], views[k]);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) ofOne[k] = k === i ? 0 : distances[i > k ? n * i + k : n * k + i];
    const median = ofOne.subarray(0, n).sort()[n >> 1];
    if (median >= bestMedian) continue;
    bestMedian = median;
    best = i;
  }
  return best;
}

const POPCOUNT = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest; rest &= rest - 1) count++;
  return count;
});

function hamming([a, i]: [Uint8Array, number], [b, j]: [Uint8Array, number]): number {
  let distance = 0;
  for (let k = 0; k < DESCRIPTOR_BYTES; k++) distance += POPCOUNT[a[i + k] ^ b[j + k]];
  return distance;
}
