import { inverse, transformPoint } from '../../base/se3.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';

/** This many of the nearest keypoints become points even where their depth alone is weak. */
const AT_LEAST = 100;

/** Makes map points of a keyframe's unmatched keypoints with depth: all close ones, and the nearest of the rest. */
export function createPoints(map: SlamMap, keyframe: Keyframe, camera: CameraModel): MapPoint[] {
  const { rig } = camera;
  const { features } = keyframe;
  const withDepth: number[] = [];
  for (let k = 0; k < features.count; k++) if (features.depth[k] > 0) withDepth.push(k);
  withDepth.sort((a, b) => features.depth[a] - features.depth[b] || a - b);
  const worldFromCamera = inverse(keyframe.cameraFromWorld);
  const created: MapPoint[] = [];
  for (let i = 0; i < withDepth.length; i++) {
    const k = withDepth[i];
    const z = features.depth[k];
    if (z > rig.closeDepth && i >= AT_LEAST) break;
    if (keyframe.points[k]) continue;
    const x = ((features.x[k] - rig.cx) * z) / rig.fx;
    const y = ((features.y[k] - rig.cy) * z) / rig.fy;
    const world = transformPoint(worldFromCamera, [x, y, z]);
    created.push(map.addPoint(world[0], world[1], world[2], keyframe, k));
  }
  return created;
}
