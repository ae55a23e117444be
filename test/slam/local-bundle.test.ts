import { expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { between, distance, exp, identity, inverse } from '../../base/se3.ts';
import { readKernels } from '../../bin/resources.ts';
import type { Keyframe } from '../../slam/map/keyframe.ts';
import { SlamMap } from '../../slam/map/slam-map.ts';
import { cameraModel } from '../../slam/map/view.ts';
import { adjustLocally } from '../../slam/mapping/local-bundle.ts';
import { settingsFor } from '../../slam/settings.ts';
import { Frame } from '../../slam/tracking/frame.ts';
import { DescribedCloud, MONO_RIG } from './mono/scenes.ts';

const SIGMA = 0.005;

it('leaves keyframes that see little to the wheels, however many follow on each other', async () => {
  const kernels = await readKernels();
  const rig = { ...MONO_RIG, bodyFromCamera: identity() };
  const camera = cameraModel(rig);
  const random = new Random('thin view');
  // Through a door at the end of a corridor: a patch of far wall, which agrees with many poses.
  const patch = () => [random.uniform(-0.6, 0.6), random.uniform(-0.6, 0.6), random.uniform(25.9, 26.1)];
  const points = Array.from({ length: 14 }, patch);
  const scene = new DescribedCloud(points, random);
  const map = new SlamMap(camera);
  let last: Keyframe | null = null;
  const keyframes = Array.from({ length: 7 }, (_, i) => {
    // Four that nothing joins to the others, one that sees nothing, and two after it by the wheels.
    const pose = i < 4 ? exp([0.3 * i - 0.5, 0, -8, 0, 0, 0]) : exp([0.02 * i, 0, -0.1 * i, 0, 0, 0]);
    const worldFromBody = inverse(pose);
    const covariance = new Float64Array(36);
    for (let k = 0; k < 6; k++) covariance[7 * k] = SIGMA * SIGMA;
    const wheels = last && { from: last, delta: between(last.worldFromBody, worldFromBody), covariance };
    const frame = new Frame(i, scene.observe(pose, 0.7), rig, pose);
    const keyframe = map.addKeyframe(i, frame, worldFromBody, new Float64Array(36), i > 4 ? wheels : null);
    last = keyframe;
    return keyframe;
  });
  points.forEach(([x, y, z], k) => {
    const added = map.addPoint(x, y, z, keyframes[0], k);
    for (const i of [1, 2, 3, 5, 6]) map.observe(added, keyframes[i], k);
  });
  for (const keyframe of keyframes) map.updateCovisibility(keyframe);
  const before = keyframes.map(({ worldFromBody }) => worldFromBody.slice());
  adjustLocally(map, keyframes[6], camera, kernels, { ...settingsFor(rig), bundleWhole: 0, bundleFree: 1 });
  const moved = keyframes.map(({ worldFromBody }, i) => distance(worldFromBody, before[i]));
  expect(Math.min(moved[5], moved[6])).toBeGreaterThan(1e-6);
  expect(Math.max(...moved)).toBeLessThan(5 * SIGMA);
});
