import { rotationMatrix } from '../../base/se3.ts';
import type { View } from '../map/view.ts';
import { invertInformation, positionSigma } from '../optimize/covariance.ts';

/** Standard deviation that a position may have, as a share of how far away the matches are. */
const LOOSE = 0.025;

/**
 * Whether the matches of a view hold its pose in every direction. Those in one corner of the image, or all far off, agree with many
 * poses: however many they are, where the camera stands they do not tell.
 * @param information 6×6, see `PoseResult`
 */
export function isFirm(view: View, information: Float64Array): boolean {
  const { cameraFromWorld: pose, points } = view;
  const r = rotationMatrix(pose);
  let depth = 0;
  let count = 0;
  for (const point of points) {
    if (!point) continue;
    depth += r[6] * point.x + r[7] * point.y + r[8] * point.z + pose[2];
    count++;
  }
  return count > 0 && positionSigma(invertInformation(information)) <= (LOOSE * depth) / count;
}
