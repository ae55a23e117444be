import type { Random } from '../../base/random.ts';
import type { VelocityCommand } from '../../base/world.ts';
import { SETTINGS } from './settings.ts';
import { type Situation, standStill, type Wish } from './situation.ts';

const { distance, angle, share, escalate } = SETTINGS.stuck;
const BACK_SPEED = 0.2;
const TURN_RATE = 0.8;
/** A touch while standing still is somebody else's doing; one that lasts this long needs a move, seconds. */
const LASTING_TOUCH = 2;

/** Commanded and real motion since the last check. */
interface Progress {
  asked: number;
  rolled: number;
  /** Where the estimate began, to catch wheels that spin in place. */
  x: number;
  y: number;
  turnAsked: number;
  turned: number;
}

/** Notices that the robot does not move as told, and gets it loose: back off, turn by chance, longer each time. */
export class Unsticker {
  private readonly random: Random;
  private progress?: Progress;
  private backLeft = 0;
  private turnLeft = 0;
  private aheadLeft = 0;
  private until = -Infinity;
  private level = 0;
  private lastStuckAt = -Infinity;
  private touchedSince = Number.NaN;

  constructor(random: Random) {
    this.random = random;
  }

  /** Whether it has got stuck again and again here. */
  get isStubborn(): boolean {
    return this.level >= 2;
  }

  /**
   * @param command the last command, which the motion of this step answers
   * @param held whether obstacles have held it up for too long
   * @returns what to do to get loose; undefined while all is well. `began` tells that it got stuck in this step.
   */
  step(s: Situation, command: VelocityCommand, held: boolean): { wish: Wish; began: boolean } | undefined {
    if (this.isEscaping(s)) return { wish: this.escape(s), began: false };
    if (!this.isStuck(s, command) && !held) return undefined;
    this.begin(s, command);
    return { wish: this.escape(s), began: true };
  }

  private isStuck(s: Situation, command: VelocityCommand): boolean {
    const driven = Math.abs(command.linear) > 0.04;
    if (s.bumped && Number.isNaN(this.touchedSince)) this.touchedSince = s.time;
    if (!s.bumped) this.touchedSince = Number.NaN;
    if (s.bumped && (driven || s.time - this.touchedSince > LASTING_TOUCH)) return true;
    return this.lacksProgress(s, command);
  }

  private lacksProgress(s: Situation, command: VelocityCommand): boolean {
    this.progress ??= { asked: 0, rolled: 0, x: s.x, y: s.y, turnAsked: 0, turned: 0 };
    const p = this.progress;
    p.asked += Math.abs(command.linear) * s.dt;
    p.rolled += Math.abs(s.odoMoved);
    p.turnAsked += Math.abs(command.angular) * s.dt;
    p.turned += Math.abs(s.odoTurned);
    if (p.asked < distance && p.turnAsked < angle) return false;
    this.progress = undefined;
    if (p.asked < distance) return p.turned < share * p.turnAsked;
    const moved = Math.sqrt((s.x - p.x) * (s.x - p.x) + (s.y - p.y) * (s.y - p.y));
    // A robot that turns drives in arcs: only a straight drive tells rolling from moving.
    const spins = s.state === 'tracking' && p.turnAsked < 0.3 && moved < share * p.asked;
    return p.rolled < share * p.asked || spins;
  }

  private begin(s: Situation, command: VelocityCommand): void {
    this.level = s.time - this.lastStuckAt < escalate ? Math.min(4, this.level + 1) : 1;
    this.lastStuckAt = s.time;
    this.touchedSince = Number.NaN;
    const reversing = command.linear < -0.04;
    if (s.bumped && !reversing) this.rememberContact(s);
    this.backLeft = reversing ? 0 : 0.15 + 0.1 * this.level;
    this.turnLeft = (this.random.chance(0.5) ? 1 : -1) * this.random.uniform(0.5, 0.7 + 0.5 * this.level);
    this.aheadLeft = reversing ? 0.2 : 0;
    this.until = s.time + 2 + 1.5 * this.level;
  }

  /** What stopped the robot stands right ahead, seen or not. */
  private rememberContact(s: Situation): void {
    const reach = s.profile.radius + 0.05;
    for (const bearing of [-0.35, 0, 0.35]) {
      s.surroundings.feel(reach * Math.cos(bearing), reach * Math.sin(bearing), s.time);
    }
  }

  private isEscaping(s: Situation): boolean {
    return s.time < this.until && (this.backLeft > 0 || this.turnLeft !== 0 || this.aheadLeft > 0);
  }

  private escape(s: Situation): Wish {
    if (this.backLeft > 0) {
      this.backLeft -= BACK_SPEED * s.dt;
      if (!s.bumped || this.level > 1 || this.backLeft > 0.1) return { linear: -BACK_SPEED, angular: 0 };
      this.backLeft = 0;
    }
    if (this.turnLeft !== 0) {
      const turn = Math.sign(this.turnLeft) * Math.min(Math.abs(this.turnLeft), TURN_RATE * s.dt);
      this.turnLeft = Math.abs(this.turnLeft - turn) < 1e-9 ? 0 : this.turnLeft - turn;
      return { linear: 0, angular: Math.sign(turn) * TURN_RATE };
    }
    if (this.aheadLeft > 0) {
      this.aheadLeft -= BACK_SPEED * s.dt;
      return { linear: BACK_SPEED, angular: 0 };
    }
    return standStill();
  }
}
