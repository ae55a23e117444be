import type { WheelIncrement } from './wheel-increment.ts';

/** Velocities that wheels were told, each until the next; times rise. */
export interface WheelCommands {
  /** Seconds. */
  readonly times: Float64Array;
  /** m/s. */
  readonly forward: Float64Array;
  /** rad/s. */
  readonly turning: Float64Array;
}

/** A robot's wheels over time. It is read forwards: each stretch may begin no earlier than the one before. */
export class WheelRecord {
  private readonly commands: WheelCommands;
  private readonly delay: number;
  private at = -1;

  /** @param delay seconds from being told to doing it */
  constructor(commands: WheelCommands, delay: number) {
    this.commands = commands;
    this.delay = delay;
  }

  /** Drives `way` on from one time to a later one; before the first command and after the last the robot stands. */
  drive(from: number, to: number, way: WheelIncrement): void {
    const { times, forward, turning } = this.commands;
    const last = times.length - 1;
    let now = from;
    while (now < to) {
      while (this.at < last && times[this.at + 1] + this.delay <= now) this.at++;
      const next = this.at < last ? Math.min(to, times[this.at + 1] + this.delay) : to;
      if (this.at >= 0 && this.at < last) way.roll(forward[this.at], turning[this.at], next - now);
      now = next;
    }
  }
}
