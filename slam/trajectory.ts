import { between, compose, type Pose } from '../base/se3.ts';
import { scaledStep } from './camera/scaled-step.ts';

/** Poses over time: `times` in seconds, `poses` 7 each, `worldFromBody`. */
export interface Trajectory {
  readonly times: Float64Array;
  readonly poses: Float64Array;
}

const STRIDE = 16;
/** Instead of a keyframe: the pose hangs on none yet; or there is no pose. */
const FREE = -1;
const UNPLACED = -2;

/** Every pose as it was known at its time, and what it hung on, so that it can be told again later, better. */
export class TrajectoryRecord {
  private data = new Float64Array(1024 * STRIDE);
  private count = 0;
  /** No pose before this one hangs on none. */
  private firstFree = 0;

  /** How many instants were recorded: the next one's place. */
  get length(): number {
    return this.count;
  }

  /** @param keyframe −1 where the pose hangs on none yet: `keyframeFromBody` is then where it is in the world */
  add(time: number, worldFromBody: Pose, keyframe: number, keyframeFromBody: Pose): void {
    const at = this.next(time);
    this.data[at + 1] = keyframe;
    this.data.set(worldFromBody, at + 2);
    this.data.set(keyframeFromBody, at + 9);
  }

  /** Poses that hung on none hang on a keyframe from now on. */
  hangFree(keyframe: number, worldFromKeyframe: Pose): void {
    this.eachFree((at) => {
      this.data[at + 1] = keyframe;
      this.data.set(between(worldFromKeyframe, this.data.subarray(at + 9, at + 16)), at + 9);
    });
    this.firstFree = this.count;
  }

  /** The world is now another for poses that hang on none; what was known at their time stays what it was. */
  moveFree(newWorldFromOldWorld: Pose): void {
    this.eachFree((at) => {
      const pose = this.data.subarray(at + 9, at + 16);
      compose(newWorldFromOldWorld, pose, pose);
    });
  }

  /** An instant at which nobody knows where the body is. */
  addUnplaced(time: number): void {
    const at = this.next(time);
    this.data[at + 1] = UNPLACED;
    this.data.fill(Number.NaN, at + 2, at + STRIDE);
  }

  /** Gives an instant the pose it was found to have later; what was known at its time stays what it was. */
  place(index: number, keyframe: number, keyframeFromBody: Pose): void {
    this.data[index * STRIDE + 1] = keyframe;
    this.data.set(keyframeFromBody, index * STRIDE + 9);
  }

  isPlaced(index: number): boolean {
    return this.data[index * STRIDE + 1] !== UNPLACED;
  }

  /** The map about each keyframe has grown: what hangs on it is so many times as far from it now. */
  rescale(scaleAbout: (keyframe: number) => number, bodyFromCamera: Pose): void {
    for (let at = 0; at < this.count * STRIDE; at += STRIDE) {
      const keyframe = this.data[at + 1];
      if (keyframe < 0) continue;
      const keyframeFromBody = this.data.subarray(at + 9, at + 16);
      keyframeFromBody.set(scaledStep(keyframeFromBody, scaleAbout(keyframe), bodyFromCamera));
    }
  }

  /** The keyframes so far are no more: poses that hang on them are lost. */
  unplaceHanging(): void {
    for (let i = 0; i < this.count; i++) {
      if (this.data[i * STRIDE + 1] >= 0) this.data[i * STRIDE + 1] = UNPLACED;
    }
  }

  /** As known at each time, where anything was. */
  online(): Trajectory {
    return this.build(
      (at) => !Number.isNaN(this.data[at + 2]),
      (at) => this.data.subarray(at + 2, at + 9),
    );
  }

  /** As known now: each pose moves with its keyframe. Those that hang on keyframes that do not count are left out. */
  final(keyframePose: (id: number) => Pose, counts: (id: number) => boolean = () => true): Trajectory {
    return this.build(
      (at) => {
        const keyframe = this.data[at + 1];
        return keyframe === FREE || (keyframe !== UNPLACED && counts(keyframe));
      },
      (at) => {
        const keyframe = this.data[at + 1];
        if (keyframe === FREE) return this.data.subarray(at + 9, at + 16);
        return compose(keyframePose(keyframe), this.data.subarray(at + 9, at + 16));
      },
    );
  }

  private eachFree(work: (at: number) => void): void {
    for (let i = this.firstFree; i < this.count; i++)
      if (this.data[i * STRIDE + 1] === FREE) work(i * STRIDE);
  }

  private next(time: number): number {
    if ((this.count + 1) * STRIDE > this.data.length) {
      const larger = new Float64Array(2 * this.data.length);
      larger.set(this.data);
      this.data = larger;
    }
    const at = this.count++ * STRIDE;
    this.data[at] = time;
    return at;
  }

  private build(isKnown: (at: number) => boolean, poseAt: (at: number) => Pose): Trajectory {
    const known: number[] = [];
    for (let at = 0; at < this.count * STRIDE; at += STRIDE) if (isKnown(at)) known.push(at);
    const poses = new Float64Array(7 * known.length);
    known.forEach((at, i) => {
      poses.set(poseAt(at), 7 * i);
    });
    return { times: Float64Array.from(known, (at) => this.data[at]), poses };
  }
}
