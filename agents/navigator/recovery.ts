import { wrapAngle } from '../../base/se3.ts';
import { SETTINGS } from './settings.ts';
import { type Situation, standStill, turnBy, type Wish } from './situation.ts';

const { blindPatience, lookTurn, retreat, retreatSpeed, wander, wanderTurn, crumb, crumbs } =
  SETTINGS.recover;
/** Tracking must hold for this long before the robot goes on, seconds. */
const SETTLE = 0.6;
const WORST_SIGMA = 0.8;
/** A leg of the retreat that takes longer than this is given up, seconds. */
const LEG_TIMEOUT = 6;

/**
 * Finds the way back to where SLAM works: looks around in place, then goes back, crumb by crumb in the odometry frame,
 * the way along which tracking was good, and looks around again.
 */
export class Recovery {
  /** x, y pairs, odometry frame, oldest first, laid while tracking is good. */
  private readonly trail: number[] = [];
  private blindSince = Number.NaN;
  private goodSince = Number.NaN;
  private patience: number = blindPatience;
  private phase: 'none' | 'look' | 'retreat' | 'wander' = 'none';
  private wanderYaw = 0;
  private turned = 0;
  private backed = 0;
  private legSince = 0;

  get active(): boolean {
    return this.phase !== 'none';
  }

  /**
   * What to do to recover; undefined while the pose can be trusted. `began` tells that recovery started in this step.
   * @param hasCompany a teammate keeps the pose of a blind robot from getting worse
   */
  step(s: Situation, hasCompany = false): { wish: Wish; began: boolean } | undefined {
    this.watch(s);
    if (this.phase === 'none') {
      if (hasCompany && s.state !== 'lost') return undefined;
      if (!this.isNeeded(s)) return undefined;
      this.look();
      return { wish: this.act(s), began: true };
    }
    if (s.time - this.goodSince > SETTLE) {
      this.phase = 'none';
      return undefined;
    }
    if (s.state === 'tracking') return { wish: standStill(), began: false };
    return { wish: this.act(s), began: false };
  }

  private watch(s: Situation): void {
    const good = s.state === 'tracking';
    if (!good) this.goodSince = Number.NaN;
    else if (Number.isNaN(this.goodSince)) this.goodSince = s.time;
    if (s.state !== 'blind') this.blindSince = Number.NaN;
    else if (Number.isNaN(this.blindSince)) this.blindSince = s.time;
    if (good && s.time - this.goodSince > 30) this.patience = blindPatience;
    if (good && this.phase === 'none') this.layCrumb(s);
  }

  private isNeeded(s: Situation): boolean {
    if (s.state === 'lost') return true;
    if (s.state !== 'blind') return false;
    const needed = s.time - this.blindSince > this.patience;
    // Odometry carries a robot through short dark stretches: each vain recovery makes it try for longer.
    if (needed) this.patience = Math.min(60, 2 * this.patience);
    return needed || (s.sigma > WORST_SIGMA && this.patience === blindPatience);
  }

  private look(): void {
    this.phase = 'look';
    this.turned = 0;
  }

  private act(s: Situation): Wish {
    if (this.phase === 'look') {
      this.turned += Math.abs(s.odoTurned);
      if (this.turned < 2 * Math.PI) return { linear: 0, angular: Math.min(lookTurn, s.profile.maxTurnRate) };
      this.setOff(s);
    }
    return this.phase === 'wander' ? this.wander(s) : this.goBack(s);
  }

  private setOff(s: Situation): void {
    this.phase = this.trail.length > 0 ? 'retreat' : 'wander';
    this.wanderYaw = s.odoYaw + wanderTurn;
    this.backed = 0;
    this.legSince = s.time;
  }

  /** Back along the trail: what has been gone back is forgotten, so the next retreat starts where this one ended. */
  private goBack(s: Situation): Wish {
    while (this.trail.length > 0) {
      const dx = this.trail[this.trail.length - 2] - s.odoX;
      const dy = this.trail[this.trail.length - 1] - s.odoY;
      const distance = Math.sqrt(dx * dx + dy * dy);
      if (distance > 0.2 && s.time - this.legSince < LEG_TIMEOUT) return head(s, Math.atan2(dy, dx));
      this.trail.length -= 2;
      this.backed += crumb;
      this.legSince = s.time;
      if (this.backed >= retreat) break;
    }
    return this.arrive(s);
  }

  /** With no way back left: somewhere else, as far as the guard lets it. */
  private wander(s: Situation): Wish {
    this.backed += Math.abs(s.odoMoved);
    if (this.backed < wander && s.time - this.legSince < 2 * LEG_TIMEOUT) return head(s, this.wanderYaw);
    return this.arrive(s);
  }

  /** Looks around again; a robot that is merely blind goes on with its work on odometry. */
  private arrive(s: Situation): Wish {
    if (s.state === 'blind') this.phase = 'none';
    else this.look();
    return standStill();
  }

  private layCrumb(s: Situation): void {
    const { trail } = this;
    const dx = s.odoX - (trail[trail.length - 2] ?? Infinity);
    const dy = s.odoY - (trail[trail.length - 1] ?? Infinity);
    if (!(dx * dx + dy * dy >= crumb * crumb)) return;
    trail.push(s.odoX, s.odoY);
    if (trail.length > 2 * crumbs) trail.splice(0, 2);
  }
}

function head(s: Situation, direction: number): Wish {
  const error = wrapAngle(direction - s.odoYaw);
  if (Math.abs(error) > 0.5) return turnBy(error, lookTurn);
  return {
    linear: Math.min(retreatSpeed, s.profile.maxSpeed),
    angular: Math.max(-0.5, Math.min(0.5, 1.5 * error)),
  };
}
