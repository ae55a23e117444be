import { between, compose, distance, identity, inverse, type Pose } from '../../base/se3.ts';
import type { MapChanges } from '../../slam/types.ts';

interface Removed {
  /** The keyframe that stands in for it; it may have been removed since, too. */
  standIn: number;
  standInFromKeyframe: Pose;
  readonly pose: Pose;
  /** Change of the map that `pose` was worked out at. */
  at: number;
}

/** Where one agent's keyframes are by now, those it has removed included: these move with the nearest that was left. */
export class Anchors {
  private readonly living = new Map<number, Pose>();
  private readonly removed = new Map<number, Removed>();
  private changeCount = 0;

  /** `teamFromKeyframe` by the latest map; the identity for −1, which stands for no keyframe. Not to be changed. */
  pose(keyframe: number): Pose {
    return this.living.get(keyframe) ?? this.poseOfRemoved(keyframe) ?? NO_KEYFRAME;
  }

  /** A pose may hang on a keyframe that no map event has told of yet. */
  meet(keyframe: number, teamFromBody: Pose, keyframeFromBody: Pose): void {
    if (keyframe < 0 || this.living.has(keyframe) || this.removed.has(keyframe)) return;
    this.living.set(keyframe, compose(teamFromBody, inverse(keyframeFromBody)));
  }

  apply({ keyframesAdded, keyframesMoved, keyframesRemoved }: MapChanges): void {
    this.changeCount++;
    // Before the rest has moved: a removed keyframe's last known pose belongs with the others' poses of then.
    const gone = keyframesRemoved.filter((id) => this.living.has(id));
    const last = [...gone].map((id) => this.living.get(id)!);
    for (const id of gone) this.living.delete(id);
    const orphans: number[] = [];
    gone.forEach((id, i) => {
      if (!this.handOver(id, last[i])) orphans.push(i);
    });
    this.place(keyframesAdded);
    this.place(keyframesMoved);
    for (const i of orphans) if (!this.handOver(gone[i], last[i])) this.living.set(gone[i], last[i]);
  }

  private place({ ids, poses }: MapChanges['keyframesMoved']): void {
    ids.forEach((id, i) => {
      this.living.set(id, poses.slice(7 * i, 7 * i + 7));
    });
  }

  private handOver(keyframe: number, pose: Pose): boolean {
    let standIn = -1;
    let nearest = Number.POSITIVE_INFINITY;
    for (const [id, other] of this.living) {
      const away = distance(pose, other);
      if (away >= nearest) continue;
      nearest = away;
      standIn = id;
    }
    if (standIn < 0) return false;
    const standInFromKeyframe = between(this.living.get(standIn)!, pose);
    this.removed.set(keyframe, {
      standIn,
      standInFromKeyframe,
      pose: pose.slice(),
      at: this.changeCount - 1,
    });
    return true;
  }

  private poseOfRemoved(keyframe: number): Pose | undefined {
    const entry = this.removed.get(keyframe);
    if (!entry || entry.at === this.changeCount) return entry?.pose;
    for (let next = this.removed.get(entry.standIn); next; next = this.removed.get(entry.standIn)) {
      entry.standInFromKeyframe = compose(next.standInFromKeyframe, entry.standInFromKeyframe);
      entry.standIn = next.standIn;
    }
    entry.at = this.changeCount;
    return compose(this.living.get(entry.standIn)!, entry.standInFromKeyframe, entry.pose);
  }
}

const NO_KEYFRAME = identity();
