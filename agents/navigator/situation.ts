import type { TrackingState } from '../../base/allocation.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { Contacts } from './contacts.ts';
import type { CostField } from './cost-field.ts';
import type { Explored } from './explored.ts';
import type { OccupancyGrid } from './grid.ts';
import { SETTINGS } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything a behaviour may look at in one step; lengths in metres, team frame. */
export interface Situation {
  readonly profile: RobotProfile;
  readonly time: number;
  /** Seconds since the previous step. */
  readonly dt: number;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly state: TrackingState;
  readonly sigma: number;
  readonly bumped: boolean;
  /** Dead-reckoned pose since the start, which never jumps; `odoTurned` and `odoMoved`: radians and metres of this step. */
  readonly odoX: number;
  readonly odoY: number;
  readonly odoYaw: number;
  readonly odoTurned: number;
  readonly odoMoved: number;
  readonly grid: OccupancyGrid;
  readonly explored: Explored;
  readonly field: CostField;
  readonly surroundings: Surroundings;
  readonly contacts: Contacts;
}

/** Velocities a behaviour would like: m/s and rad/s. */
export interface Wish {
  linear: number;
  angular: number;
}

export function standStill(): Wish {
  return { linear: 0, angular: 0 };
}

/** Turns in place to cancel a heading error, at most at `rate`. */
export function turnBy(error: number, rate: number): Wish {
  return { linear: 0, angular: Math.max(-rate, Math.min(rate, 2 * error)) };
}

/** Heading error towards a point, radians in (−π, π]. */
export function bearingTo(s: Situation, x: number, y: number): number {
  const dx = x - s.x;
  const dy = y - s.y;
  const c = Math.cos(s.yaw);
  const sn = Math.sin(s.yaw);
  return Math.atan2(c * dy - sn * dx, c * dx + sn * dy);
}

/** The fastest turn that tracking stands now: features blur away in fast turns. */
export function turnLimit(s: Situation): number {
  const thin = s.state !== 'tracking' || s.sigma > 0.25;
  return Math.min(s.profile.maxTurnRate, thin ? SETTINGS.drive.thinTurn : SETTINGS.drive.turn);
}

export function gapTo(s: Situation, x: number, y: number): number {
  const dx = x - s.x;
  const dy = y - s.y;
  return Math.sqrt(dx * dx + dy * dy);
}

/** Searches the cost field anew from where the robot stands, with what it sees around it and the robots near by as obstacles. */
export function searchFrom(s: Situation): void {
  const obstacles = s.contacts.asObstacles(s);
  const { surroundings } = s;
  const c = Math.cos(s.yaw);
  const sn = Math.sin(s.yaw);
  for (let i = 0; i < surroundings.count; i++) {
    const bx = surroundings.x[i];
    const by = surroundings.y[i];
    obstacles.push(s.x + c * bx - sn * by, s.y + sn * bx + c * by, 0);
  }
  s.field.update(s.x, s.y, obstacles);
}
