import { InputError } from '../../base/errors.ts';
import type { CameraRig } from '../../base/sensors.ts';

/**
 * Keypoints of a map mean something only to the camera it was made with.
 * @param where the map's file, for messages
 * @throws InputError that names the first thing in which the cameras differ
 */
export function requireSameRig(mapped: CameraRig, present: CameraRig, where: string): void {
  const was = facts(mapped);
  const is = facts(present);
  for (const name of Object.keys(was)) {
    if (was[name] === is[name]) continue;
    throw new InputError(
      where,
      `was made with another camera: its ${name} is ${was[name]}, this one's ${is[name]}`,
    );
  }
}

function facts(rig: CameraRig): Record<string, string | number> {
  const { kind, width, height, fx, fy, cx, cy, baseline, pyramid } = rig;
  return {
    sensor: kind,
    image: `${width}×${height}`,
    fx,
    fy,
    cx,
    cy,
    distortion: rig.distortion?.some((k) => k !== 0) ? `[${rig.distortion.join(', ')}]` : 'none',
    baseline,
    'pose on the body': `[${rig.bodyFromCamera.join(', ')}]`,
    pyramid: `${pyramid.levels} levels by ${pyramid.scaleFactor}`,
  };
}
