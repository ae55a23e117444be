import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { distance, exp, identity, inverse } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { SlamMap } from '../../../slam/map/slam-map.ts';
import { cameraModel } from '../../../slam/map/view.ts';
import { adjustLocally } from '../../../slam/mapping/local-bundle.ts';
import { settingsFor } from '../../../slam/settings.ts';
import { Frame } from '../../../slam/tracking/frame.ts';
import { cloud, DescribedCloud, MONO_RIG } from './scenes.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const rig = { ...MONO_RIG, bodyFromCamera: identity() };
const camera = cameraModel(rig);

/** Which of four keyframes, 0.2 m from one to the next, adjusting around the last one moves. */
function moved(settings: { bundleWhole: number; bundleFree: number }): boolean[] {
  const random = new Random('local bundle');
  // Near the middle of every image, so that all see all.
  const points = cloud(random, 150).map(([x, y, z]) => [0.4 * x, 0.4 * y, z]);
  const scene = new DescribedCloud(points, random);
  const map = new SlamMap(camera);
  const keyframes = [0, 1, 2, 3].map((i) => {
    const pose = exp([-0.2 * i, 0, 0, 0, 0, 0]);
    const frame = new Frame(i, scene.observe(pose), rig, pose);
    return map.addKeyframe(i, frame, inverse(pose), new Float64Array(36), null);
  });
  points.forEach(([x, y, z], k) => {
    const added = map.addPoint(x, y, z, keyframes[0], k);
    for (const other of keyframes.slice(1)) map.observe(added, other, k);
  });
  for (const keyframe of keyframes) map.updateCovisibility(keyframe);
  const before = keyframes.map(({ worldFromBody }) => worldFromBody.slice());
  adjustLocally(map, keyframes[3], camera, kernels, { ...settingsFor(rig), ...settings });
  return keyframes.map(({ worldFromBody }, i) => distance(worldFromBody, before[i]) > 1e-6);
}

describe("bundle adjustment of a single camera's window", () => {
  it('moves all of a young map but its oldest keyframe', () => {
    expect(moved({ bundleWhole: 4, bundleFree: 2 })).toEqual([false, true, true, true]);
  });

  it('leaves two keyframes of a later one where they are: one would not hold its scale', () => {
    expect(moved({ bundleWhole: 0, bundleFree: 3 }).filter((one) => one).length).toBe(2);
    expect(moved({ bundleWhole: 0, bundleFree: 2 }).filter((one) => one).length).toBe(2);
  });
});
