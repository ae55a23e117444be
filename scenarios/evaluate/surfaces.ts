import type { Scene, Solid } from '../../sim/scene.ts';
import { FloorGrid } from './floor-grid.ts';
import { floorDistance, reaches } from './solids.ts';

/** Height of the depth scan, metres. */
export const SCAN_HEIGHT = 0.25;
/** Length of a surface cell along an outline, metres. */
const CELL = 0.1;
/** What a measured range may be off the surface it is taken to have hit, metres. */
const TOLERANCE = 0.2;
const BIN = 0.25;

/** Who goes and looks: where robots start, how wide they are, how far they scan. */
export interface Explorers {
  /** x, y, scene frame. */
  readonly starts: readonly (readonly [number, number])[];
  /** Metres. */
  readonly radius: number;
  readonly range: number;
}

interface Cell {
  /** Centre, metres, scene frame, and outward normal. */
  readonly x: number;
  readonly y: number;
  readonly nx: number;
  readonly ny: number;
  /** Half its length, metres. */
  readonly half: number;
}

/**
 * The surface that a team can map: the outlines, at scan height, of all that does not move, in cells of 10 cm, as far as
 * they can be seen from floor a robot can reach.
 */
export class Surfaces {
  readonly count: number;
  /** Range at which the last `hit` truly met the surface, metres. */
  hitRange = 0;
  private readonly cells: readonly Cell[];
  private readonly bins: readonly Int32Array[];
  private readonly minX: number;
  private readonly minY: number;
  private readonly columns: number;

  constructor(scene: Scene, explorers: Explorers) {
    const fixed = scene.solids.filter(({ mass }) => mass === undefined);
    const grid = new FloorGrid(scene.bounds, fixed, SCAN_HEIGHT, explorers);
    const solids = fixed.filter((solid) => reaches(solid, SCAN_HEIGHT));
    this.cells = outlines(solids).filter(({ x, y, nx, ny }) => grid.canBeSeen(x, y, nx, ny));
    this.count = this.cells.length;
    this.minX = scene.bounds.minX - 1;
    this.minY = scene.bounds.minY - 1;
    this.columns = Math.ceil((scene.bounds.maxX - scene.bounds.minX + 2) / BIN);
    this.bins = this.sort(Math.ceil((scene.bounds.maxY - scene.bounds.minY + 2) / BIN));
  }

  /**
   * The cell that a ray hit, or −1: one it passes through the front of, about as far away as it measured.
   * @param ox, oy where the ray starts, scene frame @param dx, dy unit direction @param range metres, as measured
   */
  hit(ox: number, oy: number, dx: number, dy: number, range: number): number {
    const column = Math.floor((ox + dx * range - this.minX) / BIN);
    const row = Math.floor((oy + dy * range - this.minY) / BIN);
    const bin = column >= 0 && column < this.columns ? this.bins[row * this.columns + column] : undefined;
    if (!bin) return -1;
    let found = -1;
    let off = TOLERANCE;
    for (let k = 0; k < bin.length; k++) {
      const cell = this.cells[bin[k]];
      const approach = dx * cell.nx + dy * cell.ny;
      if (approach > -1e-3) continue;
      const t = ((cell.x - ox) * cell.nx + (cell.y - oy) * cell.ny) / approach;
      const along = (oy + dy * t - cell.y) * cell.nx - (ox + dx * t - cell.x) * cell.ny;
      const away = Math.abs(t - range);
      if (away >= off || Math.abs(along) > cell.half + 1e-9) continue;
      off = away;
      found = bin[k];
      this.hitRange = t;
    }
    return found;
  }

  /** For each bin of floor the cells that a ray which ends in it may have hit. */
  private sort(rows: number): Int32Array[] {
    const bins: number[][] = Array.from({ length: rows * this.columns }, () => []);
    this.cells.forEach(({ x, y, half }, i) => {
      const reach = TOLERANCE + half;
      const column = (value: number) => Math.floor((value - this.minX) / BIN);
      const row = (value: number) => Math.floor((value - this.minY) / BIN);
      for (let r = Math.max(0, row(y - reach)); r <= Math.min(rows - 1, row(y + reach)); r++) {
        const [c0, c1] = [Math.max(0, column(x - reach)), Math.min(this.columns - 1, column(x + reach))];
        for (let c = c0; c <= c1; c++) bins[r * this.columns + c].push(i);
      }
    });
    return bins.map((bin) => Int32Array.from(bin));
  }
}

/** Every solid's four sides cut into cells, without what lies inside another solid. */
function outlines(solids: readonly Solid[]): Cell[] {
  return solids.flatMap((solid) => {
    const around = solids.filter((other) => other !== solid && mayTouch(solid, other));
    return sides(solid).filter(({ x, y, nx, ny }) =>
      around.every((other) => floorDistance(other, x + 1e-3 * nx, y + 1e-3 * ny) > 0),
    );
  });
}

function mayTouch(a: Solid, b: Solid): boolean {
  return Math.hypot(a.x - b.x, a.y - b.y) < Math.hypot(a.hx, a.hy) + Math.hypot(b.hx, b.hy) + CELL;
}

function sides({ x, y, hx, hy, yaw }: Solid): Cell[] {
  return [0, 1, 2, 3].flatMap((quarter) => {
    const angle = yaw + (quarter * Math.PI) / 2;
    const [nx, ny] = [Math.cos(angle), Math.sin(angle)];
    const [out, extent] = quarter % 2 === 0 ? [hx, hy] : [hy, hx];
    const count = Math.max(1, Math.round((2 * extent) / CELL));
    const half = extent / count;
    return Array.from({ length: count }, (_, i) => {
      const along = (2 * i + 1) * half - extent;
      return { x: x + out * nx - along * ny, y: y + out * ny + along * nx, nx, ny, half };
    });
  });
}
