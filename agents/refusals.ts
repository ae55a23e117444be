/** Why messages and entries were dropped: counted by reason, and named the 1st, 10th, 100th … time. */
export class Refusals {
  private readonly counts = new Map<string, number>();
  private told: string[] = [];

  /** @param what was dropped and from whom, e.g. `a digest of robot 2` */
  note(what: string, reason: string): void {
    const key = `${what}: ${reason.replace(/-?\d+(\.\d+)?/g, '#')}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (!/^10*$/.test(String(count))) return;
    this.told.push(`dropped ${what}: ${reason}${count > 1 ? ` (${count} times now)` : ''}`);
  }

  /** Times by what and why, numbers in the reason left out. */
  get byReason(): ReadonlyMap<string, number> {
    return this.counts;
  }

  /** What is to be said in the log since the last call. */
  take(): string[] {
    return this.told.splice(0);
  }
}
