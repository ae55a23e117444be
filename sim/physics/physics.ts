import { Body, Box, GSSolver, Sphere, Vec3, World } from 'cannon-es';
import { type Pose, planarPose } from '../../base/se3.ts';
import type { RobotProfile, VelocityCommand } from '../../base/world.ts';
import { HEADROOM } from '../geometry/free-space.ts';
import type { Cylinder, Obstacles } from '../geometry/obstacles.ts';
import type { RobotSetup, WheelOptions } from '../options.ts';
import type { Scene, Solid } from '../scene.ts';
import { DifferentialDrive, TRACTION } from './drive.ts';
import { BoxFriction, GRAVITY, SidewaysGrip } from './friction.ts';
import { footprint, NearbyPairs, setFootprint } from './nearby-pairs.ts';
import type { Walker } from './people.ts';

/** Longest step of the solver, seconds. */
const LONGEST_STEP = 0.02;
const BOX_FRICTION = 0.45;
const CONTACT_FRICTION = 0.3;
/** A box sleeps when nothing that moves is nearer than this (metres) and it is slower than this (m/s, rad/s). */
const WAKE_DISTANCE = 0.06;
const REST_SPEED = 0.01;

/** A robot as the physics has it. */
export interface RobotBody {
  readonly profile: RobotProfile;
  readonly body: Body;
  readonly cylinder: Cylinder;
  readonly drive: DifferentialDrive;
  command: VelocityCommand;
  /** Something has touched it since someone last set this to false. */
  bumped: boolean;
  /** Called after each step of the solver. */
  onStep: () => void;
}

/**
 * The physical world: everything moves on the floor plane, so bodies are upright prisms that neither tilt nor lift and
 * gravity acts only through friction. Walls and furniture stand still; boxes with a mass are pushed; robots drive by the
 * torque of their wheels; people walk where they want.
 */
export class Physics {
  readonly robots: readonly RobotBody[];
  readonly dt: number;
  private readonly steps: number;
  private readonly world = new World({ gravity: new Vec3(0, 0, 0), allowSleep: false });
  private readonly pairs = new NearbyPairs();
  private readonly floor = new Body({ mass: 0 });
  private readonly boxes: readonly LooseBox[];
  private readonly people: readonly { readonly walker: Walker; readonly body: Body }[];
  private readonly obstacles: Obstacles;

  /** @param tick seconds a call of `advance` takes; `cylinders[i]` belongs to `setups[i]` */
  constructor(
    scene: Scene,
    obstacles: Obstacles,
    setups: readonly RobotSetup[],
    cylinders: readonly Cylinder[],
    walkers: readonly Walker[],
    wheels: WheelOptions,
    tick: number,
  ) {
    this.obstacles = obstacles;
    this.steps = Math.ceil(tick / LONGEST_STEP - 1e-9);
    this.dt = tick / this.steps;
    const { world } = this;
    world.broadphase = this.pairs;
    world.solver = solver();
    world.frictionGravity = new Vec3(0, 0, -GRAVITY * this.dt);
    world.defaultContactMaterial.friction = CONTACT_FRICTION;
    world.defaultContactMaterial.restitution = 0;
    this.robots = setups.map((setup, i) => this.addRobot(setup, cylinders[i], wheels));
    this.people = walkers.map((walker) => ({ walker, body: this.addPerson(walker) }));
    this.boxes = obstacles.looseSolids.map((solid) => this.addBox(solid));
    for (const solid of scene.solids) if (solid.mass === undefined) this.addStill(solid);
    this.pairs.movable = world.bodies.slice();
  }

  /** One tick, in steps short enough for the solver. */
  advance(): void {
    for (let step = 0; step < this.steps; step++) {
      this.walk();
      this.drive();
      this.wakeBoxes();
      this.world.step(this.dt);
      this.settle();
      this.feelBumps();
    }
  }

  poseOf(robot: RobotBody): Pose {
    const { position, quaternion } = robot.body;
    return planarPose(position.x, position.y, 2 * Math.atan2(quaternion.z, quaternion.w));
  }

  /** Takes a dead robot out of the world. */
  remove(robot: RobotBody): void {
    robot.cylinder.present = false;
    const grip = this.world.constraints.find((constraint) => constraint.bodyB === robot.body);
    if (grip) this.world.removeConstraint(grip);
    this.world.removeBody(robot.body);
    this.pairs.movable = this.pairs.movable.filter((body) => body !== robot.body);
  }

  private walk(): void {
    const { cylinders, loose } = this.obstacles;
    for (const { walker, body } of this.people) {
      walker.decide(this.dt, cylinders, loose);
      body.velocity.set(walker.cylinder.vx, walker.cylinder.vy, 0);
    }
  }

  private drive(): void {
    for (const { body, drive, command, cylinder } of this.robots) {
      if (!cylinder.present) continue;
      const [c, s] = [Math.cos(cylinder.yaw), Math.sin(cylinder.yaw)];
      const forward = c * body.velocity.x + s * body.velocity.y;
      drive.push(command, forward, body.angularVelocity.z);
      const force = drive.left.force + drive.right.force;
      body.force.set(force * c, force * s, 0);
      body.torque.set(0, 0, ((drive.right.force - drive.left.force) * drive.track) / 2);
    }
  }

