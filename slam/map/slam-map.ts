import { between, compose, type Pose } from '../../base/se3.ts';
import { PlaceIndex } from '../loops/place-index.ts';
import type { UncertainPose } from '../optimize/uncertainty.ts';
import type { Trajectory } from '../trajectory.ts';
import type { MapChanges } from '../types.ts';
import { ChangeLog } from './changes.ts';
import type { MapContents } from './contents.ts';
import { Graveyard } from './graveyard.ts';
import { Keyframe, type OdometryEdge } from './keyframe.ts';
import { MapPoint } from './map-point.ts';
import { bridgeOdometry, fromLiving } from './odometry-edges.ts';
import type { CameraModel, View } from './view.ts';

/** Shared points that make two keyframes covisible. */
const COVISIBLE_POINTS = 15;

/** Keyframes, map points, and what joins them: observations, covisibility graph, spanning tree, odometry chain. */
export class SlamMap {
  /** Off, `takeChanges` is empty and nothing is kept for it. */
  recordChanges = false;
  readonly camera: CameraModel;
  /** Of several maps that nothing joins yet, the one that new keyframes belong to. */
  part = 0;
  /** What every living keyframe looks like, to find places again by. */
  readonly places = new PlaceIndex<Keyframe>();
  private readonly keyframesById = new Map<number, Keyframe>();
  private readonly pointsById = new Map<number, MapPoint>();
  private readonly graves: Graveyard;
  private readonly changes = new ChangeLog();
  private byRank: readonly Keyframe[] | null = null;
  private nextKeyframe = 0;
  private nextPoint = 0;
  private nextPart = 1;
  private walk = 0;

  /** @param contents what it holds already: a map that was saved */
  constructor(camera: CameraModel, contents?: MapContents) {
    this.camera = camera;
    this.graves = new Graveyard(contents?.graves);
    if (!contents) return;
    for (const keyframe of contents.keyframes) {
      this.keyframesById.set(keyframe.id, keyframe);
      this.places.add(keyframe, keyframe.features.descriptors);
    }
    for (const point of contents.points) this.pointsById.set(point.id, point);
    this.labelParts();
    this.nextKeyframe = contents.nextKeyframe;
    this.nextPoint = contents.nextPoint;
  }

  contents(): MapContents {
    const { nextKeyframe, nextPoint } = this;
    const graves = this.graves.all;
    return { keyframes: this.ranked(), points: [...this.points()], graves, nextKeyframe, nextPoint };
  }

  get keyframeCount(): number {
    return this.keyframesById.size;
  }

  get pointCount(): number {
    return this.pointsById.size;
  }

  /** Living keyframes by rising id. */
  keyframes(): IterableIterator<Keyframe> {
    return this.keyframesById.values();
  }

  /** Living map points by rising id. */
  points(): IterableIterator<MapPoint> {
    return this.pointsById.values();
  }

  /** The `count` newest living keyframes, newest first. */
  newestKeyframes(count: number): Keyframe[] {
    return this.ranked().slice(-count).reverse();
  }

  /** x, y, z of every point, by rising id. */
  pointPositions(): Float64Array {
    const out = new Float64Array(3 * this.pointsById.size);
    let i = 0;
    for (const point of this.pointsById.values()) {
      out[i++] = point.x;
      out[i++] = point.y;
      out[i++] = point.z;
    }
    return out;
  }

  /** Living keyframes' poses at the times they were taken, by rising time: a map gone on with may know later ones by lower ids. */
  keyframeTrajectory(): Trajectory {
    const keyframes = [...this.ranked()].sort((a, b) => a.time - b.time || a.id - b.id);
    const poses = new Float64Array(7 * keyframes.length);
    keyframes.forEach(({ worldFromBody }, i) => {
      poses.set(worldFromBody, 7 * i);
    });
    return { times: Float64Array.from(keyframes, ({ time }) => time), poses };
  }

