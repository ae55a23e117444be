import type { PoseEvent, ScanEvent } from '../../agents/events.ts';
import { compose, identity, inverse, type Pose, planarPose } from '../../base/se3.ts';
import type { RobotProfile } from '../../base/world.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { simOptions } from '../../scenarios/sim-options.ts';
import type { Scene, Solid } from '../../sim/scene.ts';
import type { MapChanges } from '../../slam/types.ts';

type Box = Partial<Solid> & Pick<Solid, 'x' | 'y' | 'hx' | 'hy'>;

export function box(solid: Box): Solid {
  return { id: 9, kind: 'furniture', z: 0.5, hz: 0.5, yaw: 0, material: 0, ...solid };
}

/** A room of 6 m × 6 m inside walls of 0.1 m, floor and ceiling (2.5 m), and what else is wanted. */
export function squareRoom(...others: readonly Solid[]): Scene {
  const wall = (x: number, y: number, hx: number, hy: number) =>
    box({ x, y, hx, hy, kind: 'wall', z: 1.25, hz: 1.25 });
  return {
    bounds: { minX: -0.1, minY: -0.1, maxX: 6.1, maxY: 6.1 },
    ceiling: 2.5,
    floorMaterial: 0,
    ceilingMaterial: 0,
    materials: [{ name: 'plain', texture: 0, contrast: 0 }],
    solids: [
      wall(3, -0.05, 3.1, 0.05),
      wall(3, 6.05, 3.1, 0.05),
      wall(-0.05, 3, 0.05, 3.1),
      wall(6.05, 3, 0.05, 3.1),
      ...others,
    ],
    persons: [],
    starts: [[3, 3, 0]],
    light: 1,
    bareAreas: [],
    textureSeed: 0,
  };
}

/** Cells on the four walls of the square room. */
export const ROOM_CELLS = 4 * 60;

export function robots(count: number): RobotProfile[] {
  const starts = Array.from({ length: count }, (_, i) => `[${1 + i}, 1, 0]`).join(', ');
  const text = `name: robots\nteam: { agents: ${count} }\nlayout:\n  kind: explicit\n  bounds: [0, 0, 99, 9]\n  starts: [${starts}]\n`;
  return simOptions(parseScenario(text, 'test'), { seed: 1 }).robots.map(({ profile }) => profile);
}

/** A scan all around (or within `fov`) from a pose in the empty square room. */
export function scanInRoom(time: number, agent: number, [x, y, yaw]: Place, fov = 2 * Math.PI): ScanEvent {
  const count = Math.round((fov / (2 * Math.PI)) * 720);
  const angleStep = (2 * Math.PI) / 720;
  const angleMin = -fov / 2;
  const ranges = Float32Array.from({ length: count }, (_, i) => {
    const angle = yaw + angleMin + i * angleStep;
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    return Math.min(dx > 0 ? (6 - x) / dx : -x / dx, dy > 0 ? (6 - y) / dy : -y / dy);
  });
  return { type: 'scan', time, agent, angleMin, angleStep, ranges, maxRange: 8 };
}

export type Place = readonly [number, number, number];

/** An agent that thinks its body is at `estimate` (team frame), on a keyframe that stands at `keyframe`. */
export function poseEvent(
  time: number,
  agent: number,
  estimate: Place,
  more: Partial<PoseEvent> & { keyframePose?: Pose } = {},
): PoseEvent {
  const { keyframePose = identity(), ...event } = more;
  const worldFromBody = planarPose(...estimate);
  return {
    type: 'pose',
    time,
    agent,
    state: 'tracking',
    worldFromBody,
    positionSigma: 0.01,
    expected: 100,
    inliers: 90,
    referenceKeyframe: 0,
    keyframeFromBody: compose(inverse(keyframePose), worldFromBody),
    trackedPixels: new Float32Array(0),
    trackMs: 0,
    ...event,
  };
}

export function changes(of: {
  added?: readonly [number, Pose][];
  moved?: readonly [number, Pose][];
  removed?: readonly number[];
  points?: readonly (readonly [number, number, number])[];
}): MapChanges {
  const keyframes = (list: readonly [number, Pose][] = []) => ({
    ids: Int32Array.from(list, ([id]) => id),
    poses: Float64Array.from(list.flatMap(([, pose]) => [...pose])),
  });
  const points = of.points ?? [];
  return {
    keyframesAdded: keyframes(of.added),
    keyframesMoved: keyframes(of.moved),
    keyframesRemoved: Int32Array.from(of.removed ?? []),
    pointsAdded: {
      ids: Int32Array.from(points, (_, i) => i),
      positions: Float32Array.from(points.flat()),
    },
    pointsMoved: { ids: new Int32Array(0), positions: new Float32Array(0) },
    pointsRemoved: new Int32Array(0),
    covisibilityAdded: new Int32Array(0),
  };
}
