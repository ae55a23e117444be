import { wrapAngle } from '../../base/se3.ts';
import { SETTINGS } from './settings.ts';
import { gapTo, type Situation, searchFrom, standStill, turnBy, turnLimit, type Wish } from './situation.ts';

const { lookahead, rotateAbove, rotateBelow, arrived, braking, slow } = SETTINGS.drive;
/** How far ahead a path is checked against what stands around, and how far off it a robot has left it: metres. */
const CHECKED = 2;
const LEFT = 0.8;

/** A way to a place: searched for, kept, followed and searched for again when something stands on it. */
export class Route {
  /** x, y pairs, team frame. */
  path: Float32Array = new Float32Array(0);
  /** Set when the path is another one; whoever takes note clears it. */
  changed = false;
  private leg = 0;
  private rotating = false;
  private searchedAt = -Infinity;
  /** Set when driving shows that the way is no good: it is then searched for anew. */
  isStale = false;

  get active(): boolean {
    return this.path.length > 0;
  }

  clear(): void {
    if (!this.active) return;
    this.path = new Float32Array(0);
    this.changed = true;
  }

  /** Takes the way to a point from the cost field as it stands. False (and no way) where nothing leads. */
  take(s: Situation, x: number, y: number): boolean {
    const path = s.field.pathTo(x, y);
    this.searchedAt = s.time;
    if (!path) {
      this.clear();
      return false;
    }
    this.path = path;
    this.leg = 0;
    this.changed = true;
    return true;
  }

  /** Searches the way to its end anew if something blocks it or the robot has left it. False where nothing leads there any more. */
  renew(s: Situation): boolean {
    if (!this.active || s.time - this.searchedAt < SETTINGS.plan.period) return true;
    if (!this.isStale && !this.isBlocked(s) && this.offset(s) < LEFT) return true;
    this.isStale = false;
    searchFrom(s);
    return this.take(s, this.path[this.path.length - 2], this.path[this.path.length - 1]);
  }

  /** Straight-line distance to the end, metres. */
  remaining(s: Situation): number {
    const end = this.path.length;
    return end === 0 ? 0 : gapTo(s, this.path[end - 2], this.path[end - 1]);
  }

  /** Along the way to its end, metres; 0 where there is none. */
  lengthLeft(s: Situation): number {
    if (!this.active) return 0;
    const { path } = this;
    const { leg, share } = this.project(s);
    let length = 0;
    for (let k = leg; 2 * k + 3 < path.length; k++) {
      const dx = path[2 * k + 2] - path[2 * k];
      const dy = path[2 * k + 3] - path[2 * k + 1];
      length += (k === leg ? 1 - share : 1) * Math.sqrt(dx * dx + dy * dy);
    }
    return length;
  }

  hasArrived(s: Situation): boolean {
    return !this.active || this.remaining(s) < arrived;
  }

  /** Regulated pure pursuit (Coulter 1992; Macenski et al. 2023): slower in bends, in narrow places and near the end. */
  follow(s: Situation): Wish {
    if (this.hasArrived(s)) return standStill();
    const [x, y] = this.carrot(s);
    const error = wrapAngle(Math.atan2(y - s.y, x - s.x) - s.yaw);
    const limit = turnLimit(s);
    this.rotating = Math.abs(error) > (this.rotating ? rotateBelow : rotateAbove);
    if (this.rotating) return turnBy(error, limit);
    const reach = Math.max(0.2, gapTo(s, x, y));
    const curvature = (2 * Math.sin(error)) / reach;
    const narrow = Math.min(1, 0.35 + s.field.clearanceAt(s.x, s.y));
    let speed = s.profile.maxSpeed * narrow * (s.state === 'tracking' ? 1 : 0.6);
    speed = Math.min(
      speed,
      Math.sqrt(braking * this.remaining(s)),
      limit / Math.max(1e-6, Math.abs(curvature)),
    );
    speed *= Math.max(0.3, Math.cos(error));
    speed = Math.max(speed, Math.min(slow, s.profile.maxSpeed));
    return { linear: speed, angular: Math.max(-limit, Math.min(limit, speed * curvature)) };
  }

  /** Nearest the path ahead comes to a point (metres) within `length` metres of driving. */
  nearestTo(s: Situation, x: number, y: number, length: number): number {
    let least = Infinity;
    this.walkAhead(s, length, (px, py) => {
      least = Math.min(least, Math.sqrt((px - x) * (px - x) + (py - y) * (py - y)));
      return true;
    });
    return least;
  }

  private isBlocked(s: Situation): boolean {
    const c = Math.cos(s.yaw);
    const sn = Math.sin(s.yaw);
    let blocked = false;
    this.walkAhead(s, CHECKED, (px, py, along) => {
      const dx = px - s.x;
      const dy = py - s.y;
      const index = s.grid.indexAt(px, py);
      blocked =
        (along > 0.3 && s.surroundings.touches(c * dx + sn * dy, c * dy - sn * dx, s.profile.radius)) ||
        (index >= 0 && s.grid.isOccupied(index));
      return !blocked;
    });
    return blocked;
  }

  /** The point of the path one lookahead ahead. */
  private carrot(s: Situation): [number, number] {
    let found: [number, number] = [this.path[this.path.length - 2], this.path[this.path.length - 1]];
    this.walkAhead(s, lookahead, (px, py) => {
      found = [px, py];
      return true;
    });
    return found;
  }

  /** Distance from the path, metres. */
  private offset(s: Situation): number {
    return this.project(s).distance;
  }

  /** Visits points of the path every 0.1 m from beside the robot on, until `length` metres or `visit` returns false. */
  private walkAhead(
    s: Situation,
    length: number,
    visit: (x: number, y: number, along: number) => boolean,
  ): void {
    if (!this.active) return;
    const { path } = this;
    let { leg, share } = this.project(s);
    this.leg = leg;
    let along = 0;
    for (; 2 * leg + 3 < path.length; leg++, share = 0) {
      const ax = path[2 * leg];
      const ay = path[2 * leg + 1];
      const dx = path[2 * leg + 2] - ax;
      const dy = path[2 * leg + 3] - ay;
      const size = Math.sqrt(dx * dx + dy * dy);
      for (let t = share * size; t < size; t += 0.1, along += 0.1) {
        if (along > length || !visit(ax + (dx * t) / size, ay + (dy * t) / size, along)) return;
      }
    }
    visit(path[path.length - 2], path[path.length - 1], along);
  }

  /** Where on the path the robot is: looked for from the current leg on, a little ahead. */
  private project(s: Situation): { leg: number; share: number; distance: number } {
    const { path } = this;
    const best = { leg: this.leg, share: 0, distance: gapTo(s, path[2 * this.leg], path[2 * this.leg + 1]) };
    for (let leg = this.leg; leg <= this.leg + 2 && 2 * leg + 3 < path.length; leg++) {
      const ax = path[2 * leg];
      const ay = path[2 * leg + 1];
      const dx = path[2 * leg + 2] - ax;
      const dy = path[2 * leg + 3] - ay;
      const square = dx * dx + dy * dy;
      const t = square === 0 ? 0 : Math.max(0, Math.min(1, ((s.x - ax) * dx + (s.y - ay) * dy) / square));
      const distance = gapTo(s, ax + t * dx, ay + t * dy);
      if (distance < best.distance) Object.assign(best, { leg, share: t, distance });
    }
    return best;
  }
}
