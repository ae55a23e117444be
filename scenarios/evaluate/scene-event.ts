import type { SceneEvent } from '../../agents/events.ts';
import { compose, type Pose, planarPose, transformPoint, yawOf } from '../../base/se3.ts';
import type { Scene } from '../../sim/scene.ts';

/** The scene as the viewer draws it behind the map: in the team frame, so its bounds are those of the turned floor. */
export function sceneEventOf({ bounds, solids }: Scene, teamFromScene: Pose, time: number): SceneEvent {
  const boxes = new Float32Array(7 * solids.length);
  solids.forEach(({ x, y, z, hx, hy, hz, yaw }, i) => {
    const pose = compose(teamFromScene, planarPose(x, y, yaw, z));
    boxes.set([pose[0], pose[1], pose[2], hx, hy, hz, yawOf(pose)], 7 * i);
  });
  const corners = [bounds.minX, bounds.maxX].flatMap((x) =>
    [bounds.minY, bounds.maxY].map((y) => transformPoint(teamFromScene, [x, y, 0])),
  );
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return {
    type: 'scene',
    time,
    bounds: { minX: Math.min(...xs), minY: Math.min(...ys), maxX: Math.max(...xs), maxY: Math.max(...ys) },
    boxes,
  };
}
