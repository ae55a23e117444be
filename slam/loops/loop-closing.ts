import type { Random } from '../../base/random.ts';
import { identity } from '../../base/se3.ts';
import { similarityOf } from '../../base/sim3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import { outOfReach } from '../map/reach.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import { PointFusion } from '../mapping/fusion.ts';
import type { SlamSettings } from '../settings.ts';
import { motionAlongTree } from './drift.ts';
import { FullAdjustment } from './full-adjustment.ts';
import { LoopCloser } from './loop-closer.ts';
import { type Loop, LoopDetector } from './loop-detector.ts';
import { mergeParts } from './merge.ts';
import { PlaceAligner } from './place-aligner.ts';

/** How the map moved: metres now over metres before, about a keyframe. */
export type MapMove = (keyframe: Keyframe) => number;

/** Keyframes after a loop in which none is looked for: they see the same one. */
const GAP = 5;
/** Steps from covisible to covisible keyframe that are a long way round. */
export const LONG_WAY = 3;
/** Visual motion, metres, over which drift bends a map enough for adjusting all of it. */
const LONG_MOTION = 40;
const RIGID: MapMove = () => 1;

/** Notices that a place is seen again and makes the map one that knows it. */
export class LoopClosing {
  /** Loops closed so far. */
  count = 0;
  private readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly detector: LoopDetector;
  private readonly closer: LoopCloser;
  private readonly adjustment: FullAdjustment;
  /** Keyframes until a loop is looked for again. */
  private rest = 0;
  /** Whether an adjustment was dropped that is still to be made. */
  private owed = false;

  constructor(map: SlamMap, camera: CameraModel, kernels: Kernels, settings: SlamSettings, random: Random) {
    this.map = map;
    this.camera = camera;
    const aligner = new PlaceAligner(map.places, camera, kernels, settings, random);
    const fusion = new PointFusion(map, camera, kernels, settings);
    this.detector = new LoopDetector(map, camera, aligner);
    this.closer = new LoopCloser(map, camera, kernels, settings, fusion);
    this.adjustment = new FullAdjustment(map, camera, kernels);
  }

  /**
   * Looks whether a new keyframe closes a loop, and goes on with adjusting the map: once an input.
   * @param from the keyframe that was tracked against just before, if tracking has held since
   * @returns how the map moved; null where it did not
   */
  step(created: Keyframe | null, from: Keyframe | null): MapMove | null {
    if (created && this.rest-- <= 0) {
      const loop = this.detector.detect(created);
      const move = loop && this.join(loop);
      if (move || (from && bridges(created, from))) {
        // The map now knows better than the team did.
        for (const keyframe of this.map.keyframes()) keyframe.held = false;
        this.adjust();
        this.rest = GAP;
        this.count++;
        return move;
      }
    }
    return this.adjustment.step() ? RIGID : null;
  }

  /** The team has put keyframes elsewhere: what was being adjusted is no more, and is made up for at the end. */
  drop(): void {
    this.owed ||= this.adjustment.isRunning;
    this.adjustment.drop();
  }

  /** Adjusts the map to the end. @returns as `step` does */
  finish(): MapMove | null {
    if (this.owed) this.adjust();
    while (this.adjustment.isRunning) if (this.adjustment.step()) return RIGID;
    return null;
  }

  private adjust(): void {
    this.adjustment.start();
    this.owed = false;
  }

  private join(loop: Loop): MapMove {
    if (loop.here.part === loop.there.part) return this.closer.close(loop);
    const scale = mergeParts(this.map, loop, this.camera);
    const move = this.closer.close({ ...loop, thereFromHere: similarityOf(identity()) });
    return (keyframe) => scale(keyframe) * move(keyframe);
  }
}

/**
 * Whether a keyframe joins regions of the map between which there was only a long way round: tracking has found back to a known place
 * by itself. The loop is closed then, but still under tension.
 */
function bridges(created: Keyframe, from: Keyframe): boolean {
  const follows = created.odometry !== null || created.covisible.has(from);
  if (!follows || !outOfReach(from, created.covisible.keys(), LONG_WAY, created)) return false;
  let oldest = created;
  for (const keyframe of created.covisible.keys()) if (keyframe.id < oldest.id) oldest = keyframe;
  return motionAlongTree(from, oldest) > LONG_MOTION;
}
