import { BucketQueue } from './bucket-queue.ts';
import { CHAMFER, computeClearance } from './clearance.ts';
import type { OccupancyGrid } from './grid.ts';
import { SETTINGS } from './settings.ts';

const { cell } = SETTINGS.grid;
const { margin, comfortable, longestPiece } = SETTINGS.plan;
/** Weight of a cell in the open and at the edge of the footprint; a straight step costs five times the weight. */
const OPEN = 2;
const TIGHT = 9;
const PER_METRE = (5 * OPEN) / cell;
/** A robot that stands too near to something may still leave: cells this near to it are open, if dear. */
const ESCAPE = 0.3;
export const UNREACHED = 0x7fffffff;

/**
 * What it costs to drive between a place and every known free one: Dijkstra's search over the whole grid, in which
 * ground near obstacles is dearer and ground nearer than the footprint closed.
 */
export class CostField {
  private readonly grid: OccupancyGrid;
  private readonly hope: number;
  private readonly queue = new BucketQueue(64);
  private readonly weights = new Uint8Array(256);
  private clearance = new Uint8Array(0);
  private costs = new Int32Array(0);
  private parents = new Int32Array(0);
  // The grid may grow between searches; these say what the arrays above were laid out for.
  private minX = 0;
  private minY = 0;
  private width = 0;
  private height = 0;

  /**
   * @param radius of the footprint, metres
   * @param hope how many times as dear unknown ground is taken to be; absent: closed
   */
  constructor(grid: OccupancyGrid, radius: number, hope = 0) {
    this.grid = grid;
    this.hope = hope;
    const closed = radius + margin;
    for (let d = 0; d < 256; d++) {
      const openness = Math.min(1, (d / CHAMFER - closed) / (comfortable - closed));
      this.weights[d] = openness < 0 ? 0 : Math.round(TIGHT + (OPEN - TIGHT) * openness);
    }
  }

  /**
   * Searches anew from a point (metres, team frame).
   * @param obstacles x, y, radius triples (metres) that are not in the grid
   */
  update(x: number, y: number, obstacles: readonly number[]): void {
    this.layOut();
    computeClearance(this.grid, obstacles, this.clearance);
    this.search(x, y);
  }

  /** Driving cost to a cell of the grid as an equivalent length in metres, Infinity where nothing leads. */
  costOf(index: number): number {
    const cost = this.costs[this.ownIndex(index)] ?? UNREACHED;
    return cost === UNREACHED ? Infinity : cost / PER_METRE;
  }

  costAt(x: number, y: number): number {
    const cost = this.costs[this.indexAt(x, y)] ?? UNREACHED;
    return cost === UNREACHED ? Infinity : cost / PER_METRE;
  }

  /** Distance to the nearest obstacle, metres, up to 1.2. */
  clearanceAt(x: number, y: number): number {
    return (this.clearance[this.indexAt(x, y)] ?? 0) / CHAMFER;
  }

  /** The reached place within `reach` metres of a point that is cheapest to drive to, if there is one. */
  nearestReached(x: number, y: number, reach: number): [number, number] | undefined {
    let best = UNREACHED;
    let found: [number, number] | undefined;
    for (let py = y - reach; py <= y + reach; py += cell) {
      for (let px = x - reach; px <= x + reach; px += cell) {
        const cost = this.costs[this.indexAt(px, py)] ?? UNREACHED;
        if (cost < best) {
          best = cost;
          found = [px, py];
        }
      }
    }
    return found;
  }

  /** The best path to a point as x, y pairs (metres) from the robot on, corners cut where there is room; undefined where nothing leads. */
  pathTo(x: number, y: number): Float32Array | undefined {
    let index = this.indexAt(x, y);
    if (index < 0 || this.costs[index] === UNREACHED) return undefined;
    const cells: number[] = [];
    for (; index >= 0; index = this.parents[index]) cells.push(index);
    return this.straighten(cells.reverse());
  }

