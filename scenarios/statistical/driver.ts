import { wrapAngle } from '../../base/se3.ts';
import type { Site } from './site.ts';

/** Heading errors from which a robot turns on the spot, radians. */
const TURN_FIRST = 0.3;
/** Places ahead on its way that a robot may head for straight. */
const AHEAD = 4;
const ARRIVED = 0.05;

/** Where one robot truly is, and how it moves: on its way, or turning on the spot. Scene frame, metres, radians. */
export class Driver {
  x: number;
  y: number;
  yaw: number;
  /** Of the last tick: the way it went, how far and how much it turned. */
  readonly moved = { x: 0, y: 0, metres: 0, radians: 0 };
  /** Places still to come. */
  private way: number[] = [];
  private turnTo = Number.NaN;
  private readonly site: Site;

  constructor(site: Site, [x, y, yaw]: readonly [number, number, number]) {
    this.site = site;
    this.x = x;
    this.y = y;
    this.yaw = yaw;
  }

  get hasArrived(): boolean {
    return this.way.length === 0;
  }

  /** Metres still to go. */
  get metresLeft(): number {
    const { floor } = this.site;
    let [x, y, sum] = [this.x, this.y, 0];
    for (const place of this.way) {
      sum += Math.hypot(floor.x[place] - x, floor.y[place] - y);
      [x, y] = [floor.x[place], floor.y[place]];
    }
    return sum;
  }

  follow(way: number[]): void {
    this.way = way;
    this.turnTo = Number.NaN;
  }

  stop(): void {
    this.follow([]);
  }

  /** Stops and turns to a heading. */
  face(yaw: number): void {
    this.way = [];
    this.turnTo = yaw;
  }

  /** Whether it looks where it was to turn to. */
  get isFacing(): boolean {
    return Math.abs(wrapAngle(this.turnTo - this.yaw)) < 1e-6;
  }

  /** Heading from here to a point. */
  headingTo(x: number, y: number): number {
    return Math.atan2(y - this.y, x - this.x);
  }

  /** Lets `seconds` pass. @param speed m/s @param rate rad/s */
  advance(seconds: number, speed: number, rate: number): void {
    const { moved } = this;
    moved.x = -this.x;
    moved.y = -this.y;
    moved.metres = moved.radians = 0;
    let left = seconds;
    if (!Number.isNaN(this.turnTo)) this.turn(this.turnTo, left, rate);
    while (left > 1e-9 && this.way.length > 0) left = this.driveOn(left, speed, rate);
    moved.x += this.x;
    moved.y += this.y;
  }

  /** @returns the seconds that are left */
  private driveOn(left: number, speed: number, rate: number): number {
    const { floor } = this.site;
    const target = this.furthest();
    const [dx, dy] = [floor.x[target] - this.x, floor.y[target] - this.y];
    const gap = Math.sqrt(dx * dx + dy * dy);
    if (gap < ARRIVED) {
      this.pass(target);
      return left;
    }
    const heading = Math.atan2(dy, dx);
    if (Math.abs(wrapAngle(heading - this.yaw)) > TURN_FIRST) return left - this.turn(heading, left, rate);
    this.turn(heading, left, Infinity);
    const step = Math.min(gap, speed * left);
    this.x += (dx * step) / gap;
    this.y += (dy * step) / gap;
    this.moved.metres += step;
    if (step === gap) this.pass(target);
    return left - step / speed;
  }

  /** The place furthest along the way that can be headed for straight. */
  private furthest(): number {
    const { floor } = this.site;
    for (let k = Math.min(AHEAD, this.way.length) - 1; k > 0; k--) {
      const place = this.way[k];
      if (floor.space.straight(this.x, this.y, floor.x[place], floor.y[place])) return place;
    }
    return this.way[0];
  }

  private pass(place: number): void {
    this.way.splice(0, this.way.indexOf(place) + 1);
  }

  /** @returns the seconds it took */
  private turn(heading: number, seconds: number, rate: number): number {
    const error = wrapAngle(heading - this.yaw);
    const turned = Math.max(-rate * seconds, Math.min(rate * seconds, error));
    this.yaw = wrapAngle(this.yaw + turned);
    this.moved.radians += Math.abs(turned);
    return Math.abs(turned) / rate;
  }
}
