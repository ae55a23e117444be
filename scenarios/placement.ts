import { InputError } from '../base/errors.ts';
import type { RobotSetup } from '../sim/options.ts';
import type { Scene, Solid } from '../sim/scene.ts';
import { floorDistance, standsBelow } from './evaluate/solids.ts';
import type { Member } from './schema.ts';

/** The place the scene offers its i-th robot. @throws InputError where it has none */
export function startOf(scene: Scene, i: number, where: string): Scene['starts'][number] {
  if (i < scene.starts.length) return scene.starts[i];
  const room = `the layout has places for ${scene.starts.length} robots to start`;
  const advice = 'take fewer (team.agents), spell out team.robots[…].start, or choose a larger layout';
  throw new InputError(where, `no place for robot ${i}: ${room}; ${advice}`);
}

/** @throws InputError naming the first robot that cannot stand where it should, and why */
export function checkPlacement(
  robots: readonly RobotSetup[],
  members: readonly Member[],
  scene: Scene,
  where: string,
): void {
  robots.forEach(({ profile: { radius }, pose }, i) => {
    const [x, y] = pose;
    const fail = (why: string): never => {
      const source = members[i]?.start ? `team.robots[${i}].start is` : `robot ${i} starts at`;
      throw new InputError(where, `${source} [${pose.map(short).join(', ')}], ${why}`);
    };
    const { minX, minY, maxX, maxY } = scene.bounds;
    if (x - radius < minX || x + radius > maxX || y - radius < minY || y + radius > maxY) {
      const size = `x ${short(minX)} to ${short(maxX)}, y ${short(minY)} to ${short(maxY)}`;
      fail(`outside the floor (${size}); it should be ${radius} m or more inside`);
    }
    const inTheWay = scene.solids.find((s) => standsBelow(s) && floorDistance(s, x, y) < radius);
    if (inTheWay) fail(`inside ${described(inTheWay)}; it should be ${radius} m or more clear of everything`);
    const other = robots.findIndex((robot, j) => j < i && overlap(robots[i], robot));
    if (other >= 0) fail(`where robot ${other} stands; robots should not overlap`);
  });
}

function overlap(a: RobotSetup, b: RobotSetup): boolean {
  const apart = Math.hypot(a.pose[0] - b.pose[0], a.pose[1] - b.pose[1]);
  return apart < a.profile.radius + b.profile.radius;
}

function described({ kind, id, x, y, hx, hy }: Solid): string {
  return `${kind} ${id} (${short(2 * hx)} m × ${short(2 * hy)} m at ${short(x)}, ${short(y)})`;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
