import { InputError } from '../base/errors.ts';
import { between, compose, type Pose, planarPose, poseOf, quaternionOf } from '../base/se3.ts';
import type { CameraRig } from '../base/sensors.ts';
import type { RobotProfile } from '../base/world.ts';
import { buildScene } from '../sim/build-scene.ts';
import type { LayoutOptions, RobotSetup, SimOptions } from '../sim/options.ts';
import type { Scene } from '../sim/scene.ts';
import { overridden } from './overrides.ts';
import { checkPlacement, startOf } from './placement.ts';
import type { Member, RobotSettings, Scenario } from './schema.ts';

export interface MissionChoices {
  /** Drives every noise of the mission; layout and appearance have their own seeds in the file. */
  readonly seed: number;
  /** Number of robots instead of what the file says. */
  readonly agents?: number;
  /** File the scenario came from, for messages; else its name. */
  readonly where?: string;
}

/**
 * Draws a scenario's scene and puts its robots into it.
 * @throws InputError where robots have no place, stand in something or outside, or in each other's way
 */
export function simOptions(scenario: Scenario, choices: MissionChoices): SimOptions {
  const where = choices.where ?? `scenario ${scenario.name}`;
  const count = choices.agents ?? scenario.team.agents;
  if (!Number.isInteger(count) || count < 1) {
    throw new InputError(where, `a team of ${count} robots cannot do anything; it should be 1 or more`);
  }
  const scene = sceneOf(scenario, where);
  const robots = setUpRobots(scenario, scene, count, where);
  checkPlacement(robots, scenario.team.robots, scene, where);
  const { camera, wheels, sightings, clocks } = scenario.noise;
  return { seed: choices.seed, scene, robots, camera, wheels, sightings, clocks, radio: scenario.radio };
}

function sceneOf(scenario: Scenario, where: string): Scene {
  try {
    return buildScene(layoutOptions(scenario.layout), scenario.appearance);
  } catch (error) {
    if (error instanceof InputError) throw new InputError(where, error.message, { cause: error });
    throw error;
  }
}

function layoutOptions(layout: Scenario['layout']): LayoutOptions {
  if (layout.kind !== 'explicit') return layout;
  const [minX, minY, maxX, maxY] = layout.bounds;
  return {
    ...layout,
    bounds: { minX, minY, maxX, maxY },
    solids: layout.solids.map((solid) => ({ ...solid, z: solid.z ?? solid.hz })),
  };
}

function setUpRobots(scenario: Scenario, scene: Scene, count: number, where: string): RobotSetup[] {
  const members = Array.from({ length: count }, (_, i): Member => scenario.team.robots[i] ?? {});
  const poses = members.map((member, i) => member.start ?? startOf(scene, i, where));
  const team = planarPose(...poses[0]);
  return members.map((member, id) => {
    const settings = overridden(scenario.robot, member);
    const start = scenario.initialPoses === 'known' ? between(team, planarPose(...poses[id])) : undefined;
    return {
      profile: profileOf(id, member.name ?? `robot ${id}`, settings, start),
      pose: poses[id],
      mass: settings.mass,
      diesAt: member.diesAt,
    };
  });
}

function profileOf(id: number, name: string, settings: RobotSettings, start: Pose | undefined): RobotProfile {
  const { camera, radius, maxSpeed, maxTurnRate, scan, sighting } = settings;
  const common = { id, name, rig: rigOf(camera), cameraRateHz: camera.rateHz };
  return { ...common, radius, maxSpeed, maxTurnRate, scan, sighting, ...(start && { start }) };
}

/** Columns: the optical frame's right, down and forward in a body that looks along +x (REP-103). */
const BODY_FROM_OPTICAL = [0, 0, 1, -1, 0, 0, 0, -1, 0];

function rigOf({ mount, rateHz: _, ...camera }: RobotSettings['camera']): CameraRig {
  const place = poseOf(
    mount.forward,
    0,
    mount.height,
    0,
    Math.sin(mount.pitch / 2),
    0,
    Math.cos(mount.pitch / 2),
  );
  const [x, y, z, w] = quaternionOf(BODY_FROM_OPTICAL);
  const { width, height, cx = (width - 1) / 2, cy = (height - 1) / 2 } = camera;
  return { ...camera, cx, cy, bodyFromCamera: compose(place, poseOf(0, 0, 0, x, y, z, w)) };
}
