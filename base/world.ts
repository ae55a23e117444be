import type { Pose } from './se3.ts';
import type { CameraRig, SensorPacket } from './sensors.ts';

/** What an engineer knows about a robot before the mission starts. */
export interface RobotProfile {
  /** Unique, ≥ 0. */
  readonly id: number;
  readonly name: string;
  readonly rig: CameraRig;
  /** Rate of sensor packets, Hz. */
  readonly cameraRateHz: number;
  /** Radius of the footprint, metres. */
  readonly radius: number;
  /** m/s and rad/s. */
  readonly maxSpeed: number;
  readonly maxTurnRate: number;
  /** The coarse depth scan: field of view (radians, centred on +x) and range (metres). */
  readonly scan: { readonly fov: number; readonly maxRange: number };
  /** Where and how far (metres) a teammate can be recognised; `fov` in radians, centred on +x. */
  readonly sighting: {
    readonly fov: number;
    readonly minRange: number;
    readonly maxRange: number;
  };
  /** `teamFromBody` at the start; absent where the team does not know its initial relative poses. */
  readonly start?: Pose;
}

export interface VelocityCommand {
  /** m/s along body x. */
  readonly linear: number;
  /** rad/s about body z. */
  readonly angular: number;
}

/** One robot's actuators. A command holds until the next one; a world may expire it. */
export interface Body {
  readonly profile: RobotProfile;
  drive(command: VelocityCommand): void;
}

export interface RadioMessage {
  readonly from: number;
  readonly kind: string;
  readonly bytes: Uint8Array;
}

/** The radio. Messages may be late, lost or doubled. */
export interface Link {
  /** To one robot, or to everyone in reach. */
  send(from: number, to: number | 'all', kind: string, bytes: Uint8Array): void;
  /** Takes what has arrived at a robot since the last call, in order of arrival. */
  receive(agent: number): RadioMessage[];
  /** Bytes a robot has sent so far, by kind of message. */
  bytesSent(agent: number): ReadonlyMap<string, number>;
}

/** Where robots live: a simulation, a recording or a ROS graph. */
export interface World {
  /** Seconds between ticks. */
  readonly tick: number;
  /** Mission time, seconds. */
  readonly time: number;
  /** The living robots, by rising id. */
  readonly bodies: readonly Body[];
  readonly link: Link;
  /** Advances one tick under the commands last given; the packets sensed, by rising agent id. */
  step(): SensorPacket[] | Promise<SensorPacket[]>;
}
