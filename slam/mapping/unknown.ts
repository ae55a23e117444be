import type { Keyframe } from '../map/keyframe.ts';

const DESCRIPTOR_BYTES = 32;

/** What a keyframe sees but has no point for. */
export function unknownKeypoints(keyframe: Keyframe): number[] {
  const out: number[] = [];
  for (let k = 0; k < keyframe.points.length; k++) if (!keyframe.points[k]) out.push(k);
  return out;
}

/** Their descriptors, one after the other. */
export function descriptorsOf(keyframe: Keyframe, keypoints: readonly number[]): Uint8Array {
  const out = new Uint8Array(DESCRIPTOR_BYTES * keypoints.length);
  const { descriptors } = keyframe.features;
  keypoints.forEach((k, i) => {
    out.set(descriptors.subarray(DESCRIPTOR_BYTES * k, DESCRIPTOR_BYTES * (k + 1)), DESCRIPTOR_BYTES * i);
  });
  return out;
}
