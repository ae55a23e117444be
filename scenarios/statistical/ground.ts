import type { Scene, Solid } from '../../sim/scene.ts';
import { extents, floorDistance, reaches } from '../evaluate/solids.ts';
import { SCAN_HEIGHT } from '../evaluate/surfaces.ts';

/** Side of a cell, metres. */
export const CELL = 0.25;
/** A solid takes up the cells whose centre is this near, metres: so that a thin wall has no gaps. */
const NEAR = 0.13;
/** What reaches this high hides a robot's mast; metres. */
const MAST = 1.2;
/** `Material.texture` that counts as 1. */
const TEXTURED = 90;
/** How much the textured floor counts beside the walls. */
const FLOOR = 0.3;
/** Metres up to which texture counts in full, and from which it is no use. */
const NEAR_TEXTURE = 5;
const FAR_TEXTURE = 8;

/** A scene in squares: what stops light and radio, what surfaces there are to map and what a camera finds on them. */
export class Ground {
  readonly minX: number;
  readonly minY: number;
  readonly columns: number;
  readonly rows: number;
  /** Surfaces there are to map: sides of squares, each seen from the square before it. */
  readonly faces: number;
  /** x, y of each. */
  readonly faceAt: Float64Array;
  /** By square before it and side (east, north, west, south): which face; −1: none. */
  private readonly faceOf: Int32Array;
  private readonly opaque: Uint8Array;
  private readonly tall: Uint8Array;
  private readonly wall: Uint8Array;
  private readonly texture: Float32Array;
  private readonly plainFloor: Uint8Array;

  /** @param starts x, y of the robots, scene frame */
  constructor(scene: Scene, starts: readonly (readonly [number, number])[]) {
    const { bounds } = scene;
    this.minX = bounds.minX - CELL;
    this.minY = bounds.minY - CELL;
    this.columns = Math.ceil((bounds.maxX - bounds.minX) / CELL) + 2;
    this.rows = Math.ceil((bounds.maxY - bounds.minY) / CELL) + 2;
    const fixed = scene.solids.filter(({ mass }) => mass === undefined);
    const scanned = fixed.filter((solid) => reaches(solid, SCAN_HEIGHT));
    const owner = this.raster(scanned);
    this.opaque = Uint8Array.from(owner, (i) => (i >= 0 ? 1 : 0));
    this.tall = this.mask(fixed.filter((solid) => reaches(solid, MAST)));
    this.wall = this.mask(fixed.filter(({ kind, z, hz }) => kind === 'wall' && z - hz < 0.4));
    this.closeEdge();
    this.plainFloor = this.plain(scene);
    const seen = this.flood(starts);
    this.faceOf = new Int32Array(4 * seen.length).fill(-1);
    const at: number[] = [];
    const texture: number[] = [];
    for (let cell = 0; cell < seen.length; cell++) {
      if (!seen[cell]) continue;
      for (let side = 0; side < 4; side++) {
        const behind = cell + this.step(side);
        if (!this.opaque[behind] || owner[behind] < 0) continue;
        this.faceOf[4 * cell + side] = texture.length;
        at.push(this.x(cell) + 0.5 * CELL * SIDES[side][0], this.y(cell) + 0.5 * CELL * SIDES[side][1]);
        texture.push(textureOf(scene, scanned[owner[behind]], this.x(cell), this.y(cell)));
      }
    }
    this.faces = texture.length;
    this.faceAt = Float64Array.from(at);
    this.texture = Float32Array.from(texture);
  }

  x(cell: number): number {
    return this.minX + ((cell % this.columns) + 0.5) * CELL;
  }

  y(cell: number): number {
    return this.minY + (Math.floor(cell / this.columns) + 0.5) * CELL;
  }

  /** The square a point lies in; it must lie within the bounds. */
  cellAt(x: number, y: number): number {
    const column = Math.max(0, Math.min(this.columns - 1, Math.floor((x - this.minX) / CELL)));
    const row = Math.max(0, Math.min(this.rows - 1, Math.floor((y - this.minY) / CELL)));
    return row * this.columns + column;
  }

  /**
   * Follows a ray (Amanatides, Woo, Eurographics 1987) to the first surface within `range`, metres.
   * @param passed hears of every free square on the way
   * @returns what a camera finds to hold on to in that direction, 0…1; `hit` tells which face was met, `hitRange` how far away
   */
  look(x: number, y: number, dx: number, dy: number, range: number, passed: (cell: number) => void): number {
    const { opaque, columns, plainFloor } = this;
    const stepX = dx > 0 ? 1 : -1;
    const stepY = dy > 0 ? columns : -columns;
    const deltaX = dx === 0 ? Infinity : CELL / Math.abs(dx);
    const deltaY = dy === 0 ? Infinity : CELL / Math.abs(dy);
    const column = Math.floor((x - this.minX) / CELL);
    const row = Math.floor((y - this.minY) / CELL);
    let nextX = dx === 0 ? Infinity : (this.minX + (column + (dx > 0 ? 1 : 0)) * CELL - x) / dx;
    let nextY = dy === 0 ? Infinity : (this.minY + (row + (dy > 0 ? 1 : 0)) * CELL - y) / dy;
    let cell = row * columns + column;
    let floor = 0;
    let t = 0;
    this.hit = -1;
    for (;;) {
      passed(cell);
      if (t < NEAR_TEXTURE && !plainFloor[cell]) floor++;
      const alongX = nextX < nextY;
      t = alongX ? nextX : nextY;
      if (t > range) break;
      const next = cell + (alongX ? stepX : stepY);
      if (opaque[next]) {
        this.hit = this.faceOf[4 * cell + (alongX ? (dx > 0 ? 0 : 2) : dy > 0 ? 1 : 3)];
        this.hitRange = t;
        break;
      }
      cell = next;
      if (alongX) nextX += deltaX;
      else nextY += deltaY;
    }
    const ground = (FLOOR * floor * CELL) / NEAR_TEXTURE;
    if (this.hit < 0) return ground;
    const near = Math.min(1, Math.max(0, (FAR_TEXTURE - t) / (FAR_TEXTURE - NEAR_TEXTURE)));
    return ground + near * this.texture[this.hit];
  }

