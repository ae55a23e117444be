import type { VelocityCommand } from '../../base/world.ts';
import type { WheelOptions } from '../options.ts';
import { GRAVITY } from './friction.ts';

/** Seconds the speed controller takes to follow a command, roughly. */
const RESPONSE = 0.06;
/** Friction between tyre and floor. */
export const TRACTION = 0.8;
/** kg m². */
const WHEEL_INERTIA = 0.004;

/** One driven wheel: a motor with a torque limit, a speed controller, a tyre that slips beyond its grip. */
class Wheel {
  /** rad/s. */
  rate = 0;
  slipping = false;
  /** Force on the body along its heading, newtons. */
  force = 0;
  private torque = 0;

  /** @param ground speed of the floor contact, m/s; @param grip newtons */
  drive(target: number, ground: number, gain: number, grip: number, options: WheelOptions): void {
    const { maxTorque, wheelRadius } = options;
    this.torque = Math.max(-maxTorque, Math.min(maxTorque, gain * (target - this.rate)));
    const wanted = this.torque / wheelRadius;
    if (!this.slipping && Math.abs(wanted) <= grip) {
      this.force = wanted;
      return;
    }
    const slide = this.slipping ? this.rate * wheelRadius - ground : wanted;
    this.slipping = true;
    this.force = slide > 0 ? grip : -grip;
  }

  /** Follows the floor, or spins on it. Returns the way its rim went, metres. */
  roll(ground: number, dt: number, { wheelRadius }: WheelOptions): number {
    if (this.slipping) {
      this.rate += ((this.torque - this.force * wheelRadius) / WHEEL_INERTIA) * dt;
      const caught = (this.rate * wheelRadius - ground) * this.force <= 0;
      if (caught) this.slipping = false;
    }
    if (!this.slipping) this.rate = ground / wheelRadius;
    return this.rate * wheelRadius * dt;
  }
}

/** Two driven wheels on one axle, and what their encoders have counted. */
export class DifferentialDrive {
  readonly left = new Wheel();
  readonly right = new Wheel();
  /** Rim travel of this step, metres. */
  leftTravel = 0;
  rightTravel = 0;
  /** Metres between the wheels. */
  readonly track: number;
  private readonly options: WheelOptions;
  private readonly gain: number;
  private readonly grip: number;

  constructor(options: WheelOptions, mass: number) {
    this.track = options.track;
    this.options = options;
    this.gain = (mass * options.wheelRadius * options.wheelRadius) / (2 * RESPONSE);
    this.grip = (TRACTION * mass * GRAVITY) / 2;
  }

  /** @param forward m/s and @param turn rad/s of the body now; sets the forces of the wheels */
  push(command: VelocityCommand, forward: number, turn: number): void {
    const { track, wheelRadius } = this.options;
    const { left, right, gain, grip } = this;
    const half = track / 2;
    const leftTarget = (command.linear - command.angular * half) / wheelRadius;
    const rightTarget = (command.linear + command.angular * half) / wheelRadius;
    left.drive(leftTarget, forward - turn * half, gain, grip, this.options);
    right.drive(rightTarget, forward + turn * half, gain, grip, this.options);
  }

  /** After the body has moved at these speeds for `dt`. */
  roll(forward: number, turn: number, dt: number): void {
    const half = this.options.track / 2;
    this.leftTravel = this.left.roll(forward - turn * half, dt, this.options);
    this.rightTravel = this.right.roll(forward + turn * half, dt, this.options);
  }
}
