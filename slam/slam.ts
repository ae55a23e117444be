import type { TrackingState } from '../base/allocation.ts';
import { Random } from '../base/random.ts';
import { between, identity } from '../base/se3.ts';
import type { CameraFrame, FeatureFrame } from '../base/sensors.ts';
import { requireSameRig } from './camera/same-rig.ts';
import { FrontEnd } from './features/front-end.ts';
import { MapStarter } from './initialise/map-starter.ts';
import type { Kernels } from './kernels/kernels.ts';
import { LONG_WAY, LoopClosing, type MapMove } from './loops/loop-closing.ts';
import { Relocaliser } from './loops/relocaliser.ts';
import type { Keyframe, OdometryEdge } from './map/keyframe.ts';
import { outOfReach } from './map/reach.ts';
import { SlamMap } from './map/slam-map.ts';
import { type CameraModel, cameraModel } from './map/view.ts';
import { LocalMapper } from './mapping/local-mapper.ts';
import { positionSigma } from './optimize/covariance.ts';
import { type SlamSettings, settingsFor } from './settings.ts';
import { Frame } from './tracking/frame.ts';
import { Hindsight, type InsertKeyframe } from './tracking/hindsight.ts';
import { needsKeyframe } from './tracking/keyframe-policy.ts';
import { Motion } from './tracking/motion.ts';
import { type LocalMatch, NO_MATCH, Tracker } from './tracking/tracker.ts';
import { Waypoints } from './tracking/waypoints.ts';
import { type Trajectory, TrajectoryRecord } from './trajectory.ts';
import type { SlamInput, SlamOptions, TrackingReport } from './types.ts';

/** Window for finding the map again from a prediction that odometry carried, pixels at level 0. */
const REACQUIRE_RADIUS = 40;
/** Keyframes of a single camera's map below which it is dropped when lost: it begins anew sooner than it is found again. */
const WORTH_FINDING = 5;

/**
 * ORB-style visual SLAM of one robot (after ORB-SLAM2: Mur-Artal, Tardós, T-RO 2017), with wheel odometry where there is any.
 * Single-threaded and deterministic: the same inputs give the same bytes.
 */
export class Slam {
  readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly kernels: Kernels;
  private readonly settings: SlamSettings;
  private readonly motion: Motion;
  private readonly tracker: Tracker;
  private readonly mapper: LocalMapper;
  private readonly relocaliser: Relocaliser;
  private readonly loops: LoopClosing | null;
  private readonly waypoints: Waypoints;
  private readonly record = new TrajectoryRecord();
  private readonly onTracked: (() => void) | undefined;
  /** Where a single camera makes the map: how that begins, and how what was seen before is placed. */
  private readonly mono: { starter: MapStarter; hindsight: Hindsight } | null = null;
  private frontEnd: FrontEnd | null = null;
  private state: TrackingState = 'initialising';
  private last: Frame | null = null;
  private reference: Keyframe | null = null;
  /** The reference of the frame before, if tracking or the wheels have held since. */
  private cameFrom: Keyframe | null = null;
  private newest: Keyframe | null = null;
  private framesSinceKeyframe = 0;
  /** Frames since tracking was lost that show enough but nothing known. */
  private strangeFrames = 0;
  private time = Number.NEGATIVE_INFINITY;
  private readonly localizeOnly: boolean;
  /** Whether the map may be dropped while small: a single camera's that this run began. */
  private readonly droppable: boolean;
  /** Whether the pose means anything in the map: in one that was loaded, not yet. */
  private placed: boolean;