  /**
   * `worldFromBody` of a keyframe, living or culled.
   * @throws RangeError where there never was one with this id
   */
  keyframePose(id: number): Pose {
    const living = this.keyframesById.get(id);
    if (living) return living.worldFromBody;
    const grave = this.graves.grounded(id);
    if (!grave) throw new RangeError(`there is no keyframe ${id}`);
    return compose(this.keyframesById.get(grave.parent)!.worldFromBody, grave.parentFromBody);
  }

  /** Where a keyframe is, living or culled, and as how surely the one it hangs on is known. */
  surety(id: number): UncertainPose {
    return { worldFromBody: this.keyframePose(id), covariance: this.standing(id).covariance };
  }

  /** Whether there is a keyframe with this id, living or culled. */
  knows(id: number): boolean {
    return this.keyframesById.has(this.graves.standing(id));
  }

  /**
   * The keyframe itself, or where it was culled the living one it hangs on.
   * @throws RangeError where there never was one with this id
   */
  standing(id: number): Keyframe {
    const living = this.keyframesById.get(this.graves.standing(id));
    if (!living) throw new RangeError(`there is no keyframe ${id}`);
    return living;
  }

  /** Puts a culled keyframe elsewhere, and with it those that hang on it; the living one that it hangs on stays. */
  moveGrave(id: number, worldFromBody: Pose): void {
    this.graves.move(id, worldFromBody, this.standing(id).worldFromBody);
  }

  /** The map about each living keyframe has grown: what was culled is so many times as far from it now. */
  rescaleGraves(scaleAbout: (keyframe: Keyframe) => number): void {
    const { bodyFromCamera } = this.camera.rig;
    this.graves.rescale((id) => scaleAbout(this.keyframesById.get(id)!), bodyFromCamera);
  }

  /** A number no point or keyframe carries as its stamp yet. */
  newStamp(): number {
    return ++this.walk;
  }

  /** @param part the one it belongs to */
  addKeyframe(
    time: number,
    view: View,
    worldFromBody: Pose,
    covariance: Float64Array,
    odometry: OdometryEdge | null,
    part = this.part,
  ): Keyframe {
    const keyframe = new Keyframe(this.nextKeyframe++, time, view, worldFromBody, covariance, this.camera);
    keyframe.part = part;
    this.keyframesById.set(keyframe.id, keyframe);
    this.byRank = null;
    this.places.add(keyframe, keyframe.features.descriptors);
    keyframe.points.forEach((point, k) => {
      if (!point) return;
      // A frame may have found two points that have become one since.
      const before = point.observers.get(keyframe);
      if (before !== undefined) keyframe.points[before] = null;
      point.observers.set(keyframe, k);
    });
    keyframe.odometry = fromLiving(odometry);
    if (keyframe.odometry) keyframe.odometry.from.odometryNext = keyframe;
    if (this.recordChanges) this.changes.addKeyframe(keyframe);
    return keyframe;
  }

  moveKeyframe(keyframe: Keyframe, worldFromBody: Pose): void {
    keyframe.moveTo(worldFromBody);
    if (this.recordChanges) this.changes.moveKeyframe(keyframe);
  }

  addPoint(x: number, y: number, z: number, keyframe: Keyframe, keypoint: number): MapPoint {
    const point = new MapPoint(this.nextPoint++, x, y, z, keyframe.id);
    this.pointsById.set(point.id, point);
    this.observe(point, keyframe, keypoint);
    point.chooseDescriptor();
    point.updateGeometry(this.camera);
    if (this.recordChanges) this.changes.addPoint(point);
    return point;
  }

  movePoint(point: MapPoint, x: number, y: number, z: number): void {
    point.x = x;
    point.y = y;
    point.z = z;
    if (this.recordChanges) this.changes.movePoint(point);
  }

  observe(point: MapPoint, keyframe: Keyframe, keypoint: number): void {
    point.observers.set(keyframe, keypoint);
    keyframe.points[keypoint] = point;
  }

