import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compose, identity, type Pose, poseOf, quaternionOf } from '../../base/se3.ts';
import type { CameraRig, FeatureFrame } from '../../base/sensors.ts';
import { openFrames } from '../../bin/frames/frames.ts';
import { openDataset, readTruth } from '../../bin/recordings.ts';
import { recordingsFolder } from '../../bin/resources.ts';
import { associate, fromPoses } from '../../scenarios/evaluate/trajectory.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { isFar, type TrueView, type Truth, trueView } from './views.ts';

/** Seconds between an image and its true pose, at most. */
const MAX_DIFFERENCE = 0.02;
/** Views that look the same way: metres and radians apart at most; an answer is wrong beyond twice that. */
const NEAR = 0.15;
const HEADING = (10 * Math.PI) / 180;

/** Hand-held in one room: places are where one stands and looks. */
export const SAME_WAY: Truth = {
  same: (query, place) => !isFar(query, place.worldFromCamera, NEAR, HEADING),
  right: (query, place) => !isFar(query, place.worldFromCamera, 2 * NEAR, 2 * HEADING),
};

/** Every view of an RGB-D recording that has a true pose; null where the recording is not there. */
export async function recordedViews(
  name: string,
  kernels: Kernels,
): Promise<{ rig: CameraRig; views: TrueView[] } | null> {
  const folder = join(recordingsFolder(), name);
  if (!existsSync(folder)) return null;
  const recording = await openDataset(folder, { sensor: 'rgbd' });
  const { rig } = recording.format;
  const seen = new Map<number, FeatureFrame>();
  for await (const arrival of openFrames(recording, kernels.features, 1).arrivals) {
    if ('features' in arrival) seen.set(arrival.time, arrival.features);
  }
  const times = [...seen.keys()];
  const untold = fromPoses(
    times,
    times.flatMap(() => [...identity()]),
  );
  const { estimate, truth } = associate(untold, await readTruth(recording.truth!), MAX_DIFFERENCE);
  const views = [...estimate.times].map((time, i) => {
    const worldFromBody = poseOfMatrix(truth.matrices.subarray(12 * i, 12 * i + 12));
    return trueView(i, time, seen.get(time)!, compose(worldFromBody, rig.bodyFromCamera), rig);
  });
  return { rig, views };
}

/** From 3×4, row-major. */
function poseOfMatrix(m: Float64Array): Pose {
  const [x, y, z, w] = quaternionOf([m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]]);
  return poseOf(m[3], m[7], m[11], x, y, z, w);
}
