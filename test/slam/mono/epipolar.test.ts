import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { compose, exp, identity, inverse, type Pose, transformPoint } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { SlamMap } from '../../../slam/map/slam-map.ts';
import { cameraModel } from '../../../slam/map/view.ts';
import { matchAlongLines } from '../../../slam/mapping/epipolar.ts';
import { Frame } from '../../../slam/tracking/frame.ts';
import { cloud, DescribedCloud, MONO_RIG } from './scenes.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const camera = cameraModel({ ...MONO_RIG, bodyFromCamera: identity() });

/** Keyframes of a body that is its camera, at each `cameraFromWorld`, all seeing one described cloud. */
function keyframesAt(...poses: Pose[]) {
  const random = new Random('epipolar');
  const scene = new DescribedCloud(cloud(random, 400), random);
  const map = new SlamMap(camera);
  return poses.map((pose, i) => {
    const frame = new Frame(i, scene.observe(pose, 0.3), camera.rig, pose);
    return map.addKeyframe(i, frame, inverse(pose), new Float64Array(36), null);
  });
}

const same = (a: Uint8Array, i: number, b: Uint8Array, j: number) =>
  a.subarray(32 * i, 32 * i + 32).every((byte, n) => byte === b[32 * j + n]);

describe('matching along epipolar lines', () => {
  for (const [name, pose] of [
    ['to the side, lines level', exp([-0.5, 0, 0, 0, 0.05, 0])],
    ['upwards, lines upright', exp([0, 0.5, 0, 0.05, 0, 0])],
    ['forwards, lines every way', exp([0.02, 0.01, -0.5, 0, 0, 0.1])],
  ] as const) {
    it(`finds what both see after a step ${name}, and nothing else`, () => {
      const [a, b] = keyframesAt(identity(), pose);
      const pairs = matchAlongLines(a, b, camera, kernels);
      const right = pairs.filter(([k, j]) => same(a.features.descriptors, k, b.features.descriptors, j));
      expect(right.length).toBe(pairs.length);
      expect(right.length).toBeGreaterThan(0.7 * Math.min(a.points.length, b.points.length));
    });
  }

  it('leaves alone what has a point, and what lies off its line however alike', () => {
    const [a, b] = keyframesAt(identity(), exp([-0.5, 0, 0, 0, 0.05, 0]));
    const [[k, j]] = matchAlongLines(a, b, camera, kernels);
    const [x, y, z] = transformPoint(compose(inverse(b.cameraFromWorld), b.cameraFromWorld), [0, 0, 4]);
    const map = new SlamMap(camera);
    map.addPoint(x, y, z, b, j);
    expect(matchAlongLines(a, b, camera, kernels).some(([, other]) => other === j)).toBe(false);
    map.forget(b.points[j]!, b);
    b.features.y[j] += 40;
    expect(matchAlongLines(a, b, camera, kernels).some(([one, other]) => one === k && other === j)).toBe(
      false,
    );
  });
});
