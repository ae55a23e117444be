import { FreeSpace } from '../../sim/geometry/free-space.ts';
import type { Scene } from '../../sim/scene.ts';
import { CELL } from './ground.ts';

/** Side of a node's square, metres: two squares of the free space. */
export const PLACE = 2 * CELL;
export const NEIGHBOURS = 8;
const AROUND = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
  [1, 1],
  [-1, 1],
  [-1, -1],
  [1, -1],
] as const;

/** The floor that a robot can drive on, as a graph of places half a metre apart. */
export class Floor {
  readonly count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Eight a place, straight ones first; −1: nothing there. */
  readonly neighbours: Int32Array;
  readonly space: FreeSpace;
  private readonly columns: number;
  private readonly rows: number;
  private readonly nodeOf: Int32Array;

  /** @param radius of a robot, metres @param starts x, y */
  constructor(scene: Scene, radius: number, starts: readonly (readonly [number, number])[]) {
    const fixed = scene.solids.filter(({ mass }) => mass === undefined);
    this.space = new FreeSpace(scene.bounds, fixed, radius, CELL);
    this.columns = Math.ceil(this.space.columns / 2);
    this.rows = Math.ceil(this.space.rows / 2);
    const reached = this.flood(starts);
    this.nodeOf = new Int32Array(this.columns * this.rows).fill(-1);
    const cells: number[] = [];
    const squares: number[] = [];
    for (let square = 0; square < this.nodeOf.length; square++) {
      const cell = this.cellsOf(square).find((k) => reached[k]);
      if (cell === undefined) continue;
      this.nodeOf[square] = cells.length;
      cells.push(cell);
      squares.push(square);
    }
    this.count = cells.length;
    this.x = Float64Array.from(cells, (k) => this.space.x(k));
    this.y = Float64Array.from(cells, (k) => this.space.y(k));
    this.neighbours = new Int32Array(NEIGHBOURS * cells.length).fill(-1);
    squares.forEach((square, node) => {
      AROUND.forEach(([dc, dr], k) => {
        const [c, r] = [(square % this.columns) + dc, Math.floor(square / this.columns) + dr];
        if (c < 0 || r < 0 || c >= this.columns || r >= this.rows) return;
        const other = this.nodeOf[r * this.columns + c];
        if (other >= 0 && this.joined(node, other)) this.neighbours[NEIGHBOURS * node + k] = other;
      });
    });
  }

  /** The place whose square holds a point; −1 where there is none. */
  at(x: number, y: number): number {
    const { minX, minY } = this.space;
    const [c, r] = [Math.floor((x - minX) / PLACE), Math.floor((y - minY) / PLACE)];
    return c < 0 || r < 0 || c >= this.columns || r >= this.rows ? -1 : this.nodeOf[r * this.columns + c];
  }

  /** The place nearest to a point. */
  nearest(x: number, y: number): number {
    const own = this.at(x, y);
    if (own >= 0) return own;
    let best = 0;
    let least = Infinity;
    for (let k = 0; k < this.count; k++) {
      const away = (this.x[k] - x) * (this.x[k] - x) + (this.y[k] - y) * (this.y[k] - y);
      if (away >= least) continue;
      least = away;
      best = k;
    }
    return best;
  }

  private flood(starts: readonly (readonly [number, number])[]): Uint8Array {
    const reached = new Uint8Array(this.space.columns * this.space.rows);
    for (const [x, y] of starts) {
      this.space.flood(x, y).forEach((step, k) => {
        if (step >= 0) reached[k] = 1;
      });
    }
    return reached;
  }

  private cellsOf(square: number): number[] {
    const { columns, rows } = this.space;
    const [c, r] = [2 * (square % this.columns), 2 * Math.floor(square / this.columns)];
    return [
      [c, r],
      [c + 1, r],
      [c, r + 1],
      [c + 1, r + 1],
    ].flatMap(([x, y]) => (x < columns && y < rows ? y * columns + x : []));
  }

  private joined(a: number, b: number): boolean {
    return this.space.straight(this.x[a], this.y[a], this.x[b], this.y[b]);
  }
}
