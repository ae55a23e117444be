import { beforeAll, describe, expect, it } from 'vitest';
import { between, compose, distance, exp } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { FullAdjustment } from '../../../slam/loops/full-adjustment.ts';
import type { Keyframe } from '../../../slam/map/keyframe.ts';
import { cameraModel } from '../../../slam/map/view.ts';
import { Drive } from '../drive.ts';
import { CorridorWorld, RIG } from '../synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const world = new CorridorWorld({ seed: 'corridor' });
const truth = ({ time }: Keyframe) => world.poseAt((time / 0.1) * 0.05);
const off = (keyframe: Keyframe) => distance(keyframe.worldFromBody, truth(keyframe));

describe('full adjustment', () => {
  it('takes along what joined the map while it ran', () => {
    const drive = new Drive(world, kernels, false, { loops: false }).go(5);
    const { map } = drive.slam;
    const adjustment = new FullAdjustment(map, cameraModel(RIG), kernels);
    const old = [...map.keyframes()];
    const bend = exp([0.1, 0.05, 0, 0, 0, 0.02]);
    for (const keyframe of old.slice(1)) map.moveKeyframe(keyframe, compose(bend, keyframe.worldFromBody));
    adjustment.start();
    drive.go(1);
    const young = [...map.keyframes()].filter((keyframe) => !old.includes(keyframe));
    expect(young.length).toBeGreaterThan(0);
    const fromParent = young.map((keyframe) =>
      between(keyframe.parent!.worldFromBody, keyframe.worldFromBody),
    );
    const bent = Math.max(...young.map(off));
    let steps = 1;
    while (!adjustment.step()) steps++;
    expect(steps).toBeGreaterThan(2);
    expect(adjustment.step()).toBe(false);
    young.forEach((keyframe, i) => {
      const now = between(keyframe.parent!.worldFromBody, keyframe.worldFromBody);
      expect(distance(now, fromParent[i])).toBeLessThan(1e-9);
    });
    expect(Math.max(...old.filter(({ culled }) => !culled).map(off))).toBeLessThan(0.05);
    expect(bent).toBeGreaterThan(2 * Math.max(...young.map(off)));
  });
});
