import { InputError } from '../base/errors.ts';
import { Boxes } from './geometry/boxes.ts';
import { HEADROOM } from './geometry/free-space.ts';
import type { RobotSetup, SimOptions } from './options.ts';

/** @throws InputError where no world can be made of the options: says which value, and what would be right */
export function checkOptions({ robots, scene, wheels, radio }: SimOptions): void {
  if (robots.length === 0) throw new InputError('robots', 'there is no robot; at least one is needed');
  const low = scene.solids.filter((solid) => solid.z - solid.hz < HEADROOM);
  const boxes = new Boxes(low);
  robots.forEach(({ profile, pose, mass }, i) => {
    positive(`robots[${i}].profile.cameraRateHz`, profile.cameraRateHz);
    positive(`robots[${i}].profile.radius`, profile.radius);
    positive(`robots[${i}].mass`, mass);
    const where = `robots[${i}].pose`;
    const [x, y] = pose;
    for (let s = 0; s < boxes.count; s++) {
      if (boxes.distance(s, x, y) >= profile.radius) continue;
      throw new InputError(
        where,
        `robot ${profile.id} at ${x}, ${y} stands in a ${low[s].kind}; put it on free floor`,
      );
    }
    const { minX, minY, maxX, maxY } = scene.bounds;
    if (!(x > minX && x < maxX && y > minY && y < maxY)) {
      const floor = `x ${minX}…${maxX}, y ${minY}…${maxY}`;
      throw new InputError(where, `robot ${profile.id} at ${x}, ${y} stands outside; the floor is ${floor}`);
    }
    const other = robots.slice(0, i).find((earlier) => clash(earlier, robots[i]));
    if (other)
      throw new InputError(
        where,
        `robot ${profile.id} clashes with robot ${other.profile.id}: ids must differ, footprints not overlap`,
      );
  });
  positive('wheels.track', wheels.track);
  positive('wheels.wheelRadius', wheels.wheelRadius);
  positive('wheels.maxTorque', wheels.maxTorque);
  positive('radio.range', radio.range);
  positive('radio.bandwidth', radio.bandwidth);
}

function clash(a: RobotSetup, b: RobotSetup): boolean {
  const [dx, dy] = [a.pose[0] - b.pose[0], a.pose[1] - b.pose[1]];
  const reach = a.profile.radius + b.profile.radius;
  return a.profile.id === b.profile.id || dx * dx + dy * dy < reach * reach;
}

function positive(where: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new InputError(where, `${value} must be a positive number`);
  }
}
