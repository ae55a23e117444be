import type { Kernels } from '../kernels/kernels.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { View } from '../map/view.ts';

const DESCRIPTOR_BYTES = 32;

/**
 * Matches map points to a view's keypoints by descriptor alone, wherever they lie; the view's matches are set anew.
 * @param ratio best over second best distance a match may have
 * @returns number of matches
 */
export function matchDescriptors(
  kernels: Kernels,
  points: readonly MapPoint[],
  view: View,
  maxDistance: number,
  ratio: number,
): number {
  const descriptors = new Uint8Array(DESCRIPTOR_BYTES * points.length);
  points.forEach((point, i) => {
    descriptors.set(point.descriptor, DESCRIPTOR_BYTES * i);
  });
  const matches = new Int32Array(points.length);
  const found = kernels.matchBruteForce(descriptors, view.features.descriptors, maxDistance, ratio, matches);
  view.points.fill(null);
  matches.forEach((k, i) => {
    if (k >= 0) view.points[k] = points[i];
  });
  return found;
}
