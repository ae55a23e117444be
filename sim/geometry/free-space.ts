import type { Scene, Solid } from '../scene.ts';
import { Boxes } from './boxes.ts';

/** Robots and people pass under what hangs higher than this, metres. */
export const HEADROOM = 0.6;

type Footprint = Omit<Solid, 'id' | 'material' | 'kind'>;

/** Where a round body fits on the floor: a grid of cells, each counting the solids too close to its centre. */
export class FreeSpace {
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  readonly minX: number;
  readonly minY: number;
  private readonly radius: number;
  private readonly taken: Uint16Array;

  /** @param radius of the body, metres; @param cell edge of a cell, metres */
  constructor(bounds: Scene['bounds'], solids: readonly Footprint[], radius: number, cell = 0.1) {
    this.cell = cell;
    this.radius = radius;
    this.minX = bounds.minX;
    this.minY = bounds.minY;
    this.columns = Math.ceil((bounds.maxX - bounds.minX) / cell);
    this.rows = Math.ceil((bounds.maxY - bounds.minY) / cell);
    this.taken = new Uint16Array(this.columns * this.rows);
    for (let k = 0; k < this.taken.length; k++) {
      const x = this.x(k);
      const y = this.y(k);
      const edge = Math.min(x - bounds.minX, bounds.maxX - x, y - bounds.minY, bounds.maxY - y);
      if (edge < radius) this.taken[k] = 1;
    }
    for (const solid of solids) this.add(solid);
  }

  add(solid: Footprint): void {
    this.change(solid, 1);
  }

  remove(solid: Footprint): void {
    this.change(solid, -1);
  }

  isFree(k: number): boolean {
    return this.taken[k] === 0;
  }

  freeAt(x: number, y: number): boolean {
    const k = this.cellAt(x, y);
    return k >= 0 && this.taken[k] === 0;
  }

  /** Centre of a cell, metres. */
  x(k: number): number {
    return this.minX + ((k % this.columns) + 0.5) * this.cell;
  }

  y(k: number): number {
    return this.minY + (Math.floor(k / this.columns) + 0.5) * this.cell;
  }

  /** The cell a point lies in; −1 outside. */
  cellAt(x: number, y: number): number {
    const c = Math.floor((x - this.minX) / this.cell);
    const r = Math.floor((y - this.minY) / this.cell);
    return c < 0 || r < 0 || c >= this.columns || r >= this.rows ? -1 : r * this.columns + c;
  }

  /**
   * Breadth first from a point over free cells (4-neighbours).
   * @returns steps from there, a cell; −1 where the body cannot get to
   */
  flood(x: number, y: number): Int32Array {
    const { columns, rows, taken } = this;
    const steps = new Int32Array(columns * rows).fill(-1);
    const first = this.cellAt(x, y);
    if (first < 0 || taken[first]) return steps;
    const queue = new Int32Array(columns * rows);
    let tail = 0;
    const visit = (k: number, step: number) => {
      if (taken[k] || steps[k] >= 0) return;
      steps[k] = step;
      queue[tail++] = k;
    };
    visit(first, 0);
    for (let head = 0; head < tail; head++) {
      const k = queue[head];
      const c = k % columns;
      const next = steps[k] + 1;
      if (c > 0) visit(k - 1, next);
      if (c < columns - 1) visit(k + 1, next);
      if (k >= columns) visit(k - columns, next);
      if (k < columns * (rows - 1)) visit(k + columns, next);
    }
    return steps;
  }

  /** Whether the body can go straight from one point to another. */
  straight(ax: number, ay: number, bx: number, by: number): boolean {
    const length = Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay));
    const pieces = Math.ceil(length / (0.5 * this.cell));
    for (let i = 0; i <= pieces; i++) {
      const t = pieces === 0 ? 0 : i / pieces;
      if (!this.freeAt(ax + t * (bx - ax), ay + t * (by - ay))) return false;
    }
    return true;
  }

  private change(solid: Footprint, by: number): void {
    if (solid.z - solid.hz > HEADROOM) return;
    const box = new Boxes([solid]);
    const reach = box.radius[0] + this.radius;
    const c0 = Math.max(0, Math.floor((solid.x - reach - this.minX) / this.cell));
    const c1 = Math.min(this.columns - 1, Math.floor((solid.x + reach - this.minX) / this.cell));
    const r0 = Math.max(0, Math.floor((solid.y - reach - this.minY) / this.cell));
    const r1 = Math.min(this.rows - 1, Math.floor((solid.y + reach - this.minY) / this.cell));
    for (let r = r0; r <= r1; r++) {
      for (let c = c0; c <= c1; c++) {
        const k = r * this.columns + c;
        if (box.distance(0, this.x(k), this.y(k)) < this.radius) this.taken[k] += by;
      }
    }
  }
}
