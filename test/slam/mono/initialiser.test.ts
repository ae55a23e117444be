import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { exp, identity, type Pose } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import { Initialiser } from '../../../slam/initialise/initialiser.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { cameraModel } from '../../../slam/map/view.ts';
import { Slam } from '../../../slam/slam.ts';
import { Frame } from '../../../slam/tracking/frame.ts';
import { NOTHING_SEEN } from '../drive.ts';
import { cloud, DescribedCloud, MONO_RIG, motionError } from './scenes.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const standingStill = (index: number) => ({
  index,
  worldFromBody: identity(),
  covariance: new Float64Array(36),
  sinceKeyframe: null,
});

/** Offers what a camera on a path sees, with noise of `sigma` pixels, until a pair is found. */
function offerAll(path: readonly Pose[], points = cloud(new Random('cloud'), 400), sigma = 0.5) {
  const scene = new DescribedCloud(points, new Random('described'));
  const initialiser = new Initialiser(cameraModel(MONO_RIG), kernels, new Random('initialiser'));
  for (let index = 0; index < path.length; index++) {
    const frame = new Frame(index, scene.observe(path[index], sigma), MONO_RIG, identity());
    const pair = initialiser.offer(frame, standingStill(index));
    if (pair) return { pair, index };
  }
  return undefined;
}

/** `cameraFromWorld` after a turn of `degrees` about the vertical, `way` metres to the right. */
const at = (degrees: number, way: number): Pose => exp([-way, 0, 0, 0, (degrees * Math.PI) / 180, 0]);
const steps = (n: number, pose: (i: number) => Pose) => Array.from({ length: n }, (_, i) => pose(i));

describe('the initialiser', () => {
  it('finds a pair once the camera has moved, and the motion between the two', () => {
    const found = offerAll(steps(40, (i) => at(0.3 * i, 0.03 * i)))!;
    expect(found.index).toBeGreaterThan(1);
    const { pair, index } = found;
    expect(pair.points.length).toBeGreaterThan(100);
    const between = at(0.3 * index, 0.03 * index);
    expect(pair.firstCarried.index).toBe(0);
    expect(motionError(pair.view.secondFromFirst, between).direction).toBeLessThan(10);
    expect(motionError(pair.view.secondFromFirst, between).rotation).toBeLessThan(0.7);
  });

  // In a noisy image a turn looks like a motion of little parallax: only the least that is asked of a motion tells them apart.
  it.each([0.5, 1, 2])('never begins with a camera that only turns, noise of %s px', (sigma) => {
    const turn = steps(25, (i) => at(12 * Math.sin(i / 6), 0));
    expect(offerAll(turn, undefined, sigma)).toBeUndefined();
  });

  it('never begins with a camera that stands still', () => {
    expect(offerAll(steps(15, () => identity()))).toBeUndefined();
  });

  it('never begins where nothing is near enough to tell', () => {
    const far = cloud(new Random('far'), 400).map((point) => point.map((value) => 60 * value));
    expect(
      offerAll(
        steps(25, (i) => at(0.3 * i, 0.03 * i)),
        far,
      ),
    ).toBeUndefined();
  });

  it('pairs a camera that comes back with where it was farthest away, not with where it began', () => {
    // To the side and back in 24 steps, too little to be seen on the way out, then on the other side.
    const found = offerAll(steps(60, (i) => at(0, 0.1 * Math.sin(i / 6))))!;
    expect(found.pair.firstCarried.index).toBeGreaterThan(0);
  });

  it('forgets what it was offered', () => {
    const scene = new DescribedCloud(cloud(new Random('cloud'), 400), new Random('described'));
    const initialiser = new Initialiser(cameraModel(MONO_RIG), kernels, new Random('initialiser'));
    const offer = (index: number, pose: Pose) =>
      initialiser.offer(new Frame(index, scene.observe(pose), MONO_RIG, identity()), standingStill(index));
    offer(0, at(0, 0));
    initialiser.clear();
    expect(offer(1, at(3, 0.4))).toBeUndefined();
    expect(offer(2, at(0, 0))).toBeDefined();
  });
});

describe('a map that has hardly begun', () => {
  it('is dropped when lost, begins again, and then holds no pose of the first', () => {
    const slam = new Slam({ rig: MONO_RIG, kernels });
    const here = new DescribedCloud(cloud(new Random('here'), 400), new Random('here'));
    const there = new DescribedCloud(cloud(new Random('there'), 400), new Random('there'));
    let time = 0;
    const watch = (scene: DescribedCloud, pose: Pose) =>
      slam.track({ time: time++, camera: scene.observe(pose) });
    while (watch(here, at(0, 0.04 * time)).state !== 'tracking') expect(time).toBeLessThan(40);
    expect(slam.map.keyframeCount).toBeGreaterThan(1);
    expect(slam.trajectory().times.length).toBeGreaterThan(0);
    expect(slam.track({ time: time++, camera: NOTHING_SEEN }).state).toBe('initialising');
    expect([slam.map.keyframeCount, slam.map.pointCount, slam.map.places.size]).toEqual([0, 0, 0]);
    expect(slam.trajectory().times.length).toBe(0);
    const again = time;
    while (watch(there, at(0, 0.04 * (time - again))).state !== 'tracking') expect(time).toBeLessThan(80);
    for (let i = 0; i < 10; i++) watch(there, at(0, 0.04 * (time - again)));
    const { times } = slam.trajectory();
    expect(times[0]).toBe(again);
    expect(times.length).toBe(time - again);
  });
});
