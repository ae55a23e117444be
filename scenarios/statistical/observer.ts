import { SETTINGS } from '../../agents/navigator/settings.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { Driver } from './driver.ts';
import type { Knowledge } from './knowledge.ts';
import type { Site } from './site.ts';

const { timeout, duration, margin, share, patience } = SETTINGS.observe;
/** A standpoint is chosen again when the peer seems to have moved this far, metres. */
const MOVED = 1;
/** Seconds between two choices, at least. */
const AGAIN = 1;
/** What the range costs beside the way, metres a metre. */
const RANGE_COST = 0.3;
/** A place that brings the robot nearer by less is not worth going to, metres. */
const NEARER = 0.5;
/** How far the gaze sweeps to either side of where the peer should be, radians, and how fast, rad/s. */
const SWEEP = 0.6;
const SWEEP_RATE = 1.2;

/** The task *observe peer j*, as the navigator does it: goes where j can be seen, faces it and keeps it in view. */
export class Observer {
  readonly peer: number;
  private readonly since: number;
  private firstAt = Number.NaN;
  private lastAt = -Infinity;
  private chosenAt = -Infinity;
  private chosenFor: readonly [number, number] | undefined;
  private arrivedAt = Number.NaN;
  private hopelessSince = Number.NaN;

  constructor(peer: number, time: number) {
    this.peer = peer;
    this.since = time;
  }

  note(time: number): void {
    if (Number.isNaN(this.firstAt)) this.firstAt = time;
    this.lastAt = time;
  }

  hasInView(time: number): boolean {
    return this.lastAt === time;
  }

  /** Whether the task is over. */
  judge(time: number): 'done' | 'timeout' | undefined {
    if (this.lastAt - this.firstAt >= duration) return 'done';
    return time - this.hopelessSince > patience || time - this.since >= timeout ? 'timeout' : undefined;
  }

  /** @param at where the peer seems to be, scene frame; undefined where nobody knows */
  step(
    time: number,
    at: readonly [number, number] | undefined,
    {
      site,
      driver,
      knowledge,
      profile,
    }: { site: Site; driver: Driver; knowledge: Knowledge; profile: RobotProfile },
  ): void {
    if (!at) {
      if (Number.isNaN(this.hopelessSince)) this.hopelessSince = time;
      driver.stop();
      return;
    }
    const { minRange, maxRange } = profile.sighting;
    const range = Math.hypot(at[0] - driver.x, at[1] - driver.y);
    if (this.hasInView(time) && range > minRange + 0.1 && range < 0.9 * maxRange) {
      this.hopelessSince = Number.NaN;
      this.chosenFor = undefined;
      driver.face(driver.headingTo(at[0], at[1]));
      return;
    }
    if (this.isDue(time, at)) {
      this.chosenAt = time;
      this.chosenFor = at;
      this.arrivedAt = Number.NaN;
      const goal = standpoint(at, site, driver, knowledge, profile);
      if (goal >= 0) driver.follow(site.search.wayTo(goal));
      else driver.stop();
      if (goal >= 0) this.hopelessSince = Number.NaN;
      else if (Number.isNaN(this.hopelessSince)) this.hopelessSince = time;
    }
    if (!driver.hasArrived) return;
    if (Number.isNaN(this.arrivedAt)) this.arrivedAt = time;
    const sweep = SWEEP * Math.sin(SWEEP_RATE * (time - this.arrivedAt));
    driver.face(driver.headingTo(at[0], at[1]) + sweep);
  }

  private isDue(time: number, [x, y]: readonly [number, number]): boolean {
    if (time - this.chosenAt < AGAIN) return false;
    if (!this.chosenFor || !Number.isNaN(this.hopelessSince)) return true;
    const [dx, dy] = [x - this.chosenFor[0], y - this.chosenFor[1]];
    return dx * dx + dy * dy > MOVED * MOVED || time - this.arrivedAt > patience;
  }
}

/** The cheapest known place from which the peer should be seen at a good range, or else the one nearest to it; −1: none. */
function standpoint(
  [x, y]: readonly [number, number],
  site: Site,
  driver: Driver,
  knowledge: Knowledge,
  profile: RobotProfile,
): number {
  const { floor, search, ground } = site;
  const { minRange, maxRange } = profile.sighting;
  const nearest = minRange + margin;
  const farthest = Math.max(nearest + 0.3, share * maxRange);
  search.from(floor.nearest(driver.x, driver.y), knowledge.seen);
  let best = -1;
  let least = Infinity;
  let near = -1;
  let nearer = Math.hypot(x - driver.x, y - driver.y) - NEARER;
  for (const place of search.reached) {
    const range = Math.hypot(x - floor.x[place], y - floor.y[place]);
    if (range < nearer) {
      nearer = range;
      near = place;
    }
    if (range < nearest || range > farthest) continue;
    const cost = search.metresTo(place) + RANGE_COST * (range - nearest);
    if (cost >= least || !ground.canSee(floor.x[place], floor.y[place], x, y)) continue;
    least = cost;
    best = place;
  }
  return best >= 0 ? best : near;
}
