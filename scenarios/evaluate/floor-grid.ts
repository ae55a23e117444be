import type { Scene, Solid } from '../../sim/scene.ts';
import { extents, floorDistance, reaches, standsBelow } from './solids.ts';
import type { Explorers } from './surfaces.ts';

/** Metres. */
const CELL = 0.05;
/** Half a grid cell less a little: a wall thinner than a cell must not leak. */
const MARGIN = 0.02;
/** How far a start may lie from a free cell of the grid, cells. */
const SNAP = 2;
/** Directions a surface is looked at from, off its normal, radians: up to 70° aslant. */
const LOOKS = Array.from({ length: 15 }, (_, i) => ((i % 2 ? 1 : -1) * Math.ceil(i / 2) * Math.PI) / 18);
/** From here on the way from a surface is looked along: nearer, the grid is too coarse to tell it from the surface. */
const NEAREST_LOOK = 0.1;

/** Floor that a robot can reach, and what can be seen from it. */
export class FloorGrid {
  private readonly minX: number;
  private readonly minY: number;
  private readonly columns: number;
  private readonly rows: number;
  private readonly range: number;
  /** 1: sight is blocked there; and where a robot's centre can be. */
  private readonly opaque: Uint8Array;
  private readonly reachable: Uint8Array;

  /** @param height of the line of sight, metres */
  constructor(bounds: Scene['bounds'], solids: readonly Solid[], height: number, explorers: Explorers) {
    this.minX = bounds.minX;
    this.minY = bounds.minY;
    this.columns = Math.ceil((bounds.maxX - bounds.minX) / CELL);
    this.rows = Math.ceil((bounds.maxY - bounds.minY) / CELL);
    this.range = explorers.range;
    this.opaque = this.mark(
      solids.filter((solid) => reaches(solid, height)),
      MARGIN,
    );
    const blocked = this.mark(solids.filter(standsBelow), explorers.radius);
    this.closeEdge(blocked, explorers.radius);
    this.reachable = this.flood(blocked, explorers.starts);
  }

  /** Whether a piece of surface, given by a point on it and its outward normal, can be seen from where a robot can be. */
  canBeSeen(x: number, y: number, nx: number, ny: number): boolean {
    return LOOKS.some((angle) => {
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      return this.meetsFloor(x + MARGIN * nx, y + MARGIN * ny, cos * nx - sin * ny, sin * nx + cos * ny);
    });
  }

  private meetsFloor(x: number, y: number, dx: number, dy: number): boolean {
    for (let t = NEAREST_LOOK; t <= this.range; t += CELL) {
      const cell = this.cellAt(x + dx * t, y + dy * t);
      if (cell < 0 || this.opaque[cell]) return false;
      if (this.reachable[cell]) return true;
    }
    return false;
  }

  /** Cells whose centre is nearer than `margin` to a solid. */
  private mark(solids: readonly Solid[], margin: number): Uint8Array {
    const marked = new Uint8Array(this.columns * this.rows);
    for (const solid of solids) {
      const [ex, ey] = extents(solid);
      const [c0, r0] = [this.column(solid.x - ex - margin), this.row(solid.y - ey - margin)];
      const [c1, r1] = [this.column(solid.x + ex + margin), this.row(solid.y + ey + margin)];
      for (let r = Math.max(0, r0); r <= Math.min(this.rows - 1, r1); r++) {
        for (let c = Math.max(0, c0); c <= Math.min(this.columns - 1, c1); c++) {
          const [x, y] = [this.minX + (c + 0.5) * CELL, this.minY + (r + 0.5) * CELL];
          if (floorDistance(solid, x, y) < margin) marked[r * this.columns + c] = 1;
        }
      }
    }
    return marked;
  }

  /** The floor ends at its bounds, with or without a wall. */
  private closeEdge(blocked: Uint8Array, margin: number): void {
    const width = Math.floor(margin / CELL);
    for (let r = 0; r < this.rows; r++) {
      for (let c = 0; c < this.columns; c++) {
        const inside = c >= width && c < this.columns - width && r >= width && r < this.rows - width;
        if (!inside) blocked[r * this.columns + c] = 1;
      }
    }
  }

  private flood(blocked: Uint8Array, starts: Explorers['starts']): Uint8Array {
    const reached = new Uint8Array(blocked.length);
    const queue: number[] = starts.flatMap(([x, y]) => this.freeNear(x, y, blocked));
    for (const cell of queue) reached[cell] = 1;
    while (queue.length > 0) {
      const cell = queue.pop()!;
      const column = cell % this.columns;
      const neighbours = [
        column > 0 ? cell - 1 : -1,
        column < this.columns - 1 ? cell + 1 : -1,
        cell - this.columns,
        cell + this.columns,
      ];
      for (const next of neighbours) {
        if (next < 0 || next >= blocked.length || blocked[next] || reached[next]) continue;
        reached[next] = 1;
        queue.push(next);
      }
    }
    return reached;
  }

  /** Free cells at a start: one that barely fits may have its own cell's centre too near to something. */
  private freeNear(x: number, y: number, blocked: Uint8Array): number[] {
    const found: number[] = [];
    for (let r = -SNAP; r <= SNAP; r++) {
      for (let c = -SNAP; c <= SNAP; c++) {
        const cell = this.cellAt(x + c * CELL, y + r * CELL);
        if (cell >= 0 && !blocked[cell]) found.push(cell);
      }
    }
    return found;
  }

  private cellAt(x: number, y: number): number {
    const [c, r] = [this.column(x), this.row(y)];
    return c < 0 || r < 0 || c >= this.columns || r >= this.rows ? -1 : r * this.columns + c;
  }

  private column(x: number): number {
    return Math.floor((x - this.minX) / CELL);
  }

  private row(y: number): number {
    return Math.floor((y - this.minY) / CELL);
  }
}
