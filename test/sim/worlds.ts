import { poseOf } from '../../base/se3.ts';
import type { FeatureFrame, SensorPacket } from '../../base/sensors.ts';
import type { RobotProfile } from '../../base/world.ts';
import { buildScene } from '../../sim/build-scene.ts';
import type { AppearanceOptions, RobotSetup, SimOptions } from '../../sim/options.ts';
import type { Person, Scene, Solid } from '../../sim/scene.ts';
import { SimWorld } from '../../sim/world.ts';

export const APPEARANCE: AppearanceOptions = {
  seed: 1,
  texture: 40,
  bare: 0,
  repeated: 0,
  light: 1,
  bareAreas: [],
};

export function profile(id: number, changes: Partial<RobotProfile> = {}): RobotProfile {
  return {
    id,
    name: `robot ${id}`,
    rig: {
      kind: 'rgbd',
      width: 640,
      height: 480,
      fx: 385,
      fy: 385,
      cx: 319.5,
      cy: 239.5,
      baseline: 0.08,
      closeDepth: 4,
      bodyFromCamera: poseOf(0.1, 0, 0.35, -0.5, 0.5, -0.5, 0.5),
      pyramid: { levels: 8, scaleFactor: 1.2 },
    },
    cameraRateHz: 10,
    radius: 0.22,
    maxSpeed: 0.7,
    maxTurnRate: 1.2,
    scan: { fov: 1.5, maxRange: 8 },
    sighting: { fov: 1.2, minRange: 0.5, maxRange: 8 },
    ...changes,
  };
}

export function robot(id: number, pose: RobotSetup['pose'], changes: Partial<RobotSetup> = {}): RobotSetup {
  return { profile: profile(id), pose, mass: 12, ...changes };
}

/** An upright box standing on the floor. */
export function box(
  kind: Solid['kind'],
  x: number,
  y: number,
  hx: number,
  hy: number,
  height: number,
  mass?: number,
): Omit<Solid, 'id' | 'material'> {
  return { kind, x, y, z: height / 2, hx, hy, hz: height / 2, yaw: 0, ...(mass ? { mass } : {}) };
}

/** A walled hall of 12 × 10 m, and what else should stand in it. */
export function hall(
  solids: readonly Omit<Solid, 'id' | 'material'>[] = [],
  appearance: Partial<AppearanceOptions> = {},
  persons: readonly Person[] = [],
): Scene {
  const walls = [
    box('wall', 6, 0, 6, 0.06, 2.7),
    box('wall', 6, 10, 6, 0.06, 2.7),
    box('wall', 0, 5, 0.06, 5, 2.7),
    box('wall', 12, 5, 0.06, 5, 2.7),
  ];
  return buildScene(
    {
      kind: 'explicit',
      bounds: { minX: 0, minY: 0, maxX: 12, maxY: 10 },
      ceiling: 2.7,
      solids: [...walls, ...solids],
      persons,
      starts: [],
    },
    { ...APPEARANCE, ...appearance },
  );
}

export const QUIET: Omit<SimOptions, 'scene' | 'robots'> = {
  seed: 1,
  camera: {
    maxFeatures: 300,
    pixelSigma: 0.7,
    depthSigma: [0.002, 0.0025],
    maxDepth: 8,
    bitFlip: 0.05,
    outlierShare: 0,
    exposure: 0.008,
  },
  wheels: { track: 0.34, wheelRadius: 0.07, maxTorque: 1, slip: 0.03, calibration: 0.01 },
  sightings: {
    detection: 1,
    wrongIdentity: 0,
    mirror: 0,
    bearingSigma: 0.01,
    rangeSigma: 0.02,
    headingSigma: 0.05,
  },
  clocks: { offset: 0, drift: 0 },
  radio: { range: 25, wallLoss: 4, bandwidth: 250_000, delay: 0.05, loss: 0 },
};

export function makeWorld(
  scene: Scene,
  robots: readonly RobotSetup[],
  options: Partial<SimOptions> = {},
): SimWorld {
  return new SimWorld({ ...QUIET, scene, robots, ...options });
}

/** Drives every robot the same way for some seconds; the packets of the last tick. */
export function run(world: SimWorld, seconds: number, linear = 0, angular = 0): SensorPacket[] {
  let packets: SensorPacket[] = [];
  const ticks = Math.round(seconds / world.tick);
  for (let i = 0; i < ticks; i++) {
    for (const body of world.bodies) body.drive({ linear, angular });
    packets = world.step();
  }
  return packets;
}

export function features(packet: SensorPacket): FeatureFrame {
  return packet.camera as FeatureFrame;
}
