import type { CostField } from './cost-field.ts';
import type { Explored } from './explored.ts';
import { coarseCentre } from './explored.ts';
import { type Frontier, FrontierFinder, frontierNear } from './frontiers.ts';
import type { OccupancyGrid } from './grid.ts';
import { Route } from './route.ts';
import { SETTINGS } from './settings.ts';
import { bearingTo, gapTo, type Situation, searchFrom, standStill, turnBy, type Wish } from './situation.ts';

const { leastGain, leastShare, mostGain, reconsider, hysteresis, blacklist, blacklistRadius, stale } =
  SETTINGS.explore;
/** Seconds that any trip costs beyond driving: starting, turning, looking. */
const OVERHEAD = 3;
/** A frontier goal counts as gone when nothing unknown is left within this many metres. */
const GONE = 0.7;
const FACED = 0.25;
/** Goals this near to each other are the same, and a frontier this near to the goal carries it on: metres. */
const SAME = 0.5;
const CURRENT = 1.5;
/** A way to help is changed only for one shorter by this, metres. */
const KEEP = 4;
/** Seconds to look at what stays unknown before giving it up. */
const STARE = 0.8;

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Goal extends Place {
  /** A leftover is a frontier on ground that teammates have explored. */
  readonly kind: 'frontier' | 'leftover' | 'patrol';
  readonly lookX: number;
  readonly lookY: number;
  readonly edgeX: number;
  readonly edgeY: number;
}

/** The task *map on my own*: goes where unknown ground is won fastest; when none is left, where nobody has looked for longest. */
export class Explorer {
  readonly route = new Route();
  private readonly finder: FrontierFinder;
  private goal?: Goal;
  private chosenAt = -Infinity;
  private facedSince = Number.NaN;
  private readonly avoided: (Place & { times: number; until: number })[] = [];

  constructor(grid: OccupancyGrid, explored: Explored, field: CostField) {
    this.finder = new FrontierFinder(grid, explored, field);
  }

  /** Where it is going to explore, if it is. */
  get claim(): readonly [number, number] | undefined {
    return this.goal?.kind === 'frontier' ? [this.goal.x, this.goal.y] : undefined;
  }

  /** Square metres of open frontier, as of the last look. */
  get openArea(): number {
    return this.finder.openArea;
  }

  /** Forgets the goal; it is not gone for again for a while if it is to be avoided. */
  drop(s: Situation, avoid: boolean): void {
    if (this.goal && avoid) this.avoid(s, this.goal);
    this.goal = undefined;
    this.route.clear();
    this.chosenAt = Math.min(this.chosenAt, s.time - reconsider + SETTINGS.plan.period);
  }

  step(s: Situation): Wish {
    if (this.isDue(s)) this.choose(s);
    if (!this.goal) return standStill();
    if (!this.route.renew(s)) {
      this.drop(s, true);
      return standStill();
    }
    if (!this.route.hasArrived(s)) return this.route.follow(s);
    return this.lookAround(s, this.goal);
  }

  private isDue(s: Situation): boolean {
    const age = s.time - this.chosenAt;
    if (age < SETTINGS.plan.period) return false;
    if (!this.goal || age >= reconsider) return true;
    return this.goal.kind !== 'patrol' && !frontierNear(s.grid, this.goal.edgeX, this.goal.edgeY, GONE);
  }

  private choose(s: Situation): void {
    this.chosenAt = s.time;
    searchFrom(s);
    const frontiers = this.finder.find().filter((f) => !this.isAvoided(s, f));
    const goal =
      this.bestFrontier(s, frontiers) ??
      this.wayToHelp(s, frontiers) ??
      this.keptPatrol(s) ??
      this.bestPatrol(s, frontiers);
    if (!goal || !this.goal || !isNear(goal, this.goal, SAME)) this.facedSince = Number.NaN;
    this.goal = goal;
    if (!goal) this.route.clear();
    else if (!this.route.take(s, goal.x, goal.y)) this.drop(s, true);
  }

  /** The frontier that wins most per second; the current goal's own frontier is let go only for a clearly better one. */
  private bestFrontier(s: Situation, frontiers: readonly Frontier[]): Goal | undefined {
    let best: Frontier | undefined;
    let bestUtility = 0;
    for (const frontier of frontiers) {
      if (frontier.gain < Math.max(leastGain, leastShare * frontier.area)) continue;
      const utility = this.utility(s, frontier) * (this.isCurrent(frontier) ? hysteresis : 1);
      if (utility > bestUtility) {
        bestUtility = utility;
        best = frontier;
      }
    }
    return best && { ...best, kind: 'frontier' };
  }

