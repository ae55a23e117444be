import type { VelocityCommand } from '../../base/world.ts';
import { SETTINGS } from './settings.ts';
import { type Situation, turnLimit, type Wish } from './situation.ts';

const { acceleration, braking, turnAcceleration, gap, reaction, creep, creepGap } = SETTINGS.drive;
const SHARES = [1, 0.75, 0.5, 0.3, 0.15];
const LONGEST_LOOK = 1.6;

/** Turns wishes into commands a body can follow and that touch nothing it knows to be around it. */
export class Guard {
  command: VelocityCommand = { linear: 0, angular: 0 };
  /** Seconds for which a wish to drive has been held up. */
  heldFor = 0;

  shape(s: Situation, wish: Wish): VelocityCommand {
    const turn = turnLimit(s);
    const angular = Math.max(-turn, Math.min(turn, wish.angular));
    const wanted = Math.max(-s.profile.maxSpeed, Math.min(s.profile.maxSpeed, wish.linear));
    const safe = this.safeSpeed(s, wanted, angular);
    const stopped = safe === 0 && wanted !== 0;
    this.heldFor = stopped ? this.heldFor + s.dt : 0;
    this.command = {
      // Speeding up is gentle; braking for an obstacle is as hard as it must be.
      linear: stopped ? 0 : towards(this.command.linear, safe, acceleration * s.dt, 2 * braking * s.dt),
      angular: towards(this.command.angular, angular, turnAcceleration * s.dt, turnAcceleration * s.dt),
    };
    return this.command;
  }

  /** The largest share of a speed from which the robot can still stop before it touches anything. */
  private safeSpeed(s: Situation, linear: number, angular: number): number {
    if (linear === 0) return 0;
    for (const share of SHARES) {
      if (this.isSafe(s, share * linear, angular, gap)) return share * linear;
    }
    const creeping = Math.sign(linear) * Math.min(creep, Math.abs(linear));
    return this.isSafe(s, creeping, angular, creepGap) ? creeping : 0;
  }

  private isSafe(s: Situation, linear: number, angular: number, least: number): boolean {
    const needed = Math.min(LONGEST_LOOK, reaction + Math.abs(linear) / braking);
    const free = s.surroundings.freeTime(linear, angular, s.profile.radius + least, needed);
    return free >= needed - 1e-9 && this.isClearOfContacts(s, linear, angular, needed);
  }

  /** Robots are minded by what they last told, too: the scan does not see sideways or back. */
  private isClearOfContacts(s: Situation, linear: number, angular: number, horizon: number): boolean {
    const heading = s.yaw + (angular * horizon) / 2;
    const x = s.x + linear * horizon * Math.cos(heading);
    const y = s.y + linear * horizon * Math.sin(heading);
    const least = 2 * s.profile.radius + 2 * gap;
    return s.contacts.fresh(s.time).every((contact) => {
      const now = square(contact.x - s.x) + square(contact.y - s.y);
      const then = square(contact.x - x) + square(contact.y - y);
      return then >= least * least || then >= now;
    });
  }
}

function towards(from: number, to: number, faster: number, slower: number): number {
  const step = Math.abs(to) > Math.abs(from) && from * to >= 0 ? faster : slower;
  return from + Math.max(-step, Math.min(step, to - from));
}

function square(value: number): number {
  return value * value;
}
