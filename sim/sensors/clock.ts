import type { Random } from '../../base/random.ts';
import type { ClockOptions } from '../options.ts';

/** A robot's own clock: it starts off by a constant and runs at a constant wrong rate. */
export class Clock {
  private readonly offset: number;
  private readonly rate: number;

  constructor({ offset, drift }: ClockOptions, random: Random) {
    this.offset = random.normal(offset);
    this.rate = 1 + 1e-6 * random.normal(drift);
  }

  /** What it shows at a mission time, seconds. */
  read(time: number): number {
    return this.offset + this.rate * time;
  }
}