  /** @throws InputError where `map` was made with another camera */
  constructor(options: SlamOptions) {
    this.kernels = options.kernels;
    this.settings = settingsFor(options.rig, options.settings);
    this.camera = cameraModel(options.rig);
    this.onTracked = options.onTracked;
    if (options.map) requireSameRig(options.map.camera.rig, options.rig, 'the map');
    this.map = options.map ?? new SlamMap(this.camera);
    this.waypoints = new Waypoints(this.map);
    this.placed = this.map.keyframeCount === 0;
    this.droppable = options.rig.kind === 'mono' && this.placed;
    this.localizeOnly = options.localizeOnly ?? false;
    this.motion = new Motion(
      options.rig,
      options.worldFromStart ?? identity(),
      this.settings.odometryInflation,
    );
    this.tracker = new Tracker(this.map, this.camera, options.kernels, this.settings);
    this.tracker.countsSightings = !this.localizeOnly;
    this.mapper = new LocalMapper(this.map, this.camera, options.kernels, this.settings);
    this.relocaliser = new Relocaliser(
      this.map,
      this.camera,
      options.kernels,
      this.settings,
      this.tracker,
      new Random('relocaliser'),
    );
    this.loops =
      this.settings.loops && !this.localizeOnly
        ? new LoopClosing(this.map, this.camera, options.kernels, this.settings, new Random('loops'))
        : null;
    if (options.rig.kind === 'mono' && !this.localizeOnly) {
      const { map, mapper, tracker, camera, settings, record } = this;
      const insert: InsertKeyframe = (...found) => this.addKeyframe(...found, null);
      this.mono = {
        starter: new MapStarter(map, mapper, camera, options.kernels, settings, new Random('initialiser')),
        hindsight: new Hindsight(tracker, camera, settings, record, insert),
      };
    }
  }

  /**
   * Takes one instant in; tells where the robot is. Local mapping runs before it returns.
   * @throws RangeError where time does not go forward
   */
  track(input: SlamInput): TrackingReport {
    if (!(input.time > this.time))
      throw new RangeError(`time goes back: ${input.time} s after ${this.time} s`);
    this.time = input.time;
    const before = this.state;
    const started = performance.now();
    this.motion.predict(input.odometry);
    const frame = this.perceive(input.time, input.camera);
    const match = frame ? this.localise(frame, input) : NO_MATCH;
    const hasOdometry = input.odometry !== undefined;
    this.settle(frame, match, hasOdometry);
    const tracked = performance.now();
    this.onTracked?.();
    const created = frame ? this.extendMap(frame, match) : null;
    if (frame) this.lookBack(frame, before);
    this.closeLoops(created);
    if (frame) this.last = frame;
    return this.report(match, created, frame, hasOdometry, tracked - started, performance.now() - tracked);
  }

  /**
   * Runs to rest what goes on beside tracking: the look back of a single camera, and the adjustment of the whole map. For when no input
   * is left; deterministic.
   */
  finish(): void {
    this.mono?.hindsight.finish();
    this.moveWithMap((loops) => loops.finish());
  }

  /** Loops closed so far. */
  get loopsClosed(): number {
    return this.loops?.count ?? 0;
  }

  /** Every pose so far, each as it was known at its time; none where neither camera nor wheels told any. */
  online(): Trajectory {
    return this.record.online();
  }

  /**
   * Every pose so far, as the map now has it; of a single camera also those found out later. Where nothing joins the maps it has made,
   * those in the largest.
   */
  trajectory(): Trajectory {
    const { map, record } = this;
    const [largest] = [...map.partSizes()].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
    return record.final(
      (id) => map.keyframePose(id),
      (id) => map.partOf(id) === largest,
    );
  }

  /** Pixels become keypoints; what the simulator's front end delivers already is. */
  private perceive(time: number, camera: CameraFrame | undefined): Frame | null {
    if (!camera) return null;
    const { rig } = this.camera;
    let features: FeatureFrame;
    if (camera.kind === 'images') {
      this.frontEnd ??= new FrontEnd(rig, this.kernels.features, { features: this.settings.features });
      features = this.frontEnd.process(camera);
    } else {
      features = camera;
    }
    return new Frame(time, features, rig, this.motion.cameraFromWorld());
  }

  /** Last frame, then the map near the prediction, then any keyframe; at last all of the local map. */
  private localise(frame: Frame, input: SlamInput): LocalMatch {
    if (this.map.keyframeCount === 0) return NO_MATCH;
    const { tracker, motion } = this;
    const wheelsVouch = this.placed && input.odometry !== undefined;
    const prior = wheelsVouch ? motion.prior() : undefined;
    const fresh = this.state === 'tracking' && this.last !== null;
    const predicted =
      (fresh && tracker.matchLastFrame(frame, this.last!, motion.predicted, prior)) ||
      (prior !== undefined && tracker.matchNearby(frame, REACQUIRE_RADIUS, prior));
    if (!predicted && !this.relocaliser.relocalise(frame, wheelsVouch ? motion : undefined)) return NO_MATCH;
    // Relocalisation has weighed the wheels already, and may rightly be far from where they say.
    const held = predicted ? prior : undefined;
    const match = tracker.matchLocalMap(frame, held);
    return match.inliers >= this.fewestInliers(held !== undefined)
      ? match
      : { ...NO_MATCH, expected: match.expected };
  }

