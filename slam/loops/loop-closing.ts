import type { Random } from '../../base/random.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import { PointFusion } from '../mapping/fusion.ts';
import type { SlamSettings } from '../settings.ts';
import { FullAdjustment } from './full-adjustment.ts';
import { LoopCloser } from './loop-closer.ts';
import { LoopDetector } from './loop-detector.ts';
import { PlaceAligner } from './place-aligner.ts';

/** How the map moved: metres now over metres before, about a keyframe. */
export type MapMove = (keyframe: Keyframe) => number;

/** Keyframes after a loop in which none is looked for: they see the same one. */
const GAP = 5;
const RIGID: MapMove = () => 1;

/** Notices that a place is seen again and makes the map one that knows it. */
export class LoopClosing {
  /** Loops closed so far. */
  count = 0;
  private readonly detector: LoopDetector;
  private readonly closer: LoopCloser;
  private readonly adjustment: FullAdjustment;
  private rest = 0;

  constructor(map: SlamMap, camera: CameraModel, kernels: Kernels, settings: SlamSettings, random: Random) {
    const aligner = new PlaceAligner(camera, kernels, settings, random);
    const fusion = new PointFusion(map, camera, kernels, settings);
    this.detector = new LoopDetector(map, camera, aligner);
    this.closer = new LoopCloser(map, camera, kernels, settings, fusion);
    this.adjustment = new FullAdjustment(map, camera, kernels, settings);
  }

  /**
   * Looks whether a new keyframe closes a loop, and goes on with adjusting the map: once an input.
   * @returns how the map moved; null where it did not
   */
  step(created: Keyframe | null): MapMove | null {
    const loop = created && this.rest-- <= 0 ? this.detector.detect(created) : null;
    if (!loop) return this.adjustment.step() ? RIGID : null;
    const move = this.closer.close(loop);
    this.adjustment.start();
    this.rest = GAP;
    this.count++;
    return move;
  }
}
