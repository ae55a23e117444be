import type { RobotProfile } from '../base/world.ts';
import type { Scene } from './scene.ts';

/** Everything a simulated world is made from; a scenario file fills it in. Units: metres, seconds, radians, kilograms. */
export interface SimOptions {
  readonly seed: number;
  readonly scene: Scene;
  readonly robots: readonly RobotSetup[];
  readonly camera: CameraNoise;
  readonly wheels: WheelOptions;
  readonly sightings: SightingOptions;
  /** Robots never know a teammate when they see one. */
  readonly strangers?: boolean;
  readonly clocks: ClockOptions;
  readonly radio: RadioOptions;
}

export interface RobotSetup {
  readonly profile: RobotProfile;
  /** Where it really stands at time 0, scene frame: x, y, yaw. The agent is told only `profile.start`. */
  readonly pose: readonly [number, number, number];
  readonly mass: number;
  /** Mission time at which it dies and falls silent, if it does. */
  readonly diesAt?: number;
}

/** Layout: what stands where. Each kind is drawn from `seed`; `explicit` spells it out. */
export type LayoutOptions =
  | {
      readonly kind: 'office' | 'warehouse' | 'corridors' | 'plaza';
      readonly seed: number;
      /** Extent along x and y, metres. */
      readonly width: number;
      readonly depth: number;
      /** 0…1: how much loose clutter stands around. */
      readonly clutter: number;
      /** Number of people walking. */
      readonly people: number;
    }
  | {
      readonly kind: 'explicit';
      readonly bounds: Scene['bounds'];
      readonly ceiling: number;
      readonly solids: readonly Omit<Scene['solids'][number], 'id' | 'material'>[];
      readonly persons: Scene['persons'];
      readonly starts: Scene['starts'];
    };

/** Appearance: how much there is to see, independent of the layout. */
export interface AppearanceOptions {
  readonly seed: number;
  /** Corners per square metre of a well-textured wall. */
  readonly texture: number;
  /** 0…1: share of walls (whole rooms or stretches at a time) left bare. */
  readonly bare: number;
  /** 0…1: share of textured walls that carry a repeating pattern. */
  readonly repeated: number;
  /** 0…1. */
  readonly light: number;
  /** Rectangles where nothing has texture, whatever the seed says: minX, minY, maxX, maxY. */
  readonly bareAreas: readonly (readonly [number, number, number, number])[];
}

/** What a camera can and how it errs; `pixelSigma`, `bitFlip` and `outlierShare` are of keypoints in the `features` fidelity alone. */
export interface CameraNoise {
  /** Most keypoints a frame. */
  readonly maxFeatures: number;
  /** Standard deviation of a keypoint at level 0, pixels. */
  readonly pixelSigma: number;
  /** Depth noise σ(z) = a + b·z². */
  readonly depthSigma: readonly [number, number];
  readonly maxDepth: number;
  /** Expected share of bits flipped in a descriptor, head-on in good light. */
  readonly bitFlip: number;
  /** Share of keypoints that belong to nothing. */
  readonly outlierShare: number;
  /** Exposure, seconds: a feature moving more than a few pixels in it is lost to blur. */
  readonly exposure: number;
}

export interface WheelOptions {
  /** Metres. */
  readonly track: number;
  readonly wheelRadius: number;
  /** Newton metres a wheel at most. */
  readonly maxTorque: number;
  /** Standard deviation of the slip of a wheel as a share of its motion, over 1 cm of it (independent from one to the next). */
  readonly slip: number;
  /** Standard deviation of a constant error, as a share of the motion: common to both wheels; they differ by a twentieth of it. */
  readonly calibration: number;
}

export interface SightingOptions {
  /** Probability that a teammate whose markers can be read is recognised in a frame. */
  readonly detection: number;
  readonly wrongIdentity: number;
  /** Probability, at the farthest range, that its mirror image is taken for it; falls with the fourth power of the range. */
  readonly mirror: number;
  /** σ of the bearing, radians. */
  readonly bearingSigma: number;
  /** σ of the range at 5 m, as a share of it; the share grows with the range. */
  readonly rangeSigma: number;
  /** σ of the peer's heading at 5 m, radians; grows with the cube of the range. */
  readonly headingSigma: number;
}

export interface ClockOptions {
  /** σ of how far a robot's clock is off at mission time 0, seconds. */
  readonly offset: number;
  /** σ of how wrong its rate is, millionths. */
  readonly drift: number;
}

export interface RadioOptions {
  readonly range: number;
  /** Metres of range one wall costs. */
  readonly wallLoss: number;
  /** Bytes per second a robot may send. */
  readonly bandwidth: number;
  /** Mean delay, seconds. */
  readonly delay: number;
  /** 0…1: share of messages lost at the edge of the range; near the sender none is. */
  readonly loss: number;
}