  /** Takes the camera's pose, or lets odometry carry it. */
  private settle(frame: Frame | null, match: LocalMatch, hasOdometry: boolean): void {
    this.cameFrom = this.state === 'tracking' || this.state === 'blind' ? this.reference : null;
    if (frame && match.reference) {
      this.reference = match.reference;
      this.map.part = this.reference.part;
      this.motion.correct(frame.cameraFromWorld, match.information, this.reference);
      this.state = 'tracking';
      this.placed = true;
      this.strangeFrames = 0;
      this.waypoints.end();
      return;
    }
    frame?.clearMatches();
    this.motion.miss(hasOdometry);
    if (this.showsEnough(frame)) this.strangeFrames++;
    if (this.droppable && !hasOdometry && this.map.keyframeCount < WORTH_FINDING) this.dropMap();
    if (this.map.keyframeCount === 0 && !hasOdometry) this.state = 'initialising';
    else if (this.placed && hasOdometry && positionSigma(this.motion.covariance) <= this.settings.lostSigma)
      this.state = 'blind';
    else this.state = 'lost';
    if (this.placed && hasOdometry && this.reference)
      this.waypoints.follow(this.motion.worldFromBody, this.reference);
  }

  /** Starts the map, lets it grow, goes on with it after a blind stretch, or, lost without wheels, begins another. */
  private extendMap(frame: Frame, match: LocalMatch): Keyframe | null {
    if (this.localizeOnly) return null;
    this.framesSinceKeyframe++;
    if (this.state === 'tracking') {
      const { camera, settings, framesSinceKeyframe, tracker } = this;
      const known = tracker.localMap.keyframes;
      const needed =
        this.hasLeapt() ||
        needsKeyframe(frame, match.inliers, this.reference!, known, framesSinceKeyframe, camera, settings);
      if (!needed) return null;
    } else if (this.map.keyframeCount === 0) {
      if (!this.showsEnough(frame)) return this.beginBlind(frame);
    } else {
      const { freshStartFrames, newMapFrames } = this.settings;
      const wheels = this.motion.sinceKeyframe !== null;
      if (!this.placed || !this.showsEnough(frame)) return null;
      if (this.strangeFrames < (wheels ? freshStartFrames : newMapFrames)) return null;
      if (!wheels) this.map.beginPart();
    }
    return this.state === 'tracking' || !this.mono ? this.insertKeyframe(frame) : this.initialise(frame);
  }

  /** Whether tracking has passed to a part of the map that the one before is not joined to: a keyframe will join them. */
  private hasLeapt(): boolean {
    const { loops, cameFrom, reference, framesSinceKeyframe } = this;
    if (!loops || !cameFrom || framesSinceKeyframe < this.settings.keyframeGap) return false;
    return outOfReach(cameFrom, [reference!], LONG_WAY);
  }

  /** Keypoints enough to begin with: with depth, or of a single camera any. */
  private showsEnough(frame: Frame | null): boolean {
    if (!frame) return false;
    return (this.mono ? frame.features.count : frame.withDepth) >= this.settings.initialPoints;
  }

  /** A single camera's map begins, or goes on after a blind stretch, with two keyframes. */
  private initialise(frame: Frame): Keyframe | null {
    const { starter } = this.mono!;
    const { worldFromBody, covariance, sinceKeyframe } = this.motion;
    const index = this.record.length;
    const carried = {
      index,
      worldFromBody: worldFromBody.slice(),
      covariance: covariance.slice(),
      sinceKeyframe,
    };
    const beginning = starter.offer(frame, carried, this.newest);
    if (!beginning) return null;
    const { first, second } = beginning;
    this.record.place(beginning.firstIndex, first.id, identity());
    this.motion.settle(second.worldFromBody);
    return this.goOnFrom(second);
  }

  private insertKeyframe(frame: Frame): Keyframe {
    const { motion } = this;
    const odometry =
      this.newest && motion.sinceKeyframe ? { from: this.newest, ...motion.sinceKeyframe } : null;
    return this.goOnFrom(this.addKeyframe(frame, motion, this.map.part, odometry));
  }

