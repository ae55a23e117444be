import type { TrackingState } from '../base/allocation.ts';
import { Random } from '../base/random.ts';
import { between, identity, type Pose } from '../base/se3.ts';
import { requireSameRig } from './camera/same-rig.ts';
import { SingleCamera } from './initialise/single-camera.ts';
import type { Kernels } from './kernels/kernels.ts';
import { LONG_WAY, LoopClosing, type MapMove } from './loops/loop-closing.ts';
import { Relocaliser } from './loops/relocaliser.ts';
import type { Keyframe, OdometryEdge } from './map/keyframe.ts';
import { outOfReach } from './map/reach.ts';
import { SlamMap } from './map/slam-map.ts';
import { type CameraModel, cameraModel } from './map/view.ts';
import { LocalMapper } from './mapping/local-mapper.ts';
import { positionSigma } from './optimize/covariance.ts';
import type { UncertainPose } from './optimize/uncertainty.ts';
import { type SlamSettings, settingsFor } from './settings.ts';
import type { Corrections } from './team/corrections.ts';
import { reshapeMap } from './team/reshape.ts';
import { takeTeamCovariances } from './team/team-covariances.ts';
import type { Frame } from './tracking/frame.ts';
import type { InsertKeyframe } from './tracking/hindsight.ts';
import { needsKeyframe } from './tracking/keyframe-policy.ts';
import { Motion } from './tracking/motion.ts';
import { Perception } from './tracking/perception.ts';
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
  private readonly perception: Perception;
  private readonly record = new TrajectoryRecord();
  private readonly onTracked: (() => void) | undefined;
  private readonly mono: SingleCamera | null = null;
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
    this.perception = new Perception(options.rig, options.kernels, this.settings.features);
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
      const { map, mapper, tracker, kernels, settings, record } = this;
      const insert: InsertKeyframe = (...found) => this.addKeyframe(...found, null);
      this.mono = new SingleCamera(map, mapper, tracker, kernels, settings, record, insert);
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
    const frame = this.perceive(input);
    const match = frame ? this.localise(frame) : NO_MATCH;
    this.settle(frame, match);
    const tracked = performance.now();
    this.onTracked?.();
    const created = frame ? this.extendMap(frame, match, input.odometry !== undefined) : null;
    if (frame) this.mono?.lookBack(frame, before !== 'tracking' && this.state === 'tracking');
    this.closeLoops(created);
    if (frame) this.last = frame;
    return this.report(match, created, frame, tracked - started, performance.now() - tracked);
  }

  /**
   * Runs to rest what goes on beside tracking: the look back of a single camera, and the adjustment of the whole map. For when no input
   * is left; deterministic.
   */
  finish(): void {
    this.mono?.finish();
    this.moveWithMap((loops) => loops.finish());
  }

  /**
   * Puts keyframes where the team has them, and with them all the rest of their parts of the map, the body too; see `reshapeMap`. Lengths
   * stay what they are: not for a single camera, which does not know them.
   * @param poses `worldFromBody` by keyframe id: of all that the team knows, not only of what changed, since others go along with these
   * @param covariances how sure the team is of some of them; see `takeTeamCovariances`
   * @param body where the team has the body, of one that is blind or lost
   */
  reshape(
    poses: ReadonlyMap<number, Pose>,
    covariances?: ReadonlyMap<number, Float64Array>,
    body?: UncertainPose,
  ): void {
    const { map, motion } = this;
    const work = () => {
      if (covariances) takeTeamCovariances(map, covariances);
      return reshapeMap(map, poses);
    };
    this.reference &&= map.standing(this.reference.id);
    const moved = this.reference ? motion.stayOn(this.reference, work) : work();
    if (moved) this.loops?.drop();
    if (moved && !this.reference) this.moveFree(moved);
    if (body && this.state !== 'tracking') this.placeBody(body);
  }

  private placeBody(place: UncertainPose): void {
    this.newest ??= this.map.newestKeyframes(1).at(0) ?? null;
    this.motion.place(place, this.newest && this.map.surety(this.newest.id));
    this.placed = true;
    this.state = this.isSure(place.covariance) ? 'blind' : 'lost';
  }

  /** Where the body is thought to be now, and how surely. */
  get whereabouts(): UncertainPose {
    const { worldFromBody, covariance } = this.motion;
    return { worldFromBody: worldFromBody.slice(), covariance: covariance.slice() };
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

  private perceive({ time, camera, moving }: SlamInput): Frame | null {
    return camera ? this.perception.perceive(time, camera, this.motion.cameraFromWorld(), moving) : null;
  }

  /** Last frame, then the map near the prediction, then any keyframe; at last all of the local map. */
  private localise(frame: Frame): LocalMatch {
    if (this.map.keyframeCount === 0) return NO_MATCH;
    const { tracker, motion } = this;
    const vouched = this.placed && motion.vouched;
    const prior = vouched ? motion.prior() : undefined;
    const fresh = this.state === 'tracking' && this.last !== null;
    const predicted =
      (fresh && tracker.matchLastFrame(frame, this.last!, motion.predicted, prior)) ||
      (prior !== undefined && tracker.matchNearby(frame, REACQUIRE_RADIUS, prior));
    if (!predicted && !this.relocaliser.relocalise(frame, vouched ? motion : undefined)) return NO_MATCH;
    // Relocalisation has weighed the wheels already, and may rightly be far from where they say.
    const held = predicted ? prior : undefined;
    const match = tracker.matchLocalMap(frame, held);
    const { minimumInliers, minimumInliersWithOdometry } = this.settings;
    return match.inliers >= (held ? minimumInliersWithOdometry : minimumInliers)
      ? match
      : { ...NO_MATCH, expected: match.expected };
  }

  /** Takes the camera's pose, or lets odometry carry it. */
  private settle(frame: Frame | null, match: LocalMatch): void {
    this.cameFrom = this.state === 'tracking' || this.state === 'blind' ? this.reference : null;
    if (frame && match.reference) {
      this.reference = match.reference;
      this.map.part = this.reference.part;
      this.motion.correct(frame.cameraFromWorld, match, this.reference);
      this.state = 'tracking';
      this.placed = true;
      this.strangeFrames = 0;
      this.waypoints.end();
      return;
    }
    frame?.clearMatches();
    this.motion.miss();
    const { vouched, covariance } = this.motion;
    if (this.showsEnough(frame)) this.strangeFrames++;
    if (this.droppable && !vouched && this.map.keyframeCount < WORTH_FINDING) this.dropMap();
    if (this.map.keyframeCount === 0 && !vouched) this.state = 'initialising';
    else this.state = this.placed && vouched && this.isSure(covariance) ? 'blind' : 'lost';
    if (this.placed && vouched && this.reference)
      this.waypoints.follow(this.motion.worldFromBody, this.reference);
  }

  private isSure(covariance: Float64Array): boolean {
    return positionSigma(covariance) <= this.settings.lostSigma;
  }

  /** Starts the map, lets it grow, goes on with it after a blind stretch, or, lost without wheels, begins another. */
  private extendMap(frame: Frame, match: LocalMatch, hasOdometry: boolean): Keyframe | null {
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
      const carried = this.motion.sinceKeyframe !== null;
      if (!this.placed || !this.showsEnough(frame)) return null;
      // Where a teammate alone tells, it does so for this frame and no longer.
      const patience = !carried ? newMapFrames : hasOdometry ? freshStartFrames : 0;
      if (this.strangeFrames < patience) return null;
      if (!carried) this.map.beginPart();
    }
    if (this.state === 'tracking' || !this.mono) return this.insertKeyframe(frame);
    const begun = this.mono.begin(frame, this.motion, this.newest);
    return begun && this.goOnFrom(begun);
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

  /** What hangs on no keyframe goes with the oldest: where the frame of the map goes. */
  private moveFree(corrections: Corrections): void {
    const oldest = [...corrections.keys()].find(({ part }) => part === this.map.part);
    if (!oldest) return;
    const correction = corrections.get(oldest)!;
    this.motion.carry(correction, this.newest && this.map.keyframePose(this.newest.id));
    this.record.moveFree(correction);
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
    this.mono!.stop();
    this.map.discard(this.map.keyframes());
    this.record.unplaceHanging();
    this.reference = null;
    this.newest = null;
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

  private report(
    match: LocalMatch,
    created: Keyframe | null,
    frame: Frame | null,
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
    if (this.placed && (this.state === 'tracking' || this.motion.vouched))
      this.record.add(this.time, worldFromBody, referenceKeyframe, keyframeFromBody);
    else this.record.addUnplaced(this.time);
    return {
      time: this.time,
      state: this.state,
      odometry: this.motion.odometry,
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
