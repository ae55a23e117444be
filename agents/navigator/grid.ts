import { SETTINGS } from './settings.ts';

const { cell, coarse, largest, hit, miss, most, least } = SETTINGS.grid;
const GROWTH = 40;
const OBSERVED = 1;
const SETTLED = 2;

/**
 * A growable occupancy grid in the team frame. Cell (i, j) spans [i, i + 1) × [j, j + 1) times `cell` metres; arrays are
 * row-major over the window that starts at (`minX`, `minY`) cells. Evidence is scaled log-odds (Moravec & Elfes 1985):
 * occupied where positive, free where observed and not positive, unknown where never observed.
 */
export class OccupancyGrid {
  minX = 0;
  minY = 0;
  width = 0;
  height = 0;
  evidence = new Int8Array(0);
  private history = new Uint8Array(0);
  private touched = new Uint16Array(0);
  private round = 0;

  /** Index of the cell at a point (metres), −1 outside the window. */
  indexAt(x: number, y: number): number {
    const column = Math.floor(x / cell) - this.minX;
    const row = Math.floor(y / cell) - this.minY;
    return column >= 0 && row >= 0 && column < this.width && row < this.height
      ? row * this.width + column
      : -1;
  }

  centreX(index: number): number {
    return (this.minX + (index % this.width) + 0.5) * cell;
  }

  centreY(index: number): number {
    return (this.minY + Math.floor(index / this.width) + 0.5) * cell;
  }

  isUnknown(index: number): boolean {
    return (this.history[index] & OBSERVED) === 0;
  }

  isOccupied(index: number): boolean {
    return this.evidence[index] > 0;
  }

  isFree(index: number): boolean {
    return (this.history[index] & OBSERVED) !== 0 && this.evidence[index] <= 0;
  }

  /** Makes the window hold everything within `reach` metres of a point; a point too far off starts the map over. */
  cover(x: number, y: number, reach: number): void {
    // One cell more than asked keeps every touched cell off the rim, so neighbours need no bounds check.
    const low = [Math.floor((x - reach) / cell) - 1, Math.floor((y - reach) / cell) - 1];
    const high = [Math.floor((x + reach) / cell) + 2, Math.floor((y + reach) / cell) + 2];
    const inside = low[0] >= this.minX && low[1] >= this.minY;
    if (inside && high[0] <= this.minX + this.width && high[1] <= this.minY + this.height) return;
    const blank = this.width === 0;
    const snap = (v: number) => Math.floor(v / GROWTH) * GROWTH;
    const minX = blank ? snap(low[0]) : Math.min(this.minX, snap(low[0]));
    const minY = blank ? snap(low[1]) : Math.min(this.minY, snap(low[1]));
    const maxX = blank ? snap(high[0]) + GROWTH : Math.max(this.minX + this.width, snap(high[0]) + GROWTH);
    const maxY = blank ? snap(high[1]) + GROWTH : Math.max(this.minY + this.height, snap(high[1]) + GROWTH);
    if (!blank && (maxX - minX > largest || maxY - minY > largest)) {
      this.width = 0;
      this.height = 0;
      this.cover(x, y, reach);
      return;
    }
    this.resize(minX, minY, maxX - minX, maxY - minY);
  }

  /** Opens a round of updates: within one, a cell counts once, and a hit outweighs any ray through it. */
  beginRound(): void {
    this.round++;
    if (this.round > 65535) {
      this.touched.fill(0);
      this.round = 1;
    }
  }

  /** Something stands in the cell. True where the cell was unknown before. */
  markHit(index: number): boolean {
    if (this.touched[index] === this.round) return false;
    this.touched[index] = this.round;
    this.evidence[index] = Math.min(most, this.evidence[index] + hit);
    const fresh = (this.history[index] & OBSERVED) === 0;
    this.history[index] |= OBSERVED;
    return fresh;
  }

  /** A ray went through the cell. True where the cell was unknown before. */
  markFree(index: number): boolean {
    if (this.touched[index] === this.round) return false;
    this.touched[index] = this.round;
    const evidence = Math.max(least, this.evidence[index] - miss);
    this.evidence[index] = evidence;
    const fresh = (this.history[index] & OBSERVED) === 0;
    this.history[index] |= evidence === least ? OBSERVED | SETTLED : OBSERVED;
    return fresh;
  }

