import { compose, type Pose } from '../base/se3.ts';

/** Poses over time: `times` in seconds, `poses` 7 each, `worldFromBody`. */
export interface Trajectory {
  readonly times: Float64Array;
  readonly poses: Float64Array;
}

const STRIDE = 16;

/** Every pose as it was known at its time, and what it hung on, so that it can be told again later, better. */
export class TrajectoryRecord {
  private data = new Float64Array(1024 * STRIDE);
  private count = 0;

  /** @param keyframe −1 where there was none yet: the pose then never changes */
  add(time: number, worldFromBody: Pose, keyframe: number, keyframeFromBody: Pose): void {
    if ((this.count + 1) * STRIDE > this.data.length) {
      const larger = new Float64Array(2 * this.data.length);
      larger.set(this.data);
      this.data = larger;
    }
    const at = this.count++ * STRIDE;
    this.data[at] = time;
    this.data[at + 1] = keyframe;
    this.data.set(worldFromBody, at + 2);
    this.data.set(keyframeFromBody, at + 9);
  }

  /** As known at each time. */
  online(): Trajectory {
    return this.build((at) => this.data.subarray(at + 2, at + 9));
  }

  /** As known now: each pose moves with its keyframe. */
  final(keyframePose: (id: number) => Pose): Trajectory {
    return this.build((at) => {
      const keyframe = this.data[at + 1];
      if (keyframe < 0) return this.data.subarray(at + 2, at + 9);
      return compose(keyframePose(keyframe), this.data.subarray(at + 9, at + 16));
    });
  }

  private build(poseAt: (at: number) => Pose): Trajectory {
    const times = new Float64Array(this.count);
    const poses = new Float64Array(7 * this.count);
    for (let i = 0; i < this.count; i++) {
      times[i] = this.data[i * STRIDE];
      poses.set(poseAt(i * STRIDE), 7 * i);
    }
    return { times, poses };
  }
}
