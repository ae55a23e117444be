import type { Random } from '../base/random.ts';
import type { Pose } from '../base/se3.ts';
import type { SensorPacket } from '../base/sensors.ts';
import type { Body, RobotProfile, VelocityCommand } from '../base/world.ts';
import type { Fidelity } from './fidelity.ts';
import type { Cylinder, Obstacles } from './geometry/obstacles.ts';
import type { RobotSetup, SimOptions } from './options.ts';
import type { Physics, RobotBody } from './physics/physics.ts';
import type { Camera } from './sensors/camera.ts';
import { Clock } from './sensors/clock.ts';
import { WheelOdometry } from './sensors/odometry.ts';
import { DepthScanner } from './sensors/scan.ts';
import type { Spotter, Teammate } from './sensors/sightings.ts';

/** Seconds after which a command that nobody renews is dropped and the robot stops. */
const COMMAND_LIFE = 0.5;
const ROBOT_HEIGHT = 0.45;
const STANDSTILL: VelocityCommand = { linear: 0, angular: 0 };

/** The volume of a robot at its start. */
export function cylinderOf({ profile, pose }: RobotSetup): Cylinder {
  const [x, y, yaw] = pose;
  return { x, y, yaw, vx: 0, vy: 0, radius: profile.radius, height: ROBOT_HEIGHT, present: true };
}

/** What all robots of a world share. */
export interface Surroundings {
  readonly options: SimOptions;
  readonly physics: Physics;
  readonly obstacles: Obstacles;
  readonly fidelity: Fidelity;
  /** The whole team, alive or not. */
  readonly ids: readonly number[];
  /** Mission time, seconds. */
  readonly now: () => number;
}

/** A simulated robot: the body it drives and the senses it has. */
export class Robot implements Body, Teammate {
  readonly id: number;
  readonly profile: RobotProfile;
  readonly cylinder: Cylinder;
  sceneFromBody: Pose;
  /** Whom its last sightings really showed. */
  sighted: readonly number[] = [];
  private readonly around: Surroundings;
  private readonly body: RobotBody;
  private readonly diesAt: number;
  private readonly camera: Camera;
  private readonly odometry: WheelOdometry;
  private readonly scanner: DepthScanner;
  private readonly spotter: Spotter;
  private readonly clock: Clock;
  private commandedAt = Number.NEGATIVE_INFINITY;

  constructor(body: RobotBody, setup: RobotSetup, around: Surroundings, random: Random) {
    const { options, obstacles, fidelity, physics } = around;
    const { profile } = setup;
    this.id = profile.id;
    this.profile = profile;
    this.cylinder = body.cylinder;
    this.around = around;
    this.body = body;
    this.diesAt = setup.diesAt ?? Number.POSITIVE_INFINITY;
    this.sceneFromBody = physics.poseOf(body);
    const { camera, wheels, clocks } = options;
    this.camera = fidelity.newCamera(profile.rig, random.fork('camera'));
    this.odometry = new WheelOdometry(wheels, random.fork('odometry'));
    this.scanner = new DepthScanner(profile, camera, obstacles, random.fork('scan'));
    this.spotter = fidelity.newSpotter(profile, random.fork('sightings'));
    this.clock = new Clock(clocks, random.fork('clock'));
    body.onStep = () => this.odometry.count(body.drive.leftTravel, body.drive.rightTravel);
  }

  get isAlive(): boolean {
    return this.cylinder.present;
  }

  /** m/s along its heading and rad/s. */
  get velocity(): { readonly linear: number; readonly angular: number } {
    const { yaw, vx, vy } = this.cylinder;
    return { linear: Math.cos(yaw) * vx + Math.sin(yaw) * vy, angular: this.body.body.angularVelocity.z };
  }

  /** Speeds beyond what the robot can do are cut to that. */
  drive({ linear, angular }: VelocityCommand): void {
    const { maxSpeed, maxTurnRate } = this.profile;
    this.body.command = { linear: within(linear, maxSpeed), angular: within(angular, maxTurnRate) };
    this.commandedAt = this.around.now();
  }

  /** Before a tick that starts at `time`: drops a command grown old, dies when its time has come. */
  prepare(time: number): void {
    if (time - this.commandedAt > COMMAND_LIFE + 1e-9) this.body.command = STANDSTILL;
    if (this.isAlive && time >= this.diesAt - 1e-9) this.around.physics.remove(this.body);
  }

  /** After a tick. */
  locate(): void {
    this.sceneFromBody = this.around.physics.poseOf(this.body);
  }

  /**
   * @param time mission time, seconds: what it senses carries that of its own clock
   * @param living the robots alive now, by rising id
   */
  sense(time: number, living: readonly Teammate[]): SensorPacket {
    const { sceneFromBody, cylinder } = this;
    const { vx, vy } = cylinder;
    const turnRate = this.body.body.angularVelocity.z;
    const camera = this.camera.capture({ sceneFromBody, vx, vy, turnRate, self: cylinder });
    const seen = this.spotter.look(this, living, this.around.ids, camera);
    this.sighted = seen.map(({ actual }) => actual);
    const { bumped } = this.body;
    this.body.bumped = false;
    return {
      agent: this.id,
      time: this.clock.read(time),
      camera,
      odometry: this.odometry.take(),
      scan: this.scanner.scan(sceneFromBody, cylinder),
      sightings: seen.map(({ sighting }) => sighting),
      bumped,
    };
  }
}

/** Not a number counts as standing still. */
function within(value: number, limit: number): number {
  return Number.isNaN(value) ? 0 : Math.max(-limit, Math.min(limit, value));
}