  /** Lets obstacles fade that stand on ground once surely free: they walked or drifted there, walls did not. */
  forget(amount: number): void {
    const { evidence, history } = this;
    for (let i = 0; i < evidence.length; i++) {
      if (evidence[i] > 0 && (history[i] & SETTLED) !== 0) evidence[i] = Math.max(0, evidence[i] - amount);
    }
  }

  /** Unknown cells on the straight line between two points (metres), −1 where something on it is occupied or outside. */
  unknownBetween(x0: number, y0: number, x1: number, y1: number): number {
    const dx = x1 - x0;
    const dy = y1 - y0;
    const steps = Math.max(1, Math.ceil(Math.sqrt(dx * dx + dy * dy) / (0.7 * cell)));
    let unknown = 0;
    let last = -1;
    for (let k = 0; k <= steps; k++) {
      const index = this.indexAt(x0 + (dx * k) / steps, y0 + (dy * k) / steps);
      if (index < 0 || this.evidence[index] > 0) return -1;
      if (index !== last && this.isUnknown(index)) unknown++;
      last = index;
    }
    return unknown;
  }

  /**
   * How freely one point (metres) is seen from another: 0 where something drawn stands between, 1 where all is known to be free,
   * down to ½ where all is unknown.
   */
  openness(x0: number, y0: number, x1: number, y1: number): number {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const steps = Math.max(1, Math.ceil(Math.sqrt(dx * dx + dy * dy) / (0.7 * cell)));
    let known = 0;
    for (let k = 0; k <= steps; k++) {
      const index = this.indexAt(x0 + (dx * k) / steps, y0 + (dy * k) / steps);
      if (index < 0) continue;
      if (this.isOccupied(index)) return 0;
      if (!this.isUnknown(index)) known++;
    }
    return (1 + known / (steps + 1)) / 2;
  }

  /**
   * Moves what is drawn by a rigid motion: a point p (metres) goes to R(yaw)·p + (dx, dy).
   * @returns indices of the cells known afterwards
   */
  move(dx: number, dy: number, yaw: number): number[] {
    const old = Object.assign(new OccupancyGrid(), this) as OccupancyGrid;
    const c = Math.cos(yaw);
    const s = Math.sin(yaw);
    this.width = 0;
    this.height = 0;
    // Only as far as something is drawn: a window that holds the old one, turned, would grow with every move.
    for (const [x, y] of old.corners(c, s)) this.cover(x + dx, y + dy, cell);
    const known: number[] = [];
    for (let i = 0; i < this.evidence.length; i++) {
      const x = this.centreX(i) - dx;
      const y = this.centreY(i) - dy;
      const from = old.indexAt(c * x + s * y, c * y - s * x);
      if (from < 0 || old.isUnknown(from)) continue;
      this.evidence[i] = old.evidence[from];
      this.history[i] = old.history[from];
      known.push(i);
    }
    return known;
  }

  /** The two corners, metres, of the box about all that is known, turned by an angle of such cosine and sine. */
  private corners(c: number, s: number): [number, number][] {
    let minX = Infinity;
    let minY = Infinity;
    let maxX = -Infinity;
    let maxY = -Infinity;
    for (let i = 0; i < this.evidence.length; i++) {
      if (this.isUnknown(i)) continue;
      const x = c * this.centreX(i) - s * this.centreY(i);
      const y = s * this.centreX(i) + c * this.centreY(i);
      minX = Math.min(minX, x);
      minY = Math.min(minY, y);
      maxX = Math.max(maxX, x);
      maxY = Math.max(maxY, y);
    }
    const corners: [number, number][] = [
      [minX, minY],
      [maxX, maxY],
    ];
    return minX <= maxX ? corners : [];
  }

  private resize(minX: number, minY: number, width: number, height: number): void {
    const evidence = new Int8Array(width * height);
    const history = new Uint8Array(width * height);
    for (let row = 0; row < this.height; row++) {
      const from = row * this.width;
      const to = (row + this.minY - minY) * width + this.minX - minX;
      evidence.set(this.evidence.subarray(from, from + this.width), to);
      history.set(this.history.subarray(from, from + this.width), to);
    }
    this.minX = minX;
    this.minY = minY;
    this.width = width;
    this.height = height;
    this.evidence = evidence;
    this.history = history;
    this.touched = new Uint16Array(width * height);
    this.round = 0;
  }
}

/** Side of a coarse cell, metres. */
export const COARSE_SIDE = coarse * cell;
