import { Random } from '../../base/random.ts';
import { identity } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { LocalMapper } from '../mapping/local-mapper.ts';
import type { SlamSettings } from '../settings.ts';
import type { Frame } from '../tracking/frame.ts';
import { Hindsight, type InsertKeyframe } from '../tracking/hindsight.ts';
import type { Motion } from '../tracking/motion.ts';
import type { Tracker } from '../tracking/tracker.ts';
import type { TrajectoryRecord } from '../trajectory.ts';
import { MapStarter } from './map-starter.ts';

/** Where a single camera makes the map: how that begins, and how what was seen before is placed. */
export class SingleCamera {
  private readonly record: TrajectoryRecord;
  private readonly starter: MapStarter;
  private readonly hindsight: Hindsight;

  constructor(
    map: SlamMap,
    mapper: LocalMapper,
    tracker: Tracker,
    kernels: Kernels,
    settings: SlamSettings,
    record: TrajectoryRecord,
    insert: InsertKeyframe,
  ) {
    const { camera } = map;
    this.record = record;
    this.starter = new MapStarter(map, mapper, camera, kernels, settings, new Random('initialiser'));
    this.hindsight = new Hindsight(tracker, camera, settings, record, insert);
  }

  /** The map begins, or goes on after a blind stretch, with two keyframes. @returns the second, once both stand */
  begin(frame: Frame, motion: Motion, newest: Keyframe | null): Keyframe | null {
    const { worldFromBody, covariance, sinceKeyframe } = motion;
    const carried = {
      index: this.record.length,
      worldFromBody: worldFromBody.slice(),
      covariance: covariance.slice(),
      sinceKeyframe,
    };
    const beginning = this.starter.offer(frame, carried, newest);
    if (!beginning) return null;
    const { first, second } = beginning;
    this.record.place(beginning.firstIndex, first.id, identity());
    motion.settle(second.worldFromBody);
    return second;
  }

  /** Frames that have no pose are looked at again once tracking holds; none of them begins a map any more. @param found just now */
  lookBack(frame: Frame, found: boolean): void {
    const index = this.record.length;
    if (found) {
      this.starter.clear();
      this.hindsight.walkBackFrom(frame, index);
    }
    this.hindsight.remember(frame, index);
    this.hindsight.step();
  }

  /** The map is another: what was under way with the one before is not gone on with. */
  stop(): void {
    this.hindsight.stop();
  }

  finish(): void {
    this.hindsight.finish();
  }
}