  private layOut(): void {
    const { grid } = this;
    this.minX = grid.minX;
    this.minY = grid.minY;
    this.height = grid.height;
    this.width = grid.width;
    if (this.costs.length === grid.evidence.length) return;
    this.clearance = new Uint8Array(grid.evidence.length);
    this.costs = new Int32Array(grid.evidence.length);
    this.parents = new Int32Array(grid.evidence.length);
  }

  private search(x: number, y: number): void {
    const { costs, parents, queue, grid, width, clearance, weights, hope } = this;
    const steps = [1, -1, width, -width, width + 1, width - 1, -width + 1, -width - 1];
    costs.fill(UNREACHED);
    queue.clear();
    const start = this.indexAt(x, y);
    if (start < 0) return;
    costs[start] = 0;
    parents[start] = -1;
    queue.push(start, 0);
    const startColumn = start % width;
    const startRow = (start - startColumn) / width;
    const leeway = Math.round(ESCAPE / cell);
    for (let i = queue.pop(); i >= 0; i = queue.pop()) {
      const cost = queue.cost;
      if (cost > costs[i]) continue;
      const column = i % width;
      const row = (i - column) / width;
      if (column === 0 || row === 0 || column === width - 1 || row === this.height - 1) continue;
      const leaving = Math.abs(column - startColumn) < leeway && Math.abs(row - startRow) < leeway;
      for (let k = 0; k < 8; k++) {
        const j = i + steps[k];
        let weight = grid.isFree(j)
          ? weights[clearance[j]]
          : grid.isUnknown(j)
            ? hope * weights[clearance[j]]
            : 0;
        if (weight === 0) {
          if (!leaving) continue;
          weight = TIGHT;
        }
        const next = cost + (k < 4 ? 5 : 7) * weight;
        if (next < costs[j]) {
          costs[j] = next;
          parents[j] = i;
          queue.push(j, next);
        }
      }
    }
  }

  /** Pulls the path straight where the straight line keeps as clear of obstacles as the path does, or comfortably so. */
  private straighten(cells: readonly number[]): Float32Array {
    const corners: number[] = [];
    let anchor = 0;
    while (anchor < cells.length - 1) {
      this.pushCentre(cells[anchor], corners);
      let least = this.clearance[cells[anchor]];
      let end = anchor + 1;
      for (let k = anchor + 2; k < cells.length && k - anchor < longestPiece / cell; k++) {
        least = Math.min(least, this.clearance[cells[k]]);
        if (!this.isClear(cells[anchor], cells[k], Math.min(least, comfortable * CHAMFER))) break;
        end = k;
      }
      anchor = end;
    }
    this.pushCentre(cells[cells.length - 1], corners);
    return Float32Array.from(corners);
  }

  private isClear(from: number, to: number, least: number): boolean {
    const { width } = this;
    const x = from % width;
    const y = Math.floor(from / width);
    const dx = (to % width) - x;
    const dy = Math.floor(to / width) - y;
    const steps = Math.max(Math.abs(dx), Math.abs(dy));
    for (let k = 1; k < steps; k++) {
      const index = Math.round(y + (dy * k) / steps) * width + Math.round(x + (dx * k) / steps);
      if (this.clearance[index] < least || this.costs[index] === UNREACHED) return false;
    }
    return true;
  }

  private pushCentre(index: number, out: number[]): void {
    out.push(
      (this.minX + (index % this.width) + 0.5) * cell,
      (this.minY + Math.floor(index / this.width) + 0.5) * cell,
    );
  }

  private indexAt(x: number, y: number): number {
    const column = Math.floor(x / cell) - this.minX;
    const row = Math.floor(y / cell) - this.minY;
    return column >= 0 && row >= 0 && column < this.width && row < this.height
      ? row * this.width + column
      : -1;
  }

  private ownIndex(index: number): number {
    const { grid } = this;
    if (grid.width === this.width && grid.minX === this.minX && grid.minY === this.minY) return index;
    return this.indexAt(grid.centreX(index), grid.centreY(index));
  }
}
