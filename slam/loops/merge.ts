import { compose, inverse } from '../../base/se3.ts';
import {
  composeSimilarity,
  inverseSimilarity,
  similarityOf,
  transformBySimilarity,
} from '../../base/sim3.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import type { Loop } from './loop-detector.ts';

/**
 * A keyframe of one part of the map sees a place of another: the younger part is carried into the world of the older and they
 * become one.
 * @returns metres now over metres before, about each keyframe
 */
export function mergeParts(map: SlamMap, loop: Loop, camera: CameraModel): (keyframe: Keyframe) => number {
  const { here, there, thereFromHere } = loop;
  const hereMoves = here.part > there.part;
  const [moving, standing] = hereMoves ? [here, there] : [there, here];
  const carry = hereMoves ? thereFromHere : inverseSimilarity(thereFromHere);
  const cameraFromBody = inverse(camera.rig.bodyFromCamera);
  const carried = new Set([...map.keyframes()].filter(({ part }) => part === moving.part));
  const points = [...map.points()].filter((point) => carried.has([...point.observers.keys()][0]));
  for (const keyframe of carried) {
    const worldFromCamera = composeSimilarity(carry, similarityOf(inverse(keyframe.cameraFromWorld)));
    map.moveKeyframe(keyframe, compose(worldFromCamera.subarray(0, 7), cameraFromBody));
  }
  for (const point of points) {
    const [x, y, z] = transformBySimilarity(carry, [point.x, point.y, point.z]);
    map.movePoint(point, x, y, z);
  }
  for (const point of points) point.updateGeometry(camera);
  map.joinParts(moving, standing);
  const scale = (keyframe: Keyframe) => (carried.has(keyframe) ? carry[7] : 1);
  map.rescaleGraves(scale);
  return scale;
}
