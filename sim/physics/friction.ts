import { type Body, Constraint, FrictionEquation, RotationalMotorEquation, Vec3 } from 'cannon-es';

export const GRAVITY = 9.81;

/**
 * What the floor does to bodies, as equations of the contact solver, so that what stands stays put under a push too weak
 * to move it. Limits of cannon-es's equations are impulses: a force times the step.
 */

/** A box on the floor: Coulomb friction in both directions and against turning. */
export class BoxFriction extends Constraint {
  constructor(box: Body, floor: Body, coefficient: number, radius: number, dt: number) {
    super(floor, box, { wakeUpBodies: false });
    const impulse = coefficient * box.mass * GRAVITY * dt;
    for (const direction of [new Vec3(1, 0, 0), new Vec3(0, 1, 0)]) {
      const equation = new FrictionEquation(floor, box, impulse);
      equation.t.copy(direction);
      this.equations.push(equation);
    }
    const turning = new RotationalMotorEquation(floor, box, TURNING_ARM * radius * impulse);
    turning.axisA.set(0, 0, 1);
    turning.axisB.set(0, 0, 1);
    this.equations.push(turning);
    for (const equation of this.equations) equation.setSpookParams(STIFFNESS, RELAXATION, dt);
  }

  override update(): void {}
}

/** Wheels do not go sideways, as far as their grip reaches. */
export class SidewaysGrip extends Constraint {
  private readonly robot: Body;
  private readonly equation: FrictionEquation;
  private readonly dt: number;

  constructor(robot: Body, floor: Body, coefficient: number, dt: number) {
    super(floor, robot, { wakeUpBodies: false });
    this.robot = robot;
    this.dt = dt;
    this.equation = new FrictionEquation(floor, robot, coefficient * robot.mass * GRAVITY * dt);
    this.equation.setSpookParams(STIFFNESS, RELAXATION, dt);
    this.equations.push(this.equation);
  }

  /** Holds the direction to the left of where the robot will head half way through the step. */
  override update(): void {
    const { quaternion, angularVelocity } = this.robot;
    const yaw = 2 * Math.atan2(quaternion.z, quaternion.w) + (angularVelocity.z * this.dt) / 2;
    this.equation.t.set(-Math.sin(yaw), Math.cos(yaw), 0);
  }
}

const STIFFNESS = 1e9;
const RELAXATION = 3;
/** Mean lever arm of a footprint's friction as a share of its radius. */
const TURNING_ARM = 0.6;
