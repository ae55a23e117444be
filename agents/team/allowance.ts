/** Seconds of traffic that a silent sender may catch up on at once. */
const SAVED = 4;

/** How many bytes may be sent now, so that on average a robot sends no more than its rate: a token bucket. */
export class Allowance {
  /** May fall below 0: what cannot wait is sent on credit. */
  left: number;
  private readonly rate: number;
  private refilledAt = Number.NaN;

  /** @param rate bytes a second */
  constructor(rate: number) {
    this.rate = rate;
    this.left = rate;
  }

  refill(time: number): void {
    const passed = Number.isNaN(this.refilledAt) ? 0 : Math.max(0, time - this.refilledAt);
    this.left = Math.min(SAVED * this.rate, this.left + passed * this.rate);
    this.refilledAt = time;
  }
}
