import { type Floor, NEIGHBOURS } from './floor.ts';

/** Lengths of edges, tenths of a metre. */
const STRAIGHT = 5;
const DIAGONAL = 7;
const UNREACHED = 0x7fffffff;

/** Shortest ways over known places (Dial, CACM 1969: no more buckets than an edge is long). */
export class Search {
  /** Places that the last search got to, the nearest first. */
  readonly reached: number[] = [];
  private readonly floor: Floor;
  private readonly tenths: Int32Array;
  private readonly before: Int32Array;
  private readonly buckets: number[][] = Array.from({ length: DIAGONAL + 1 }, () => []);

  constructor(floor: Floor) {
    this.floor = floor;
    this.tenths = new Int32Array(floor.count).fill(UNREACHED);
    this.before = new Int32Array(floor.count);
  }

  /** From a place over those that are `known` (1). */
  from(start: number, known: Uint8Array): void {
    const { tenths, before, buckets, reached } = this;
    const { neighbours } = this.floor;
    tenths.fill(UNREACHED);
    reached.length = 0;
    tenths[start] = 0;
    before[start] = -1;
    buckets[0].push(start);
    let waiting = 1;
    for (let length = 0; waiting > 0; length++) {
      const bucket = buckets[length % buckets.length];
      waiting -= bucket.length;
      for (const node of bucket) {
        if (tenths[node] !== length) continue;
        reached.push(node);
        for (let k = 0; k < NEIGHBOURS; k++) {
          const next = neighbours[NEIGHBOURS * node + k];
          const total = length + (k < 4 ? STRAIGHT : DIAGONAL);
          if (next < 0 || !known[next] || tenths[next] <= total) continue;
          tenths[next] = total;
          before[next] = node;
          buckets[total % buckets.length].push(next);
          waiting++;
        }
      }
      bucket.length = 0;
    }
  }

  /** Metres from where the last search began; Infinity where it did not get. */
  metresTo(node: number): number {
    const tenths = this.tenths[node];
    return tenths === UNREACHED ? Infinity : tenths / 10;
  }

  /** The way to a place that was reached, without the one it begins at. */
  wayTo(node: number): number[] {
    const way: number[] = [];
    for (let k = node; this.before[k] >= 0; k = this.before[k]) way.push(k);
    return way.reverse();
  }
}
