import { SETTINGS } from '../../agents/navigator/settings.ts';
import { wrapAngle } from '../../base/se3.ts';
import type { Driver } from './driver.ts';
import { NEIGHBOURS, PLACE } from './floor.ts';
import type { Knowledge } from './knowledge.ts';
import type { Site } from './site.ts';
import { interestLeft, nearestClaim, type Word } from './words.ts';

const { leastGain, leastShare, mostGain, reconsider, hysteresis, stale } = SETTINGS.explore;
/** Seconds that any trip costs beyond driving. */
const OVERHEAD = 3;
/** A frontier this near to the goal carries it on, metres. */
const CURRENT = 1.5;
/** How far behind a frontier unknown ground counts, places. */
const DEPTH = 3;
const AREA = PLACE * PLACE;
/** Places looked at for a patrol: one in so many. */
const SPARSE = 4;
/** Seconds to look at what stays unknown before giving it up, and for how long. */
const STARE = 1;
const AVOIDED = 60;

interface Frontier {
  readonly place: number;
  /** An unknown place behind it. */
  readonly look: number;
  /** m² of unknown ground behind it: all, and what no teammate has told of. */
  readonly area: number;
  readonly gain: number;
}

/** The task *map on my own*, as the navigator does it, over places instead of a grid of ten centimetres. */
export class Explorer {
  /** Square metres of open frontier as of the last look. */
  openArea = 0;
  private readonly site: Site;
  private readonly knowledge: Knowledge;
  private readonly driver: Driver;
  private goal = -1;
  private look = -1;
  private isFrontier = false;
  private chosenAt = -Infinity;
  private facedSince = Number.NaN;
  private readonly avoidedUntil: Float32Array;
  private readonly flooded: Int32Array;
  private flood = 0;

  constructor(site: Site, knowledge: Knowledge, driver: Driver) {
    this.site = site;
    this.knowledge = knowledge;
    this.driver = driver;
    this.avoidedUntil = new Float32Array(site.floor.count);
    this.flooded = new Int32Array(site.floor.count);
  }

  /** Where it is going to explore, scene frame; undefined where it patrols. */
  get claim(): readonly [number, number] | undefined {
    const { floor } = this.site;
    return this.isFrontier ? [floor.x[this.goal], floor.y[this.goal]] : undefined;
  }

  /** Forgets the goal. */
  drop(): void {
    this.goal = -1;
    this.isFrontier = false;
    this.chosenAt = -Infinity;
  }

  step(time: number, words: readonly Word[]): void {
    if (this.isDue(time)) this.choose(time, words);
    if (this.goal >= 0 && this.driver.hasArrived) this.lookAround(time);
  }

  private isDue(time: number): boolean {
    if (this.goal < 0 || time - this.chosenAt >= reconsider) return true;
    return this.isFrontier && this.unknownBeside(this.goal) < 0;
  }

  private choose(time: number, words: readonly Word[]): void {
    const { site, knowledge, driver } = this;
    this.chosenAt = time;
    site.search.from(site.floor.nearest(driver.x, driver.y), knowledge.seen);
    const frontiers = this.frontiers(time);
    const frontier = this.bestFrontier(frontiers, time, words) ?? this.wayToHelp(frontiers, time, words);
    const goal = frontier?.place ?? this.keptPatrol() ?? this.bestPatrol(time, words);
    if (goal !== this.goal) this.facedSince = Number.NaN;
    this.goal = goal;
    this.look = frontier?.look ?? -1;
    this.isFrontier = frontier !== undefined;
    if (goal >= 0) driver.follow(site.search.wayTo(goal));
  }

  /** Known places with unknown ones beside them, the nearest first; no unknown ground is counted twice. */
  private frontiers(time: number): Frontier[] {
    const found: Frontier[] = [];
    this.openArea = 0;
    const first = this.flood + 1;
    for (const place of this.site.search.reached) {
      const look = this.unknownBeside(place);
      if (look < 0 || this.avoidedUntil[place] > time || this.flooded[look] >= first) continue;
      found.push(this.measure(place, look));
      this.openArea += found.at(-1)!.gain;
    }
    return found;
  }

  private unknownBeside(place: number): number {
    const { neighbours } = this.site.floor;
    for (let k = 0; k < NEIGHBOURS; k++) {
      const next = neighbours[NEIGHBOURS * place + k];
      if (next >= 0 && !this.knowledge.seen[next]) return next;
    }
    return -1;
  }

