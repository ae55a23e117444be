import { BoxGrid } from '../geometry/box-grid.ts';
import type { Scene } from '../scene.ts';

const COLUMNS = 48;
/** Metres added to what a column sees, since it stands for its neighbourhood. */
const SLACK = 0.3;

/**
 * How far one can see between the full-height walls, by direction: a cheap first test that spares most rays, since what
 * lies behind a wall in every column near it cannot be seen.
 */
export class WallHorizon {
  /** Directions span [−slope, slope], lateral over forward. */
  readonly slope: number;
  private readonly walls: BoxGrid;
  private readonly reach: number;
  private readonly depths = new Float64Array(COLUMNS + 1);

  constructor(scene: Scene, slope: number, reach: number) {
    this.slope = slope;
    this.reach = reach;
    const walls = scene.solids.filter(
      (s) => s.mass === undefined && s.z - s.hz < 0.05 && s.z + s.hz > scene.ceiling - 0.05,
    );
    this.walls = new BoxGrid(walls, scene.bounds);
  }

  /** Looks around from a point; `fx, fy` is the horizontal unit vector forward. */
  look(x: number, y: number, z: number, fx: number, fy: number): void {
    for (let k = 0; k <= COLUMNS; k++) {
      const lateral = this.slope * ((2 * k) / COLUMNS - 1);
      const dx = this.reach * (fx - lateral * fy);
      const dy = this.reach * (fy + lateral * fx);
      this.depths[k] = this.reach * this.walls.free(x, y, z, dx, dy, 0) + SLACK;
    }
  }

  /** Whether walls surely hide what is `forward` ahead and `lateral` to the left, metres. */
  hides(forward: number, lateral: number): boolean {
    if (forward < SLACK) return false;
    const at = (0.5 + lateral / (2 * forward * this.slope)) * COLUMNS;
    if (at < 0 || at >= COLUMNS) return false;
    const k = Math.floor(at);
    return forward > this.depths[k] && forward > this.depths[k + 1];
  }

  /** Whether walls surely hide all of a disk on the floor: its centre `forward` ahead and `lateral` to the left. */
  hidesDisk(forward: number, lateral: number, radius: number): boolean {
    const nearest = forward - radius;
    if (nearest < SLACK) return false;
    const scale = COLUMNS / (2 * this.slope);
    const spread = radius / nearest + (radius * Math.abs(lateral)) / (nearest * forward);
    const first = Math.floor((this.slope + lateral / forward - spread) * scale);
    const last = Math.ceil((this.slope + lateral / forward + spread) * scale);
    if (first < 0 && last < 0) return true;
    for (let k = Math.max(0, first); k <= Math.min(COLUMNS, last); k++)
      if (nearest <= this.depths[k]) return false;
    return true;
  }
}
