/** Reports that count, the newest of them. */
const WINDOW = 10;
const NUMBERS = 0x10000;

/** How well one teammate's reports come through, from their numbers and from silence. */
export class LinkQuality {
  private readonly interval: number;
  /** Bit k: whether the report k before the newest came. */
  private heard = 0;
  /** Reports sent since the first that came, WINDOW at most. */
  private sent = 0;
  private newest = 0;
  private newestAt = 0;

  /** @param interval seconds between two reports */
  constructor(interval: number) {
    this.interval = interval;
  }

  /** A report came; late and doubled ones may. @param time when, seconds */
  note(number: number, time: number): void {
    const ahead = this.sent === 0 ? 1 : (number - this.newest + NUMBERS) % NUMBERS;
    const behind = NUMBERS - ahead;
    if (ahead < NUMBERS / 2) {
      this.heard = shifted(this.heard, ahead) | 1;
      this.sent = Math.min(WINDOW, this.sent + ahead);
      this.newest = number;
      this.newestAt = time;
    } else if (behind < this.sent) this.heard |= 1 << behind;
  }

  /** Share of the reports sent lately that came, 0…1; NaN before the first. */
  share(time: number): number {
    if (this.sent === 0) return Number.NaN;
    // Half an interval of grace for one that is under way.
    const missing = Math.max(0, Math.floor((time - this.newestAt) / this.interval - 0.5));
    return ones(shifted(this.heard, missing)) / Math.min(WINDOW, this.sent + missing);
  }
}

function shifted(bits: number, by: number): number {
  return by >= WINDOW ? 0 : (bits << by) & ((1 << WINDOW) - 1);
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
