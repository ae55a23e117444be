/** When robots of the team last saw each other, as far as one of them knows. Seconds on that one's clock. */
export class SightingRecord {
  private readonly seenAt = new Map<number, Map<number, number>>();

  /** News may come late and in any order. */
  note(observer: number, peer: number, time: number): void {
    let seen = this.seenAt.get(observer);
    if (!seen) {
      seen = new Map();
      this.seenAt.set(observer, seen);
    }
    seen.set(peer, Math.max(time, seen.get(peer) ?? Number.NEGATIVE_INFINITY));
  }

  /** NaN where it never did. */
  lastSeen(observer: number, peer: number): number {
    return this.seenAt.get(observer)?.get(peer) ?? Number.NaN;
  }

  /** When anybody last saw a robot; −Infinity where nobody did. */
  lastSeenByAny(peer: number): number {
    const times = [...this.seenAt.values()].map((seen) => seen.get(peer) ?? Number.NEGATIVE_INFINITY);
    return Math.max(...times, Number.NEGATIVE_INFINITY);
  }
}
