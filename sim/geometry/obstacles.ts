import type { Scene, Solid } from '../scene.ts';
import { BoxGrid } from './box-grid.ts';
import { Boxes } from './boxes.ts';

/** Someone or something round that moves: robots and people. */
export interface Cylinder {
  x: number;
  y: number;
  yaw: number;
  /** m/s, scene frame. */
  vx: number;
  vy: number;
  readonly radius: number;
  readonly height: number;
  /** False once it is gone. */
  present: boolean;
}

/** All that stops light: what stands still in a grid, what moves in short lists. */
export class Obstacles {
  readonly fixed: BoxGrid;
  readonly looseSolids: readonly Solid[];
  readonly loose: Boxes;
  readonly cylinders: readonly Cylinder[];
  private nearBoxes: number[] = [];
  private nearCylinders: Cylinder[] = [];

  constructor(scene: Scene, cylinders: readonly Cylinder[]) {
    this.fixed = new BoxGrid(
      scene.solids.filter((solid) => solid.mass === undefined),
      scene.bounds,
    );
    this.looseSolids = scene.solids.filter((solid) => solid.mass !== undefined);
    this.loose = new Boxes(this.looseSolids);
    this.cylinders = cylinders;
  }

  /**
   * Picks the moving things that the rays to come may meet: those within `reach` of a point, without `ignored`.
   * Call it again whenever something has moved.
   */
  focus(x: number, y: number, reach: number, ignored: readonly Cylinder[]): void {
    const { loose } = this;
    const near = (px: number, py: number, radius: number) => {
      const far = reach + radius;
      return (px - x) * (px - x) + (py - y) * (py - y) < far * far;
    };
    this.nearBoxes.length = 0;
    for (let i = 0; i < loose.count; i++) {
      if (near(loose.x[i], loose.y[i], loose.radius[i])) this.nearBoxes.push(i);
    }
    this.nearCylinders = this.cylinders.filter(
      (c) => c.present && near(c.x, c.y, c.radius) && !ignored.includes(c),
    );
  }

  /** Whether anything stops the segment between two points. */
  blocked(ax: number, ay: number, az: number, bx: number, by: number, bz: number): boolean {
    return (
      this.fixed.blocked(ax, ay, az, bx, by, bz) ||
      this.freeOfMovers(ax, ay, az, bx - ax, by - ay, bz - az) < 1
    );
  }

  /** Share of the segment from `a`, `d` long, that is free; 1: all of it. */
  free(ax: number, ay: number, az: number, dx: number, dy: number, dz: number): number {
    return Math.min(this.fixed.free(ax, ay, az, dx, dy, dz), this.freeOfMovers(ax, ay, az, dx, dy, dz));
  }

  private freeOfMovers(ax: number, ay: number, az: number, dx: number, dy: number, dz: number): number {
    const { loose, nearBoxes, nearCylinders } = this;
    const length2 = dx * dx + dy * dy;
    let best = 1;
    for (let k = 0; k < nearBoxes.length; k++) {
      const i = nearBoxes[k];
      const cross = dx * (loose.y[i] - ay) - dy * (loose.x[i] - ax);
      if (cross * cross > loose.radius[i] * loose.radius[i] * length2) continue;
      best = Math.min(best, loose.enter(i, ax, ay, az, dx, dy, dz));
    }
    for (let k = 0; k < nearCylinders.length; k++) {
      best = Math.min(best, enterCylinder(nearCylinders[k], ax, ay, az, dx, dy, dz));
    }
    return best;
  }
}

/** Where a segment enters an upright cylinder: a share in [0, 1], 0 from inside, or Infinity. */
function enterCylinder(
  { x, y, radius, height }: Cylinder,
  ax: number,
  ay: number,
  az: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  const rx = ax - x;
  const ry = ay - y;
  const a = dx * dx + dy * dy;
  const b = rx * dx + ry * dy;
  const c = rx * rx + ry * ry - radius * radius;
  const discriminant = b * b - a * c;
  if (discriminant < 0 || a === 0) return Number.POSITIVE_INFINITY;
  const root = Math.sqrt(discriminant);
  let near = Math.max(0, (-b - root) / a);
  let far = Math.min(1, (-b + root) / a);
  if (dz === 0) {
    if (az < 0 || az > height) return Number.POSITIVE_INFINITY;
  } else {
    const atFloor = -az / dz;
    const atTop = (height - az) / dz;
    near = Math.max(near, Math.min(atFloor, atTop));
    far = Math.min(far, Math.max(atFloor, atTop));
  }
  return near <= far ? near : Number.POSITIVE_INFINITY;
}
