import { SETTINGS } from '../../agents/navigator/settings.ts';
import type { Driver } from './driver.ts';
import { PLACE } from './floor.ts';
import type { Knowledge } from './knowledge.ts';
import type { Site } from './site.ts';

const { blindPatience, retreat } = SETTINGS.recover;
const MOST_PATIENCE = 60;
/** Seconds of good tracking after which a robot is as impatient again as at first. */
const CALM = 30;
/** Quarter turns of a look around. */
const LOOKS = 4;

/** What a robot does that has been blind for long, as the navigator does it: looks around, then goes back a little. */
export class Recovery {
  private readonly site: Site;
  private readonly knowledge: Knowledge;
  private readonly driver: Driver;
  private phase: 'none' | 'look' | 'retreat' = 'none';
  /** Places where it tracked, in their order. */
  private readonly trail: number[] = [];
  private patience: number = blindPatience;
  private tracked = true;
  private changedAt = 0;
  private looksLeft = 0;

  constructor(site: Site, knowledge: Knowledge, driver: Driver) {
    this.site = site;
    this.knowledge = knowledge;
    this.driver = driver;
  }

  get isRetreating(): boolean {
    return this.phase === 'retreat';
  }

  /** @param hasCompany a teammate keeps its pose from getting worse @returns whether this is under way, so that nothing else is to be done */
  step(time: number, tracks: boolean, hasCompany: boolean): boolean {
    if (tracks !== this.tracked) this.changedAt = time;
    this.tracked = tracks;
    if (tracks) this.settle(time);
    else if (this.phase === 'none') this.begin(time, hasCompany);
    else this.goOn();
    return this.phase !== 'none';
  }

  private settle(time: number): void {
    const { x, y } = this.driver;
    const place = this.site.floor.at(x, y);
    if (place >= 0 && place !== this.trail.at(-1)) this.trail.push(place);
    if (time - this.changedAt > CALM) this.patience = blindPatience;
    this.phase = 'none';
  }

  /** Wheels carry a robot through short dark stretches: each vain recovery makes it try for longer. */
  private begin(time: number, hasCompany: boolean): void {
    if (hasCompany || time - this.changedAt < this.patience) return;
    this.patience = Math.min(MOST_PATIENCE, 2 * this.patience);
    this.phase = 'look';
    this.looksLeft = LOOKS;
    this.driver.face(this.driver.yaw);
  }

  private goOn(): void {
    const { driver } = this;
    if (this.phase === 'retreat') {
      if (driver.hasArrived) this.phase = 'none';
    } else if (driver.isFacing) {
      if (this.looksLeft-- > 0) driver.face(driver.yaw + Math.PI / 2);
      else this.goBack();
    }
  }

  private goBack(): void {
    const { driver, trail, site } = this;
    const steps = Math.round(retreat / PLACE);
    const back = trail[Math.max(0, trail.length - steps)];
    trail.length = Math.max(0, trail.length - steps);
    this.phase = 'retreat';
    site.search.from(site.floor.nearest(driver.x, driver.y), this.knowledge.seen);
    if (back === undefined || site.search.metresTo(back) === Infinity) driver.stop();
    else driver.follow(site.search.wayTo(back).slice(0, steps));
  }
}