  /** Takes back an observation; a point nobody sees any more goes too. */
  forget(point: MapPoint, keyframe: Keyframe): void {
    const keypoint = point.observers.get(keyframe);
    if (keypoint === undefined) return;
    point.observers.delete(keyframe);
    keyframe.points[keypoint] = null;
    if (point.observers.size === 0) this.removePoint(point);
  }

  removePoint(point: MapPoint): void {
    if (point.culled) return;
    point.culled = true;
    for (const [keyframe, keypoint] of point.observers) keyframe.points[keypoint] = null;
    point.observers.clear();
    this.pointsById.delete(point.id);
    if (this.recordChanges) this.changes.removePoint(point);
  }

  /** Two points turned out to be one: `kept` takes over what `gone` was seen by. */
  fuse(gone: MapPoint, kept: MapPoint): void {
    for (const [keyframe, keypoint] of [...gone.observers]) {
      keyframe.points[keypoint] = null;
      if (!kept.observers.has(keyframe)) this.observe(kept, keyframe, keypoint);
    }
    gone.observers.clear();
    kept.found += gone.found;
    kept.visible += gone.visible;
    this.removePoint(gone);
    gone.replacement = kept;
    kept.chooseDescriptor();
  }

  /** Nothing of what is known is in view: what follows is a map of its own until a place is seen that both know. */
  beginPart(): void {
    if (this.rootOf(this.part)) this.part = this.nextPart++;
  }

  /** The part a keyframe belongs to, living or culled. */
  partOf(id: number): number {
    return this.standing(id).part;
  }

  /** Keyframes of each part, by rising part. */
  partSizes(): Map<number, number> {
    const sizes = new Map<number, number>();
    for (const { part } of this.keyframesById.values()) sizes.set(part, (sizes.get(part) ?? 0) + 1);
    return sizes;
  }

  /** The part that a keyframe belongs to becomes one with another: its tree is turned to hang by that keyframe. */
  joinParts(keyframe: Keyframe, onto: Keyframe): void {
    const gone = keyframe.part;
    let above = onto;
    for (let at: Keyframe | null = keyframe; at; ) {
      const next: Keyframe | null = at.parent;
      next?.children.delete(at);
      this.adopt(at, above);
      above = at;
      at = next;
    }
    for (const other of this.keyframesById.values()) if (other.part === gone) other.part = onto.part;
    if (this.part === gone) this.part = onto.part;
  }

  /** Recomputes a keyframe's covisibility edges; on its first time it also joins the spanning tree. */
  updateCovisibility(keyframe: Keyframe): void {
    const counts = new Map<Keyframe, number>();
    for (const point of keyframe.points) {
      if (!point) continue;
      for (const other of point.observers.keys()) {
        if (other !== keyframe) counts.set(other, (counts.get(other) ?? 0) + 1);
      }
    }
    let best: Keyframe | undefined;
    for (const [other, shared] of counts) {
      if (!best || shared > counts.get(best)! || (shared === counts.get(best) && other.id < best.id))
        best = other;
    }
    for (const other of keyframe.covisible.keys()) other.covisible.delete(keyframe);
    const before = new Set(keyframe.covisible.keys());
    keyframe.covisible.clear();
    for (const [other, shared] of counts) {
      if (shared < COVISIBLE_POINTS && other !== best) continue;
      keyframe.covisible.set(other, shared);
      other.covisible.set(keyframe, shared);
      if (this.recordChanges && !before.has(other)) this.changes.joinCovisible(keyframe, other);
    }
    const root = this.rootOf(keyframe.part);
    if (!keyframe.parent && keyframe !== root) {
      this.adopt(keyframe, best && best.id < keyframe.id ? best : (keyframe.odometry?.from ?? root));
    }
  }