  /** Of the last `look`: the face it met, −1 for none, and how far away, metres. */
  hit = -1;
  hitRange = 0;

  /** Whether a camera finds anything on a face. */
  isTextured(face: number): boolean {
    return this.texture[face] > 0;
  }

  /** Whether nothing hides a robot's mast from another's camera. */
  canSee(ax: number, ay: number, bx: number, by: number): boolean {
    return this.walk(ax, ay, bx, by, (cell) => this.tall[cell] === 0);
  }

  /** How many walls stand between two points. */
  wallsBetween(ax: number, ay: number, bx: number, by: number): number {
    return this.runs(this.wall, ax, ay, bx, by);
  }

  /** Follows a line. @param visit hears of each square, and whether it stops light; false ends it @returns whether it was followed to its end */
  walk(
    ax: number,
    ay: number,
    bx: number,
    by: number,
    visit: (cell: number, opaque: boolean) => boolean,
  ): boolean {
    const dx = bx - ax;
    const dy = by - ay;
    const steps = Math.ceil(Math.sqrt(dx * dx + dy * dy) / (0.5 * CELL));
    for (let i = 0; i <= steps; i++) {
      const t = steps === 0 ? 0 : i / steps;
      const cell = this.cellAt(ax + t * dx, ay + t * dy);
      if (!visit(cell, this.opaque[cell] !== 0)) return false;
    }
    return true;
  }

  /** How many times a line enters what is marked. */
  private runs(marked: Uint8Array, ax: number, ay: number, bx: number, by: number): number {
    let count = 0;
    let inside = false;
    this.walk(ax, ay, bx, by, (cell) => {
      const now = marked[cell] !== 0;
      if (now && !inside) count++;
      inside = now;
      return true;
    });
    return count;
  }

  private step(side: number): number {
    return SIDES[side][0] + SIDES[side][1] * this.columns;
  }

  /** For each square the solid that takes it up, the last of several; −1 where none does. */
  private raster(solids: readonly Solid[]): Int32Array {
    const owner = new Int32Array(this.columns * this.rows).fill(-1);
    solids.forEach((solid, index) => {
      const [ex, ey] = extents(solid);
      const from = this.cellAt(solid.x - ex - NEAR, solid.y - ey - NEAR);
      const to = this.cellAt(solid.x + ex + NEAR, solid.y + ey + NEAR);
      const width = (to % this.columns) - (from % this.columns);
      for (let row = from; row <= to - width; row += this.columns) {
        for (let cell = row; cell <= row + width; cell++) {
          if (floorDistance(solid, this.x(cell), this.y(cell)) < NEAR) owner[cell] = index;
        }
      }
    });
    return owner;
  }

  private mask(solids: readonly Solid[]): Uint8Array {
    return Uint8Array.from(this.raster(solids), (i) => (i >= 0 ? 1 : 0));
  }

  /** Rays end at the edge of the floor, where there is no face to be seen unless a solid stands there. */
  private closeEdge(): void {
    const { columns, rows, opaque } = this;
    for (let c = 0; c < columns; c++) opaque[c] = opaque[(rows - 1) * columns + c] = 1;
    for (let r = 0; r < rows; r++) opaque[r * columns] = opaque[r * columns + columns - 1] = 1;
  }

  private plain(scene: Scene): Uint8Array {
    const plain = new Uint8Array(this.columns * this.rows);
    for (let cell = 0; cell < plain.length; cell++)
      plain[cell] = isBare(scene, this.x(cell), this.y(cell), true) ? 1 : 0;
    return plain;
  }

  /** Squares that light can get to from the starts. */
  private flood(starts: readonly (readonly [number, number])[]): Uint8Array {
    const reached = new Uint8Array(this.opaque.length);
    const queue = starts.map(([x, y]) => this.cellAt(x, y));
    for (const cell of queue) reached[cell] = 1;
    while (queue.length > 0) {
      const cell = queue.pop()!;
      for (let side = 0; side < 4; side++) {
        const next = cell + this.step(side);
        if (reached[next] || this.opaque[next]) continue;
        reached[next] = 1;
        queue.push(next);
      }
    }
    return reached;
  }
}

const SIDES = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** What a camera finds on a side of a solid that looks onto a point, 1 for a well-textured wall. */
function textureOf(scene: Scene, solid: Solid, x: number, y: number): number {
  if (isBare(scene, x, y, solid.kind === 'wall')) return 0;
  return Math.min(1, scene.materials[solid.material].texture / TEXTURED);
}

function isBare(scene: Scene, x: number, y: number, building: boolean): boolean {
  return scene.bareAreas.some(
    (area) =>
      (building || area.everything) && x >= area.minX && x <= area.maxX && y >= area.minY && y <= area.maxY,
  );
}