  /** Boxes near something that moves take part; the rest cost nothing. */
  private wakeBoxes(): void {
    const active: Body[] = [];
    for (const { body, cylinder } of this.robots) if (cylinder.present) active.push(body);
    for (const { body } of this.people) active.push(body);
    const movers = active.length;
    const awake = this.boxes.filter(({ body }) => !isResting(body));
    for (const box of this.boxes) {
      const moving = !isResting(box.body);
      const touched =
        active.slice(0, movers).some((other) => isNear(box.body, other)) ||
        awake.some((other) => other !== box && isNear(box.body, other.body));
      if (moving || touched) {
        if (box.body.sleepState === Body.SLEEPING) box.body.wakeUp();
        box.friction.enable();
        active.push(box.body);
      } else if (box.body.sleepState !== Body.SLEEPING) {
        box.body.sleep();
        box.friction.disable();
      }
    }
    this.pairs.active = active;
  }

  /** Where everything is now, for the sensors and for the step to come. */
  private settle(): void {
    for (const { walker, body } of this.people) {
      walker.cylinder.x = body.position.x;
      walker.cylinder.y = body.position.y;
    }
    this.boxes.forEach(({ body }, i) => {
      if (body.sleepState === Body.SLEEPING) return;
      const yaw = 2 * Math.atan2(body.quaternion.z, body.quaternion.w);
      this.obstacles.loose.place(i, body.position.x, body.position.y, yaw);
    });
    for (const robot of this.robots) {
      const { body, cylinder, drive } = robot;
      if (!cylinder.present) continue;
      cylinder.x = body.position.x;
      cylinder.y = body.position.y;
      const before = cylinder.yaw;
      cylinder.yaw = 2 * Math.atan2(body.quaternion.z, body.quaternion.w);
      cylinder.vx = body.velocity.x;
      cylinder.vy = body.velocity.y;
      const middle = before + (body.angularVelocity.z * this.dt) / 2;
      const forward = Math.cos(middle) * body.velocity.x + Math.sin(middle) * body.velocity.y;
      drive.roll(forward, body.angularVelocity.z, this.dt);
      robot.onStep();
    }
  }

  private feelBumps(): void {
    for (const { bi, bj } of this.world.contacts) {
      for (const robot of this.robots) if (robot.body === bi || robot.body === bj) robot.bumped = true;
    }
  }

  private addRobot(setup: RobotSetup, cylinder: Cylinder, wheels: WheelOptions): RobotBody {
    const { radius } = setup.profile;
    const [x, y, yaw] = setup.pose;
    const body = upright(new Body({ mass: setup.mass, shape: new Sphere(radius) }), radius, x, y, yaw);
    setInertia(body, (setup.mass * radius * radius) / 2);
    this.world.addBody(body);
    this.world.addConstraint(new SidewaysGrip(body, this.floor, TRACTION, this.dt));
    return {
      profile: setup.profile,
      body,
      cylinder,
      drive: new DifferentialDrive(wheels, setup.mass),
      command: { linear: 0, angular: 0 },
      bumped: false,
      onStep() {},
    };
  }

  private addPerson({ cylinder }: Walker): Body {
    const { x, y, radius } = cylinder;
    const body = new Body({ mass: 0, type: Body.KINEMATIC, shape: new Sphere(radius) });
    upright(body, radius, x, y, 0);
    this.world.addBody(body);
    return body;
  }

  private addBox(solid: Solid): LooseBox {
    const mass = solid.mass!;
    const radius = Math.sqrt(solid.hx * solid.hx + solid.hy * solid.hy);
    const body = new Body({ mass, shape: prism(solid) });
    upright(body, radius, solid.x, solid.y, solid.yaw);
    setInertia(body, (mass * radius * radius) / 3);
    this.world.addBody(body);
    const friction = new BoxFriction(body, this.floor, BOX_FRICTION, radius, this.dt);
    this.world.addConstraint(friction);
    return { body, friction };
  }

  private addStill(solid: Solid): void {
    if (solid.z - solid.hz > HEADROOM) return;
    const body = new Body({ mass: 0, shape: prism(solid) });
    this.pairs.addStill(upright(body, Math.max(solid.hx, solid.hy), solid.x, solid.y, solid.yaw));
  }
}

interface LooseBox {
  readonly body: Body;
  readonly friction: BoxFriction;
}

/** It never stops early: when it would depends on contacts anywhere, and far robots must not change near ones. */
function solver(): GSSolver {
  const made = new GSSolver();
  made.iterations = 10;
  made.tolerance = 0;
  return made;
}

/** Tall enough that contacts are always with its sides. */
function prism({ hx, hy }: Solid): Box {
  return new Box(new Vec3(hx, hy, 1));
}

function upright(body: Body, radius: number, x: number, y: number, yaw: number): Body {
  body.position.set(x, y, 0);
  body.quaternion.set(0, 0, Math.sin(yaw / 2), Math.cos(yaw / 2));
  body.linearFactor.set(1, 1, 0);
  body.angularFactor.set(0, 0, 1);
  body.linearDamping = 0;
  body.angularDamping = 0;
  setFootprint(body, radius);
  return body;
}

/** kg m² about the vertical; the other axes are held by the angular factor. */
function setInertia(body: Body, aboutZ: number): void {
  body.inertia.set(0, 0, aboutZ);
  body.invInertia.set(0, 0, 1 / aboutZ);
  body.updateInertiaWorld(true);
}

function isResting({ velocity, angularVelocity }: Body): boolean {
  return (
    velocity.x * velocity.x + velocity.y * velocity.y < REST_SPEED * REST_SPEED &&
    Math.abs(angularVelocity.z) < REST_SPEED
  );
}

function isNear(a: Body, b: Body): boolean {
  const dx = a.position.x - b.position.x;
  const dy = a.position.y - b.position.y;
  const reach = footprint(a) + footprint(b) + WAKE_DISTANCE;
  return dx * dx + dy * dy < reach * reach;
}
