import { between, compose, inverse } from '../../base/se3.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { CameraModel } from '../map/view.ts';
import type { SlamSettings } from '../settings.ts';
import type { TrajectoryRecord } from '../trajectory.ts';
import type { Frame } from './frame.ts';
import { needsKeyframe } from './keyframe-policy.ts';
import { Motion } from './motion.ts';
import type { Tracker } from './tracker.ts';

/** Frames remembered, and of those the ones looked at again an instant. */
const MEMORY = 150;
const STEPS = 4;
/** Frames in a row it may fail to place before it gives up. */
const MOST_MISSES = 5;

/** Makes a keyframe, of a part of the map that tracking may have left since, of a frame that was found to be worth one. */
export type InsertKeyframe = (frame: Frame, motion: Motion, part: number) => Keyframe;

/**
 * Places frames after the fact. What a single camera saw before its map began, or while it was lost, is tracked backwards in time
 * from where tracking holds again, a few frames an instant, and makes keyframes as the way forward does.
 */
export class Hindsight {
  private readonly tracker: Tracker;
  private readonly camera: CameraModel;
  private readonly settings: SlamSettings;
  private readonly record: TrajectoryRecord;
  private readonly insert: InsertKeyframe;
  /** By rising place in the record. */
  private readonly past: { readonly frame: Frame; readonly index: number }[] = [];
  /** The frame after the one to look at next, and how the camera moves there; null where there is nothing to do. */
  private walk: {
    later: Frame;
    index: number;
    motion: Motion;
    misses: number;
    sinceKeyframe: number;
  } | null = null;

  constructor(
    tracker: Tracker,
    camera: CameraModel,
    settings: SlamSettings,
    record: TrajectoryRecord,
    insert: InsertKeyframe,
  ) {
    this.tracker = tracker;
    this.camera = camera;
    this.settings = settings;
    this.record = record;
    this.insert = insert;
  }

  remember(frame: Frame, index: number): void {
    this.past.push({ frame, index });
    if (this.past.length > MEMORY) this.past.shift();
  }

  /** Starts to walk back from a frame that tracking has placed. */
  walkBackFrom(frame: Frame, index: number): void {
    this.walk = { later: frame, index, motion: this.motionOf(frame), misses: 0, sinceKeyframe: 0 };
  }

  stop(): void {
    this.walk = null;
  }

  /** Looks at the next few frames of the walk, if one is under way. */
  step(): void {
    for (let n = 0; n < STEPS && this.walk; n++) {
      const { index } = this.walk;
      const earlier = this.past.findLast((one) => one.index < index);
      if (!earlier || this.walk.misses > MOST_MISSES) {
        this.walk = null;
        return;
      }
      if (this.record.isPlaced(earlier.index)) this.walkBackFrom(earlier.frame, earlier.index);
      else this.place(earlier.frame, earlier.index);
    }
  }

  /** Walks to the end. */
  finish(): void {
    while (this.walk) this.step();
  }

  private place(frame: Frame, index: number): void {
    const { tracker, walk } = this;
    const { motion, later } = walk!;
    walk!.index = index;
    motion.predict(undefined);
    frame.cameraFromWorld = motion.cameraFromWorld();
    const found = tracker.matchLastFrame(frame, later, motion.predicted, undefined);
    const match = found ? tracker.matchLocalMap(frame, undefined) : undefined;
    if (!match?.reference || match.inliers < this.settings.minimumInliers) {
      frame.clearMatches();
      motion.miss();
      walk!.misses++;
      return;
    }
    motion.correct(frame.cameraFromWorld, match, match.reference);
    walk!.misses = 0;
    walk!.later = frame;
    walk!.sinceKeyframe++;
    let reference = match.reference;
    const known = tracker.localMap.keyframes;
    if (
      needsKeyframe(frame, match.inliers, reference, known, walk!.sinceKeyframe, this.camera, this.settings)
    ) {
      reference = this.insert(frame, motion, reference.part);
      walk!.sinceKeyframe = 0;
    }
    this.record.place(index, reference.id, between(reference.worldFromBody, motion.worldFromBody));
  }

  private motionOf(frame: Frame): Motion {
    const worldFromBody = inverse(compose(this.camera.rig.bodyFromCamera, frame.cameraFromWorld));
    const motion = new Motion(this.camera.rig, worldFromBody, this.settings.odometryInflation);
    motion.settle(worldFromBody);
    return motion;
  }
}
