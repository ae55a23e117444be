import { between, compose, exp, log, type Pose } from '../../base/se3.ts';

/** Where a body was to something that it hangs on, at one instant. */
export interface Hanging {
  /** Seconds on the robot's own clock. */
  readonly time: number;
  /** Node of the trajectory it hangs on. */
  readonly node: number;
  readonly nodeFromBody: Pose;
  /** 6×6 of `nodeFromBody`, right perturbation. */
  readonly covariance: Float64Array;
  /** Motion since the instant before; absent where nothing measured it. */
  readonly step?: Pose;
}

/** Seconds that are remembered: words of a teammate may be late by as much. */
const SPAN = 30;

/** The last stretch of a robot's trajectory, frame by frame. */
export class History {
  private readonly frames: Hanging[] = [];

  add(frame: Hanging): void {
    this.frames.push(frame);
    while (frame.time - this.frames[0].time > SPAN) this.frames.shift();
  }

  isPast(time: number): boolean {
    return this.frames.length > 0 && time < this.frames[0].time;
  }

  /**
   * Where the body was at an instant between two frames.
   * @param timeSigma how surely the instant is known, seconds: it costs covariance along the motion
   * @returns nothing where that is no longer, or not yet, known
   */
  at(time: number, timeSigma: number): Hanging | undefined {
    const i = this.frames.findIndex((frame) => frame.time >= time);
    if (i < 0) return undefined;
    const after = this.frames[i];
    const before = this.frames[i - 1];
    if (!before) return after.time === time ? after : undefined;
    const span = after.time - before.time;
    const motion = log(stepBetween(before, after));
    const share = (time - before.time) / span;
    const base = share < 0.5 ? before : after;
    const ahead = motion.map((value) => value * (share < 0.5 ? share : share - 1));
    const covariance = base.covariance.slice();
    for (let r = 0; r < 6; r++)
      for (let c = 0; c < 6; c++)
        covariance[6 * r + c] += (motion[r] * motion[c] * timeSigma * timeSigma) / (span * span);
    return { time, node: base.node, nodeFromBody: compose(base.nodeFromBody, exp(ahead)), covariance };
  }
}

function stepBetween(before: Hanging, after: Hanging): Pose {
  if (before.node === after.node) return between(before.nodeFromBody, after.nodeFromBody);
  return after.step ?? between(after.nodeFromBody, after.nodeFromBody);
}
