import type { PeerSighting } from '../../base/sensors.ts';
import type { Contact, Teammate } from './contacts.ts';
import { CostField } from './cost-field.ts';
import { coarseCentre } from './explored.ts';
import { COARSE_SIDE } from './grid.ts';
import { Route } from './route.ts';
import { SETTINGS } from './settings.ts';
import {
  bearingTo,
  type Situation,
  searchFrom,
  standStill,
  turnBy,
  turnLimit,
  type Wish,
} from './situation.ts';

const { timeout, sightings: ENOUGH, duration, margin, share, patience } = SETTINGS.observe;
/** The peer counts as in view for this long after a sighting, seconds. */
const IN_VIEW = 0.7;
/** A standpoint is chosen again when the peer has moved this far, and not within `TRIED` of one that showed nothing: metres. */
const MOVED = 1;
const TRIED = 1;
/** Grid stride of the standpoints looked at, metres. */
const STRIDE = 0.3;
/** What an unknown cell on the line of sight costs, metres of driving; more than `MOST_UNKNOWN` hide the peer. */
const UNKNOWN_COST = 0.15;
const MOST_UNKNOWN = 25;
/** A line of sight may end this far from the peer's centre: its own body may stand in the map. */
const BODY = 0.5;
const SWEEP = 0.6;
/** How many times as dear as the open the way on through unknown ground is taken to be. */
const HOPE = 2;
/** An approach brings it at least so much nearer, metres. */
const NEARER = 0.5;

/**
 * The task *observe peer j*: goes where j can be seen, faces it and keeps it in view until it has been seen enough, and on for as
 * long as it is in the dark.
 */
export class Observer {
  readonly route = new Route();
  private readonly peer: number;
  private readonly since: number;
  private count = 0;
  private firstAt = Number.NaN;
  private lastAt = -Infinity;
  private bearing = 0;
  private range = 0;
  private chosenAt = -Infinity;
  private chosenFor: [number, number] | undefined;
  private arrivedAt = Number.NaN;
  private hopelessSince = Number.NaN;
  /** On the way to where its own map ends: chosen anew as that grows. */
  private approaching = false;
  private onward?: CostField;
  private readonly tried: [number, number][] = [];

  constructor(peer: number, time: number) {
    this.peer = peer;
    this.since = time;
  }

  /** Takes note of sightings; whether the task is over. */
  judge(
    s: Situation,
    sightings: readonly PeerSighting[],
    teammates: readonly Teammate[],
  ): 'done' | 'timeout' | undefined {
    for (const sighting of sightings) {
      if (sighting.peer !== this.peer) continue;
      const [x, y] = sighting.bodyFromPeer;
      this.count++;
      if (Number.isNaN(this.firstAt)) this.firstAt = s.time;
      this.lastAt = s.time;
      this.bearing = Math.atan2(y, x);
      this.range = Math.sqrt(x * x + y * y);
    }
    const enough = this.count >= ENOUGH && this.lastAt - this.firstAt >= duration;
    if (enough && !(this.hasInView(s) && isBlind(this.peer, teammates))) return 'done';
    const hopeless = s.time - this.hopelessSince > patience;
    return hopeless || s.time - this.since >= timeout ? 'timeout' : undefined;
  }

  step(s: Situation): Wish {
    const peer = s.contacts.find(this.peer);
    if (this.hasInView(s) && this.rangeIsGood(s)) return this.holdInView(s);
    if (!peer || !Number.isFinite(peer.x)) return this.giveUp(s);
    if (this.isDue(s, peer)) this.choose(s, peer);
    if (!this.route.renew(s)) this.chosenFor = undefined;
    if (!this.route.hasArrived(s)) return this.route.follow(s);
    return this.lookFor(s, peer);
  }

  hasInView(s: Situation): boolean {
    return s.time - this.lastAt < IN_VIEW;
  }

  private rangeIsGood(s: Situation): boolean {
    const { minRange, maxRange } = s.profile.sighting;
    return this.range > minRange + 0.1 && this.range < 0.9 * maxRange;
  }

  private holdInView(s: Situation): Wish {
    this.route.clear();
    this.chosenFor = undefined;
    this.hopelessSince = Number.NaN;
    // The last bearing is as old as the last sighting, so turns since then are still missing from it.
    if (this.lastAt < s.time) this.bearing -= s.odoTurned;
    return Math.abs(this.bearing) < 0.08 ? standStill() : turnBy(this.bearing, 0.5 * turnLimit(s));
  }

