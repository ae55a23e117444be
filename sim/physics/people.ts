import type { Boxes } from '../geometry/boxes.ts';
import type { Cylinder } from '../geometry/obstacles.ts';
import type { Person } from '../scene.ts';

export const PERSON_RADIUS = 0.25;
export const PERSON_HEIGHT = 1.75;
/** How far ahead on its route, and how close to its side, a walker minds what is in the way, metres. */
const LOOKAHEAD = 0.45;
const MARGIN = 0.1;
/** Seconds of waiting after which someone turns round. */
const PATIENCE = 4;

/** Someone on a route: walks to and fro, waits where the way is blocked, turns round when that takes long. */
export class Walker {
  readonly cylinder: Cylinder;
  private readonly route: Person['route'];
  private readonly speed: number;
  /** Metres along the route at each of its points. */
  private readonly marks: readonly number[];
  private along: number;
  private direction = 1;
  private waited = 0;

  constructor({ route, speed, offset }: Person) {
    this.route = route;
    this.speed = speed;
    const marks = [0];
    for (let i = 1; i < route.length; i++) {
      const dx = route[i][0] - route[i - 1][0];
      const dy = route[i][1] - route[i - 1][1];
      marks.push(marks[i - 1] + Math.sqrt(dx * dx + dy * dy));
    }
    this.marks = marks;
    const length = marks[marks.length - 1];
    const folded = length > 0 ? offset % (2 * length) : 0;
    if (folded > length) this.direction = -1;
    this.along = folded > length ? 2 * length - folded : folded;
    this.cylinder = {
      x: 0,
      y: 0,
      yaw: 0,
      vx: 0,
      vy: 0,
      radius: PERSON_RADIUS,
      height: PERSON_HEIGHT,
      present: true,
    };
    [this.cylinder.x, this.cylinder.y] = this.at(this.along);
  }

  /** Sets velocity and heading for the next `dt`; `others` are all round things, itself included. */
  decide(dt: number, others: readonly Cylinder[], loose: Boxes): void {
    const { cylinder } = this;
    const length = this.marks[this.marks.length - 1];
    if (length === 0) return;
    let next = this.along + this.direction * this.speed * dt;
    if (next < 0 || next > length) {
      this.direction = -this.direction;
      next = Math.max(0, Math.min(length, next));
    }
    const [x, y] = this.at(next);
    const dx = x - cylinder.x;
    const dy = y - cylinder.y;
    const step = Math.sqrt(dx * dx + dy * dy);
    const [fx, fy] = step > 1e-9 ? [dx / step, dy / step] : [Math.cos(cylinder.yaw), Math.sin(cylinder.yaw)];
    cylinder.yaw = Math.atan2(fy, fx);
    if (this.isBlocked(next, others, loose)) {
      cylinder.vx = 0;
      cylinder.vy = 0;
      this.waited += dt;
      if (this.waited > PATIENCE) {
        this.direction = -this.direction;
        this.waited = 0;
      }
      return;
    }
    this.waited = 0;
    this.along = next;
    cylinder.vx = dx / dt;
    cylinder.vy = dy / dt;
  }

  private isBlocked(next: number, others: readonly Cylinder[], loose: Boxes): boolean {
    const { x, y } = this.cylinder;
    const end = this.marks[this.marks.length - 1];
    const [aheadX, aheadY] = this.at(Math.max(0, Math.min(end, next + this.direction * LOOKAHEAD)));
    const [fx, fy] = [aheadX - x, aheadY - y];
    for (const other of others) {
      if (other === this.cylinder || !other.present) continue;
      if ((other.x - x) * fx + (other.y - y) * fy <= 0) continue;
      const reach = other.radius + PERSON_RADIUS + MARGIN;
      const [dx, dy] = [other.x - aheadX, other.y - aheadY];
      if (dx * dx + dy * dy < reach * reach) return true;
    }
    for (let i = 0; i < loose.count; i++) {
      if ((loose.x[i] - x) * fx + (loose.y[i] - y) * fy <= 0) continue;
      if (loose.distance(i, aheadX, aheadY) < PERSON_RADIUS) return true;
    }
    return false;
  }

  /** The point so many metres along the route. */
  private at(along: number): readonly [number, number] {
    const { route, marks } = this;
    let i = 1;
    while (i < route.length - 1 && marks[i] < along) i++;
    if (route.length === 1 || marks[i] === marks[i - 1]) return route[0];
    const t = (along - marks[i - 1]) / (marks[i] - marks[i - 1]);
    const [ax, ay] = route[i - 1];
    const [bx, by] = route[i];
    return [ax + t * (bx - ax), ay + t * (by - ay)];
  }
}
