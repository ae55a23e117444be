import type { Contact } from './contacts.ts';
import { Route } from './route.ts';
import { SETTINGS } from './settings.ts';
import { gapTo, type Situation, searchFrom, standStill, type Wish } from './situation.ts';

const { notice, stop, patience, longPatience, room, stay } = SETTINGS.yield;
const STRIDE = 0.3;
/** How far from the other robot a place to wait must be, and how long the way there may take. */
const AWAY = 1.6;
const LONGEST = 15;
/** A robot that has not moved for this long is driven around like furniture, seconds. */
const PARKED = 3;

/**
 * Who goes first where two robots meet. The higher id stops for the lower, which drives around it. Where that is not
 * possible the higher id moves out of the way after a while, and the lower one if even that does not help.
 */
export class RightOfWay {
  readonly route = new Route();
  private waited = 0;
  private givingWayTo?: number;
  private until = -Infinity;
  private stayUntil = Number.NaN;

  get givesWay(): boolean {
    return this.givingWayTo !== undefined;
  }

  /** Whether another robot is near enough to mind. */
  hasCompany(s: Situation): boolean {
    return this.nearest(s) !== undefined;
  }

  /** Moves out of somebody's way once waiting has not helped; undefined otherwise. */
  giveWay(s: Situation): { wish: Wish; began: boolean } | undefined {
    if (this.givingWayTo !== undefined) return this.goOn(s, this.givingWayTo);
    const other = this.nearest(s);
    if (!other || this.waited < (s.profile.id > other.agent ? patience : longPatience)) return undefined;
    this.waited = 0;
    searchFrom(s);
    const place = this.placeToWait(s, other);
    if (!place || !this.route.take(s, place[0], place[1])) return undefined;
    this.givingWayTo = other.agent;
    this.until = s.time + LONGEST;
    this.stayUntil = Number.NaN;
    return { wish: this.route.follow(s), began: true };
  }

  /** Slows down or stops a wish for the robots in its way; notes how long it has had to wait. */
  restrain(s: Situation, wish: Wish, route: Route | undefined): Wish {
    const other = wish.linear > 0 ? this.inTheWay(s, route) : undefined;
    if (!other) {
      this.waited = Math.max(0, this.waited - 0.5 * s.dt);
      return wish;
    }
    const gap = gapTo(s, other.x, other.y);
    const parked = s.time - other.stillSince > PARKED;
    if (s.profile.id > other.agent && gap < stop && !parked) {
      this.waited += s.dt;
      return standStill();
    }
    const slower = gap < stop ? 0.4 : 0.7;
    if (Math.abs(s.odoMoved) < 0.02 * s.dt) this.waited += s.dt;
    return { linear: slower * wish.linear, angular: slower * wish.angular };
  }

  private goOn(s: Situation, agent: number): { wish: Wish; began: boolean } | undefined {
    const other = s.contacts.find(agent);
    const waiting = !Number.isNaN(this.stayUntil);
    const passed = !other || gapTo(s, other.x, other.y) > 2 * notice;
    if (s.time > this.until || (waiting && (s.time > this.stayUntil || passed)) || !this.route.renew(s)) {
      this.givingWayTo = undefined;
      this.route.clear();
      return undefined;
    }
    if (!this.route.hasArrived(s)) return { wish: this.route.follow(s), began: false };
    if (!waiting) this.stayUntil = s.time + stay;
    return { wish: standStill(), began: false };
  }

  /** The nearest robot that stands or comes where this one is going. */
  private inTheWay(s: Situation, route: Route | undefined): Contact | undefined {
    const width = 2 * s.profile.radius + 0.2;
    let found: Contact | undefined;
    let least: number = notice;
    for (const contact of s.contacts.fresh(s.time)) {
      const gap = gapTo(s, contact.x, contact.y);
      if (gap >= least) continue;
      const c = Math.cos(s.yaw);
      const sn = Math.sin(s.yaw);
      const ahead = c * (contact.x - s.x) + sn * (contact.y - s.y);
      const aside = Math.abs(c * (contact.y - s.y) - sn * (contact.x - s.x));
      const inSwath = ahead > 0 && ahead < 1.2 && aside < width;
      const onRoute =
        route !== undefined && route.nearestTo(s, contact.x, contact.y, 1.2) < width && ahead > -0.2;
      if (!inSwath && !onRoute) continue;
      least = gap;
      found = contact;
    }
    return found;
  }

  private nearest(s: Situation): Contact | undefined {
    let found: Contact | undefined;
    for (const contact of s.contacts.fresh(s.time)) {
      if (!found || gapTo(s, contact.x, contact.y) < gapTo(s, found.x, found.y)) found = contact;
    }
    return found && gapTo(s, found.x, found.y) < notice ? found : undefined;
  }

  /** The cheapest place where the other can pass; if there is none, the one farthest from it. */
  private placeToWait(s: Situation, other: Contact): [number, number] | undefined {
    let best: [number, number] | undefined;
    let bestCost = Infinity;
    let farthest: [number, number] | undefined;
    let most = gapTo(s, other.x, other.y) + 0.5;
    const reach = 12;
    for (let y = s.y - reach; y <= s.y + reach; y += STRIDE) {
      for (let x = s.x - reach; x <= s.x + reach; x += STRIDE) {
        const cost = s.field.costAt(x, y);
        if (cost === Infinity) continue;
        const dx = x - other.x;
        const dy = y - other.y;
        const away = Math.sqrt(dx * dx + dy * dy);
        if (away > AWAY && s.field.clearanceAt(x, y) >= room && cost < bestCost) {
          bestCost = cost;
          best = [x, y];
        }
        if (away > most) {
          most = away;
          farthest = [x, y];
        }
      }
    }
    return best ?? farthest;
  }
}