  private isDue(s: Situation, peer: Contact): boolean {
    if (s.time - this.chosenAt < 1) return false;
    if (!this.chosenFor || this.approaching || !Number.isNaN(this.hopelessSince)) return true;
    const dx = peer.x - this.chosenFor[0];
    const dy = peer.y - this.chosenFor[1];
    if (dx * dx + dy * dy > MOVED * MOVED) return true;
    if (!this.route.hasArrived(s) || !(s.time - this.arrivedAt > patience)) return false;
    this.tried.push([s.x, s.y]);
    return true;
  }

  private choose(s: Situation, peer: Contact): void {
    this.chosenAt = s.time;
    this.chosenFor = [peer.x, peer.y];
    this.arrivedAt = Number.NaN;
    searchFrom(s);
    let standpoint = this.bestStandpoint(s, peer);
    this.approaching = standpoint === undefined;
    standpoint ??= this.approach(s, peer);
    if (standpoint && this.route.take(s, standpoint[0], standpoint[1])) this.hopelessSince = Number.NaN;
    else this.giveUp(s);
  }

  /** The cheapest place to go from which the peer should be seen at a good range. */
  private bestStandpoint(s: Situation, peer: Contact): [number, number] | undefined {
    const { minRange, maxRange } = s.profile.sighting;
    const nearest = minRange + margin;
    const farthest = Math.max(nearest + 0.3, share * maxRange);
    let best: [number, number] | undefined;
    let bestCost = Infinity;
    for (let dy = -farthest; dy <= farthest; dy += STRIDE) {
      for (let dx = -farthest; dx <= farthest; dx += STRIDE) {
        const range = Math.sqrt(dx * dx + dy * dy);
        if (range < nearest || range > farthest) continue;
        const x = peer.x + dx;
        const y = peer.y + dy;
        let cost = s.field.costAt(x, y) + 0.3 * (range - nearest) + this.triedCost(x, y);
        if (cost >= bestCost) continue;
        const end = 1 - BODY / range;
        const unknown = s.grid.unknownBetween(x, y, x - dx * end, y - dy * end);
        if (unknown < 0 || unknown > MOST_UNKNOWN) continue;
        cost += UNKNOWN_COST * unknown;
        if (cost >= bestCost) continue;
        bestCost = cost;
        best = [x, y];
      }
    }
    return best;
  }

  private triedCost(x: number, y: number): number {
    const near = this.tried.some(([tx, ty]) => (tx - x) * (tx - x) + (ty - y) * (ty - y) < TRIED * TRIED);
    return near ? Infinity : 0;
  }

  /** Where the map does not reach to the peer yet: the farthest known place on what is likely to be the shortest way. */
  private approach(s: Situation, peer: Contact): [number, number] | undefined {
    if (!s.grid.extendTo(peer.x, peer.y)) return undefined;
    this.onward ??= new CostField(s.grid, s.profile.radius, HOPE);
    this.onward.update(peer.x, peer.y, []);
    const places = [...s.explored.seenAt.keys()].map((key) => {
      const [x, y] = coarseCentre(key);
      const left = this.onward!.costAt(x, y);
      return { x, y, left, whole: s.field.costAt(x, y) + left + this.triedCost(x, y) };
    });
    const shortest = places.reduce((least, { whole }) => Math.min(least, whole), Infinity);
    const along = places.filter(({ whole }) => whole < shortest + COARSE_SIDE);
    const best = along.reduce((a, b) => (b.left < a.left ? b : a), { x: s.x, y: s.y, left: Infinity });
    return best.left < this.onward.costAt(s.x, s.y) - NEARER ? [best.x, best.y] : undefined;
  }

  /** At the standpoint: faces where the peer should be, then sweeps about it. */
  private lookFor(s: Situation, peer: Contact): Wish {
    if (Number.isNaN(this.arrivedAt)) this.arrivedAt = s.time;
    const waited = s.time - this.arrivedAt;
    const sweep = waited > 1.5 ? SWEEP * Math.sin(1.2 * (waited - 1.5)) : 0;
    return turnBy(bearingTo(s, peer.x, peer.y) + sweep, 0.7 * turnLimit(s));
  }

  private giveUp(s: Situation): Wish {
    if (Number.isNaN(this.hopelessSince)) this.hopelessSince = s.time;
    return standStill();
  }
}

/** Whether a teammate has only its wheels to go by. */
function isBlind(peer: number, teammates: readonly Teammate[]): boolean {
  const state = teammates.find(({ agent }) => agent === peer)?.state;
  return state === 'blind' || state === 'lost';
}
