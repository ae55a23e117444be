import type { Pose } from '../../base/se3.ts';
import type { MapChanges } from '../types.ts';
import type { Keyframe } from './keyframe.ts';
import type { MapPoint } from './map-point.ts';

/** Gathers what happens to a map between two looks at it: something born and gone in between never shows. */
export class ChangeLog {
  private readonly keyframesAdded = new Set<Keyframe>();
  private readonly keyframesMoved = new Set<Keyframe>();
  private readonly waypointsMoved = new Map<number, Pose>();
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

  moveWaypoint(id: number, worldFromBody: Pose): void {
    this.waypointsMoved.set(id, worldFromBody);
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

  /** Everything so far; starts anew. */
  take(): MapChanges {
    const standing: number[] = [];
    for (let i = 0; i < this.covisibility.length; i += 2) {
      const gone = this.keyframesRemoved;
      const [a, b] = [this.covisibility[i], this.covisibility[i + 1]];
      if (!gone.includes(a) && !gone.includes(b)) standing.push(a, b);
    }
    const changes: MapChanges = {
      keyframesAdded: posesOf(this.keyframesAdded, []),
      keyframesMoved: posesOf(this.keyframesMoved, this.waypointsMoved),
      keyframesRemoved: Int32Array.from(this.keyframesRemoved),
      pointsAdded: positionsOf(this.pointsAdded),
      pointsMoved: positionsOf(this.pointsMoved),
      pointsRemoved: Int32Array.from(this.pointsRemoved),
      covisibilityAdded: Int32Array.from(standing),
    };
    for (const set of [this.keyframesAdded, this.keyframesMoved, this.pointsAdded, this.pointsMoved])
      set.clear();
    this.waypointsMoved.clear();
    this.keyframesRemoved.length = 0;
    this.pointsRemoved.length = 0;
    this.covisibility = [];
    return changes;
  }
}

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
