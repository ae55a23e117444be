import { COARSE_SIDE } from './grid.ts';
import { SETTINGS } from './settings.ts';

const { coarse, cell } = SETTINGS.grid;
/** Fine cells that must be known before a coarse cell counts as explored. */
const ENOUGH = 0.3 * coarse * coarse;
const OFFSET = 32768;
const SPAN = 65536;

/** What the team has explored and when it was last seen, in coarse cells: small enough for the radio. */
export class Explored {
  private readonly known = new Map<number, number>();
  private readonly elsewhere = new Set<number>();
  /** Time each coarse cell was last in view, by key. */
  readonly seenAt = new Map<number, number>();
  private fresh: number[] = [];

  /** Notes that a fine cell became known; x, y in metres. */
  noteKnown(x: number, y: number): void {
    const key = keyAt(x, y);
    const count = (this.known.get(key) ?? 0) + 1;
    this.known.set(key, count);
    if (count === ENOUGH) this.fresh.push(key);
  }

  noteSeen(x: number, y: number, time: number): void {
    this.seenAt.set(keyAt(x, y), time);
  }

  /**
   * Forgets what this robot itself has explored, to be noted anew in another frame.
   * @returns x, y (metres, old frame) and time of each place seen
   */
  restart(): [number, number, number][] {
    const seen = [...this.seenAt].map(([key, time]): [number, number, number] => [
      ...coarseCentre(key),
      time,
    ]);
    this.known.clear();
    this.seenAt.clear();
    this.fresh = [];
    return seen;
  }

  /** Coarse cells explored since the last call, packed x, y pairs. */
  take(): Int16Array {
    const packed = new Int16Array(2 * this.fresh.length);
    this.fresh.forEach((key, i) => {
      packed[2 * i] = Math.floor(key / SPAN) - OFFSET;
      packed[2 * i + 1] = (key % SPAN) - OFFSET;
    });
    this.fresh = [];
    return packed;
  }

  /** Coarse cells a teammate has explored, packed x, y pairs; a dangling half pair is ignored. */
  add(cells: Int16Array): void {
    for (let i = 0; i + 1 < cells.length; i += 2) this.elsewhere.add(keyOf(cells[i], cells[i + 1]));
  }

  /** Whether a teammate says it has explored the coarse cell that holds a fine cell (integer coordinates). */
  byTeammate(cellX: number, cellY: number): boolean {
    return (
      this.elsewhere.size > 0 &&
      this.elsewhere.has(keyOf(Math.floor(cellX / coarse), Math.floor(cellY / coarse)))
    );
  }
}

/** Centre of a coarse cell, metres. */
export function coarseCentre(key: number): [number, number] {
  return [(Math.floor(key / SPAN) - OFFSET + 0.5) * COARSE_SIDE, ((key % SPAN) - OFFSET + 0.5) * COARSE_SIDE];
}

function keyAt(x: number, y: number): number {
  return keyOf(Math.floor(Math.floor(x / cell) / coarse), Math.floor(Math.floor(y / cell) / coarse));
}

function keyOf(coarseX: number, coarseY: number): number {
  return (clamp(coarseX) + OFFSET) * SPAN + clamp(coarseY) + OFFSET;
}

function clamp(coordinate: number): number {
  return Math.min(OFFSET - 1, Math.max(-OFFSET, coordinate));
}