  /** Nothing to see from the start: wheels need a place to count from. */
  private beginBlind(frame: Frame): Keyframe | null {
    if (this.mono || !this.motion.sinceKeyframe) return null;
    const keyframe = this.insertKeyframe(frame);
    this.state = 'blind';
    return keyframe;
  }

  private addKeyframe(frame: Frame, motion: Motion, part: number, odometry: OdometryEdge | null): Keyframe {
    frame.cameraFromWorld = motion.cameraFromWorld();
    const { worldFromBody } = motion;
    const covariance = motion.covariance.slice();
    const keyframe = this.map.addKeyframe(frame.time, frame, worldFromBody, covariance, odometry, part);
    this.mapper.insert(keyframe);
    keyframe.points.forEach((point, k) => {
      frame.points[k] = point;
    });
    motion.settle(keyframe.worldFromBody);
    return keyframe;
  }

  private goOnFrom(keyframe: Keyframe): Keyframe {
    this.newest = keyframe;
    this.reference = keyframe;
    this.framesSinceKeyframe = 0;
    this.strangeFrames = 0;
    this.waypoints.end();
    this.state = 'tracking';
    return keyframe;
  }

  /** A single camera's small map is lost: another begins, and what was seen so far is looked at again once it stands. */
  private dropMap(): void {
    this.mono!.hindsight.stop();
    this.map.discard(this.map.keyframes());
    this.record.unplaceHanging();
    this.reference = null;
    this.newest = null;
  }

  /** A single camera's frames that have no pose are looked at again once tracking holds; none of them begins a map any more. */
  private lookBack(frame: Frame, before: TrackingState): void {
    if (!this.mono) return;
    const { starter, hindsight } = this.mono;
    const index = this.record.length;
    if (before !== 'tracking' && this.state === 'tracking') {
      starter.clear();
      hindsight.walkBackFrom(frame, index);
    }
    hindsight.remember(frame, index);
    hindsight.step();
  }

  /** What the new keyframe recognises is joined. */
  private closeLoops(created: Keyframe | null): void {
    this.moveWithMap((loops) => loops.step(created, this.cameFrom && this.map.standing(this.cameFrom.id)));
  }

  /** Where the map moves, the body and the way it came go along. */
  private moveWithMap(work: (loops: LoopClosing) => MapMove | null): void {
    if (!this.loops || !this.reference) return;
    this.reference = this.map.standing(this.reference.id);
    const before = this.reference.worldFromBody.slice();
    const scale = work(this.loops);
    if (!scale) return;
    this.motion.follow(before, this.reference.worldFromBody, scale(this.reference));
    this.record.rescale((id) => scale(this.map.standing(id)), this.camera.rig.bodyFromCamera);
  }

  private fewestInliers(hasOdometry: boolean): number {
    return hasOdometry ? this.settings.minimumInliersWithOdometry : this.settings.minimumInliers;
  }

  private report(
    match: LocalMatch,
    created: Keyframe | null,
    frame: Frame | null,
    hasOdometry: boolean,
    trackMs: number,
    mapMs: number,
  ): TrackingReport {
    const worldFromBody = this.motion.worldFromBody.slice();
    if (this.reference) this.reference = this.map.standing(this.reference.id);
    const referenceKeyframe = this.waypoints.last >= 0 ? this.waypoints.last : (this.reference?.id ?? -1);
    const keyframeFromBody =
      referenceKeyframe >= 0
        ? between(this.map.keyframePose(referenceKeyframe), worldFromBody)
        : worldFromBody;
    if (this.placed && (this.state === 'tracking' || hasOdometry))
      this.record.add(this.time, worldFromBody, referenceKeyframe, keyframeFromBody);
    else this.record.addUnplaced(this.time);
    return {
      time: this.time,
      state: this.state,
      worldFromBody,
      covariance: this.motion.covariance.slice(),
      expected: match.expected,
      matched: match.matched,
      inliers: match.inliers,
      residual: match.residual,
      referenceKeyframe,
      keyframeFromBody,
      createdKeyframe: created?.id ?? -1,
      trackedPixels: frame?.trackedPixels() ?? new Float32Array(0),
      trackMs,
      mapMs,
    };
  }
}