  private utility(s: Situation, frontier: Frontier): number {
    const turning = Math.abs(bearingTo(s, frontier.x, frontier.y)) / SETTINGS.drive.turn;
    const seconds = frontier.cost / s.profile.maxSpeed + turning + OVERHEAD;
    const interest = s.contacts.interestLeft(frontier.x, frontier.y, s.time);
    return (Math.min(frontier.gain, mostGain) * interest) / seconds;
  }

  private isCurrent(frontier: Frontier): boolean {
    return this.goal?.kind === 'frontier' && isNear(frontier, this.goal, CURRENT);
  }

  /**
   * With nothing of its own left to explore, the way on into ground that only teammates know, towards where they still
   * explore: what is open there shows on the way.
   */
  private wayToHelp(s: Situation, frontiers: readonly Frontier[]): Goal | undefined {
    let best: Frontier | undefined;
    let least = Infinity;
    for (const frontier of frontiers) {
      if (frontier.area < leastGain) continue;
      const onward = s.contacts.nearestClaim(frontier.edgeX, frontier.edgeY, s.time);
      const kept = this.goal && isNear(frontier, this.goal, CURRENT) ? KEEP : 0;
      const length = frontier.cost + onward - kept;
      if (length < least) {
        least = length;
        best = frontier;
      }
    }
    return best && { ...best, kind: 'leftover' };
  }

  private keptPatrol(s: Situation): Goal | undefined {
    const kept = this.goal && this.goal.kind !== 'frontier' && !this.route.hasArrived(s);
    return kept && s.field.costAt(this.goal!.x, this.goal!.y) < Infinity ? this.goal : undefined;
  }

  /** The longest-unseen place worth its way; ground that only teammates know counts as long unseen. */
  private bestPatrol(s: Situation, leftovers: readonly Frontier[]): Goal | undefined {
    let best: Goal | undefined;
    let bestValue = -Infinity;
    const consider = (goal: Goal, age: number, cost: number) => {
      const value = age * s.contacts.interestLeft(goal.x, goal.y, s.time) - 3 * cost;
      if (value <= bestValue) return;
      bestValue = value;
      best = goal;
    };
    for (const f of leftovers) consider({ ...f, kind: 'leftover' }, 100 + 20 * f.area, f.cost);
    for (const [key, seenAt] of s.explored.seenAt) {
      if (s.time - seenAt < stale) continue;
      const [x, y] = coarseCentre(key);
      const cost = s.field.costAt(x, y);
      if (cost === Infinity || this.isAvoided(s, { x, y })) continue;
      consider({ kind: 'patrol', x, y, lookX: x, lookY: y, edgeX: x, edgeY: y }, s.time - seenAt, cost);
    }
    return best;
  }

  /** At the goal: faces what is unknown there; what stays unknown though looked at is given up. */
  private lookAround(s: Situation, goal: Goal): Wish {
    const error = gapTo(s, goal.lookX, goal.lookY) < 0.1 ? 0 : bearingTo(s, goal.lookX, goal.lookY);
    if (Math.abs(error) > FACED) {
      this.facedSince = Number.NaN;
      return turnBy(error, SETTINGS.drive.lookTurn);
    }
    if (Number.isNaN(this.facedSince)) this.facedSince = s.time;
    if (s.time - this.facedSince > STARE) this.drop(s, goal.kind !== 'patrol');
    return standStill();
  }

  /** Avoids a place for a while, longer each time it disappoints. */
  private avoid(s: Situation, place: Place): void {
    const known = this.avoided.find((a) => isNear(a, place, blacklistRadius));
    if (!known) this.avoided.push({ x: place.x, y: place.y, times: 1, until: s.time + blacklist });
    else if (known.until <= s.time) known.until = s.time + blacklist * ++known.times;
  }

  private isAvoided(s: Situation, place: Place): boolean {
    return this.avoided.some((a) => a.until > s.time && isNear(a, place, blacklistRadius));
  }
}

function isNear(a: Place, b: Place, distance: number): boolean {
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) < distance * distance;
}
