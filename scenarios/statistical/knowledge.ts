import type { Site } from './site.ts';

/** What one robot knows of the floor. */
export class Knowledge {
  /** By place: 1 where it has seen it itself, and where a teammate says so. */
  readonly seen: Uint8Array;
  readonly told: Uint8Array;
  /** When each place was last in view, seconds. */
  readonly seenAt: Float32Array;
  /** Places newly seen, to be told. */
  private fresh: number[] = [];

  constructor({ floor }: Site) {
    this.seen = new Uint8Array(floor.count);
    this.told = new Uint8Array(floor.count);
    this.seenAt = new Float32Array(floor.count);
  }

  note(place: number, time: number): void {
    this.seenAt[place] = time;
    if (this.seen[place]) return;
    this.seen[place] = 1;
    this.fresh.push(place);
  }

  /** Places seen first since the last call. */
  take(): readonly number[] {
    const { fresh } = this;
    this.fresh = [];
    return fresh;
  }

  hear(places: readonly number[]): void {
    for (const place of places) this.told[place] = 1;
  }
}
