import { angleBetween, distance, type Pose } from '../../base/se3.ts';
import type { MapChanges } from '../types.ts';
import type { Keyframe } from './keyframe.ts';
import type { MapPoint } from './map-point.ts';

/** Gathers what happens to a map between two looks at it: something born and gone in between never shows. */
export class ChangeLog {
  private readonly keyframesAdded = new Set<Keyframe>();
  private readonly keyframesMoved = new Set<Keyframe>();
  /** Waypoints, and where they were when that was told last. */
  private readonly waypoints = new Map<number, Pose | undefined>();
  private readonly keyframesRemoved: number[] = [];
  private readonly pointsAdded = new Set<MapPoint>();
  private readonly pointsMoved = new Set<MapPoint>();
  private readonly pointsRemoved: number[] = [];
  private covisibility: number[] = [];

  addKeyframe(keyframe: Keyframe): void {
    this.keyframesAdded.add(keyframe);
  }

  moveKeyframe(keyframe: Keyframe): void {
    if (!this.keyframesAdded.has(keyframe)) this.keyframesMoved.add(keyframe);
  }

  addWaypoint(id: number): void {
    this.waypoints.set(id, undefined);
  }

  removeKeyframe(keyframe: Keyframe): void {
    this.keyframesMoved.delete(keyframe);
    if (!this.keyframesAdded.delete(keyframe)) this.keyframesRemoved.push(keyframe.id);
  }

  addPoint(point: MapPoint): void {
    this.pointsAdded.add(point);
  }

  movePoint(point: MapPoint): void {
    if (!this.pointsAdded.has(point)) this.pointsMoved.add(point);
  }

  removePoint(point: MapPoint): void {
    this.pointsMoved.delete(point);
    if (!this.pointsAdded.delete(point)) this.pointsRemoved.push(point.id);
  }

  joinCovisible(a: Keyframe, b: Keyframe): void {
    this.covisibility.push(a.id, b.id);
  }

  /** Everything so far; starts anew. @param poseOf where waypoints are, those that are still there */
  take(poseOf: (id: number) => Pose | undefined): MapChanges {
    const standing: number[] = [];
    for (let i = 0; i < this.covisibility.length; i += 2) {
      const gone = this.keyframesRemoved;
      const [a, b] = [this.covisibility[i], this.covisibility[i + 1]];
      if (!gone.includes(a) && !gone.includes(b)) standing.push(a, b);
    }
    const changes: MapChanges = {
      keyframesAdded: posesOf(this.keyframesAdded, []),
      keyframesMoved: posesOf(this.keyframesMoved, this.takeWaypoints(poseOf)),
      keyframesRemoved: Int32Array.from(this.keyframesRemoved),
      pointsAdded: positionsOf(this.pointsAdded),
      pointsMoved: positionsOf(this.pointsMoved),
      pointsRemoved: Int32Array.from(this.pointsRemoved),
      covisibilityAdded: Int32Array.from(standing),
    };
    for (const set of [this.keyframesAdded, this.keyframesMoved, this.pointsAdded, this.pointsMoved])
      set.clear();
    this.keyframesRemoved.length = 0;
    this.pointsRemoved.length = 0;
    this.covisibility = [];
    return changes;
  }

  private takeWaypoints(poseOf: (id: number) => Pose | undefined): [number, Pose][] {
    const moved: [number, Pose][] = [];
    for (const [id, told] of this.waypoints) {
      const pose = poseOf(id);
      if (!pose) continue;
      if (told && distance(told, pose) < STILL && angleBetween(told, pose) < STILL) continue;
      moved.push([id, pose.slice()]);
      this.waypoints.set(id, pose.slice());
    }
    return moved;
  }
}

/** A waypoint that moved less is not told anew: metres, radians. */
const STILL = 1e-3;

function posesOf(keyframes: ReadonlySet<Keyframe>, waypoints: Iterable<readonly [number, Pose]>) {
  const entries = [
    ...[...keyframes].map(({ id, worldFromBody }) => [id, worldFromBody] as const),
    ...waypoints,
  ];
  const poses = new Float64Array(7 * entries.length);
  entries.forEach(([, pose], i) => {
    poses.set(pose, 7 * i);
  });
  return { ids: Int32Array.from(entries, ([id]) => id), poses };
}

function positionsOf(points: ReadonlySet<MapPoint>) {
  const ids = Int32Array.from(points, (point) => point.id);
  const positions = new Float32Array(3 * ids.length);
  let i = 0;
  for (const { x, y, z } of points) {
    positions[i++] = x;
    positions[i++] = y;
    positions[i++] = z;
  }
  return { ids, positions };
}