  /** Removes a redundant keyframe: what hung on it in tree and odometry chain is joined again. */
  removeKeyframe(keyframe: Keyframe): void {
    const parent = keyframe.parent;
    if (!parent) throw new RangeError(`keyframe ${keyframe.id} is the root of the map and cannot be culled`);
    keyframe.culled = true;
    for (const point of keyframe.points) if (point) this.forget(point, keyframe);
    for (const other of keyframe.covisible.keys()) other.covisible.delete(keyframe);
    keyframe.covisible.clear();
    for (const other of keyframe.loopEdges) other.loopEdges.delete(keyframe);
    keyframe.loopEdges.clear();
    parent.children.delete(keyframe);
    for (const child of keyframe.children) this.adopt(child, parent);
    bridgeOdometry(keyframe);
    this.graves.bury(keyframe.id, parent.id, between(parent.worldFromBody, keyframe.worldFromBody));
    this.keyframesById.delete(keyframe.id);
    this.places.remove(keyframe);
    this.byRank = null;
    if (this.recordChanges) this.changes.removeKeyframe(keyframe);
  }

  /**
   * A place on the way without an image, for what is known of a blind stretch to hang on: it goes where its keyframe goes until somebody
   * puts it elsewhere. @returns its id, of the keyframes' numbers
   */
  addWaypoint(worldFromBody: Pose, parent: Keyframe): number {
    const id = this.reserveId();
    this.graves.bury(id, parent.id, between(parent.worldFromBody, worldFromBody));
    if (this.recordChanges) this.changes.addWaypoint(id);
    return id;
  }

  /** A number that no keyframe or waypoint has, or will have. */
  reserveId(): number {
    return this.nextKeyframe++;
  }

  /** Takes keyframes back that no other living one hangs on, with every point they see and all that was culled about them. */
  discard(keyframes: Iterable<Keyframe>): void {
    for (const keyframe of [...keyframes]) {
      keyframe.culled = true;
      for (const point of keyframe.points) if (point) this.removePoint(point);
      for (const other of keyframe.covisible.keys()) other.covisible.delete(keyframe);
      keyframe.parent?.children.delete(keyframe);
      if (keyframe.odometry) keyframe.odometry.from.odometryNext = null;
      this.keyframesById.delete(keyframe.id);
      this.places.remove(keyframe);
      if (this.recordChanges) this.changes.removeKeyframe(keyframe);
    }
    this.byRank = null;
    this.graves.dropLoose((id) => this.keyframesById.has(id));
  }

  /** What changed since the last call; see `recordChanges`. */
  takeChanges(): MapChanges {
    return this.changes.take((id) => (this.knows(id) ? this.keyframePose(id) : undefined));
  }

  /** Feeds ids, poses and positions, by rising id, to a digest. */
  hashInto(update: (bytes: Uint8Array) => void): void {
    for (const keyframe of this.keyframesById.values()) {
      update(bytesOf(Float64Array.of(keyframe.id, keyframe.time)));
      update(bytesOf(keyframe.worldFromBody));
    }
    for (const point of this.pointsById.values()) {
      update(bytesOf(Float64Array.of(point.id, point.x, point.y, point.z)));
    }
  }

  private adopt(child: Keyframe, parent: Keyframe | null): void {
    child.parent = parent;
    parent?.children.add(child);
  }

  /** Living keyframes by rising id, as an array that is kept until one joins or goes. */
  private ranked(): readonly Keyframe[] {
    this.byRank ??= [...this.keyframesById.values()];
    return this.byRank;
  }

  /** The oldest living keyframe of a part, on which its spanning tree hangs. */
  private rootOf(part: number): Keyframe | null {
    for (const keyframe of this.keyframesById.values()) if (keyframe.part === part) return keyframe;
    return null;
  }

  /** Trees that were saved are told apart again. */
  private labelParts(): void {
    const label = (keyframe: Keyframe, part: number) => {
      const tree = [keyframe];
      for (let next = tree.pop(); next; next = tree.pop()) {
        next.part = part;
        tree.push(...next.children);
      }
    };
    let part = 0;
    for (const keyframe of this.keyframesById.values()) if (!keyframe.parent) label(keyframe, part++);
    this.nextPart = Math.max(1, part);
  }
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
