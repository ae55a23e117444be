import type { Scene } from '../scene.ts';
import { Boxes } from './boxes.ts';

const CELL = 1;
/** Boxes nearer to each other than this along a ray are one, metres. */
const TOUCHING = 0.02;

/** Boxes that never move, binned by floor cell, so that a ray only meets those it passes (Amanatides, Woo 1987). */
export class BoxGrid {
  readonly boxes: Boxes;
  private readonly minX: number;
  private readonly minY: number;
  private readonly columns: number;
  private readonly rows: number;
  private readonly start: Int32Array;
  private readonly items: Int32Array;
  /** The ray each box was last tested for, since a box lies in several cells. */
  private readonly tested: Int32Array;
  private ray = 0;
  /** Neighbouring rays are often stopped by the same box. */
  private lastHit = -1;

  constructor(solids: Scene['solids'], bounds: Scene['bounds']) {
    this.boxes = new Boxes(solids);
    this.minX = bounds.minX - CELL;
    this.minY = bounds.minY - CELL;
    this.columns = Math.ceil((bounds.maxX - bounds.minX) / CELL) + 2;
    this.rows = Math.ceil((bounds.maxY - bounds.minY) / CELL) + 2;
    this.tested = new Int32Array(solids.length);
    const cells: number[][] = Array.from({ length: this.columns * this.rows }, () => []);
    for (let i = 0; i < solids.length; i++) for (const cell of this.covered(i)) cells[cell].push(i);
    this.start = new Int32Array(cells.length + 1);
    cells.forEach((list, cell) => {
      this.start[cell + 1] = this.start[cell] + list.length;
    });
    this.items = Int32Array.from(cells.flat());
  }

  /** Whether any box stops the segment between two points. */
  blocked(ax: number, ay: number, az: number, bx: number, by: number, bz: number): boolean {
    const dx = bx - ax;
    const dy = by - ay;
    const dz = bz - az;
    if (this.lastHit >= 0 && this.boxes.enter(this.lastHit, ax, ay, az, dx, dy, dz) < 1) return true;
    return this.walk(ax, ay, az, dx, dy, dz, true) < 1;
  }

  /** Share of the segment from `a`, `d` long, that is free before the first box; 1: all of it. */
  free(ax: number, ay: number, az: number, dx: number, dy: number, dz: number): number {
    return this.walk(ax, ay, az, dx, dy, dz, false);
  }

  /** Boxes whose cells meet the square of half side `reach` around a point; each once, rising. */
  near(x: number, y: number, reach: number): number[] {
    const found: number[] = [];
    this.ray++;
    const [c0, c1] = [this.column(x - reach), this.column(x + reach)];
    const [r0, r1] = [this.row(y - reach), this.row(y + reach)];
    for (let r = r0; r <= r1; r++) {
      for (let c = c0; c <= c1; c++) {
        const cell = r * this.columns + c;
        for (let k = this.start[cell]; k < this.start[cell + 1]; k++) {
          const i = this.items[k];
          if (this.tested[i] === this.ray) continue;
          this.tested[i] = this.ray;
          found.push(i);
        }
      }
    }
    return found.sort((a, b) => a - b);
  }

  /** How many boxes the segment passes through; those that touch count once, as the pieces of one wall do. */
  crossed(ax: number, ay: number, az: number, dx: number, dy: number, dz: number): number {
    const { boxes } = this;
    const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const spans: [number, number][] = [];
    for (let i = 0; i < boxes.count; i++) {
      const enter = boxes.enter(i, ax, ay, az, dx, dy, dz);
      if (enter > 1) continue;
      spans.push([enter * length, (1 - boxes.enter(i, ax + dx, ay + dy, az + dz, -dx, -dy, -dz)) * length]);
    }
    spans.sort((a, b) => a[0] - b[0]);
    let count = 0;
    let end = Number.NEGATIVE_INFINITY;
    for (const [from, to] of spans) {
      if (from > end + TOUCHING) count++;
      end = Math.max(end, to);
    }
    return count;
  }

  /** Whether a point lies inside a box. */
  inside(x: number, y: number, z: number): boolean {
    const cell = this.row(y) * this.columns + this.column(x);
    for (let k = this.start[cell]; k < this.start[cell + 1]; k++) {
      const i = this.items[k];
      if (z < this.boxes.bottom[i] || z > this.boxes.top[i]) continue;
      if (this.boxes.distance(i, x, y) === 0) return true;
    }
    return false;
  }

  private walk(ax: number, ay: number, az: number, dx: number, dy: number, dz: number, any: boolean): number {
    const { boxes, start, items, tested, columns, rows } = this;
    const ray = ++this.ray;
    let column = Math.floor((ax - this.minX) / CELL);
    let row = Math.floor((ay - this.minY) / CELL);
    const stepX = dx > 0 ? 1 : -1;
    const stepY = dy > 0 ? 1 : -1;
    const deltaX = dx === 0 ? Number.POSITIVE_INFINITY : CELL / Math.abs(dx);
    const deltaY = dy === 0 ? Number.POSITIVE_INFINITY : CELL / Math.abs(dy);
    const edgeX = this.minX + (column + (dx > 0 ? 1 : 0)) * CELL;
    const edgeY = this.minY + (row + (dy > 0 ? 1 : 0)) * CELL;
    let nextX = dx === 0 ? Number.POSITIVE_INFINITY : (edgeX - ax) / dx;
    let nextY = dy === 0 ? Number.POSITIVE_INFINITY : (edgeY - ay) / dy;
    let best = 1;
    for (;;) {
      if (column >= 0 && row >= 0 && column < columns && row < rows) {
        const cell = row * columns + column;
        for (let k = start[cell]; k < start[cell + 1]; k++) {
          const i = items[k];
          if (tested[i] === ray) continue;
          tested[i] = ray;
          const at = boxes.enter(i, ax, ay, az, dx, dy, dz);
          if (at >= best) continue;
          best = at;
          this.lastHit = i;
          if (any) return best;
        }
      }
      const leave = Math.min(nextX, nextY);
      if (leave >= best) return best;
      if (nextX < nextY) {
        nextX += deltaX;
        column += stepX;
      } else {
        nextY += deltaY;
        row += stepY;
      }
    }
  }

  private column(x: number): number {
    return Math.max(0, Math.min(this.columns - 1, Math.floor((x - this.minX) / CELL)));
  }

  private row(y: number): number {
    return Math.max(0, Math.min(this.rows - 1, Math.floor((y - this.minY) / CELL)));
  }

  /** Cells the footprint's bounding rectangle touches. */
  private covered(i: number): number[] {
    const { x, y, cos, sin, hx, hy } = this.boxes;
    const ex = Math.abs(cos[i]) * hx[i] + Math.abs(sin[i]) * hy[i];
    const ey = Math.abs(sin[i]) * hx[i] + Math.abs(cos[i]) * hy[i];
    const cells: number[] = [];
    for (let r = this.row(y[i] - ey); r <= this.row(y[i] + ey); r++) {
      for (let c = this.column(x[i] - ex); c <= this.column(x[i] + ex); c++) cells.push(r * this.columns + c);
    }
    return cells;
  }
}