  /** Floods the unknown ground behind a frontier, a few places deep. */
  private measure(place: number, look: number): Frontier {
    const { neighbours } = this.site.floor;
    const { seen, told } = this.knowledge;
    const mark = ++this.flood;
    let ring = [place];
    let area = 0;
    let gain = 0;
    for (let depth = 0; depth < DEPTH; depth++) {
      const next: number[] = [];
      for (const from of ring) {
        for (let k = 0; k < NEIGHBOURS; k++) {
          const to = neighbours[NEIGHBOURS * from + k];
          if (to < 0 || seen[to] || this.flooded[to] === mark) continue;
          this.flooded[to] = mark;
          next.push(to);
          area += AREA;
          if (!told[to]) gain += AREA;
        }
      }
      ring = next;
    }
    return { place, look, area, gain };
  }

  private bestFrontier(
    frontiers: readonly Frontier[],
    time: number,
    words: readonly Word[],
  ): Frontier | undefined {
    const { floor, search, profiles } = this.site;
    const { maxSpeed } = profiles[0];
    let best: Frontier | undefined;
    let bestUtility = 0;
    for (const frontier of frontiers) {
      const { place, area, gain } = frontier;
      if (gain < Math.max(leastGain, leastShare * area)) continue;
      const [x, y] = [floor.x[place], floor.y[place]];
      const turning =
        Math.abs(wrapAngle(this.driver.headingTo(x, y) - this.driver.yaw)) / SETTINGS.drive.turn;
      const seconds = search.metresTo(place) / maxSpeed + turning + OVERHEAD;
      const kept = this.isFrontier && this.isNearGoal(place) ? hysteresis : 1;
      const utility = (kept * Math.min(gain, mostGain) * interestLeft(words, x, y, time)) / seconds;
      if (utility <= bestUtility) continue;
      bestUtility = utility;
      best = frontier;
    }
    return best;
  }

  private isNearGoal(place: number): boolean {
    const { x, y } = this.site.floor;
    const [dx, dy] = [x[place] - x[this.goal], y[place] - y[this.goal]];
    return dx * dx + dy * dy < CURRENT * CURRENT;
  }

  /** With nothing of its own left, the way on into ground that only teammates know, towards where they still explore. */
  private wayToHelp(
    frontiers: readonly Frontier[],
    time: number,
    words: readonly Word[],
  ): Frontier | undefined {
    const { floor, search } = this.site;
    let best: Frontier | undefined;
    let least = Infinity;
    for (const frontier of frontiers) {
      if (frontier.area < leastGain) continue;
      const onward = nearestClaim(words, floor.x[frontier.place], floor.y[frontier.place], time);
      const length = search.metresTo(frontier.place) + onward;
      if (length >= least) continue;
      least = length;
      best = frontier;
    }
    return best;
  }

  private keptPatrol(): number | undefined {
    const kept = this.goal >= 0 && !this.isFrontier && !this.driver.hasArrived;
    return kept && this.site.search.metresTo(this.goal) < Infinity ? this.goal : undefined;
  }

  /** The longest-unseen place worth its way; −1 where all has been seen lately. */
  private bestPatrol(time: number, words: readonly Word[]): number {
    const { floor, search } = this.site;
    let best = -1;
    let bestValue = -Infinity;
    for (let i = 0; i < search.reached.length; i += SPARSE) {
      const place = search.reached[i];
      const age = time - this.knowledge.seenAt[place];
      if (age < stale) continue;
      const interest = interestLeft(words, floor.x[place], floor.y[place], time);
      const value = age * interest - 3 * search.metresTo(place);
      if (value <= bestValue) continue;
      bestValue = value;
      best = place;
    }
    return best;
  }

  /** At the goal: faces what is unknown there; what stays unknown though looked at is given up for a while. */
  private lookAround(time: number): void {
    const { floor } = this.site;
    if (this.look < 0) {
      this.drop();
      return;
    }
    if (Number.isNaN(this.facedSince)) {
      this.facedSince = time;
      this.driver.face(this.driver.headingTo(floor.x[this.look], floor.y[this.look]));
    } else if (this.driver.isFacing && time - this.facedSince > STARE) {
      this.avoidedUntil[this.goal] = time + AVOIDED;
      this.drop();
    }
  }
}
