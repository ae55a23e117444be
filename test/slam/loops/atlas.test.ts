import { beforeAll, describe, expect, it } from 'vitest';
import { distance } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { loadMap, saveMap } from '../../../slam/map/file/map-file.ts';
import type { Keyframe } from '../../../slam/map/keyframe.ts';
import { Drive } from '../drive.ts';
import { CorridorWorld } from '../synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const world = new CorridorWorld({ seed: 'c', block: [12, 8], density: 10, maxFeatures: 250 });
const ELSEWHERE = 24;
const truth = ({ time }: Keyframe) => {
  const driven = (time / 0.1) * 0.05;
  return world.poseAt(driven < 10.5 ? driven : driven - 10.5 + ELSEWHERE);
};

/** A robot without wheels is carried off with its eyes shut to where it has never been. */
function kidnapped(): Drive {
  return new Drive(world, kernels, false).go(10).go(0.5, true).carryTo(ELSEWHERE).go(3);
}

describe('a robot lost for good', () => {
  it('begins a map of its own, and tells the way in the larger one', () => {
    const drive = kidnapped();
    const { map } = drive.slam;
    expect(drive.last.state).toBe('tracking');
    expect([...map.partSizes().keys()]).toEqual([0, 1]);
    const roots = [...map.keyframes()].filter(({ parent }) => !parent);
    expect(roots.map(({ part }) => part)).toEqual([0, 1]);
    const last = drive.slam.trajectory().times.at(-1)!;
    expect(last).toBeCloseTo(9.9 + 10, 5);
    drive.go(13);
    expect(map.partSizes().get(1)).toBeGreaterThan(map.partSizes().get(0)!);
    expect(drive.slam.trajectory().times[0]).toBeGreaterThan(20);
  });

  it('joins both where it comes by a place that the other knows', () => {
    const drive = kidnapped().go(world.lap - ELSEWHERE + 2);
    const { map } = drive.slam;
    expect([...map.partSizes().keys()]).toEqual([0]);
    expect(drive.slam.loopsClosed).toBe(1);
    expect(drive.last.state).toBe('tracking');
    for (const keyframe of map.keyframes())
      expect(distance(keyframe.worldFromBody, truth(keyframe))).toBeLessThan(0.25);
    const roots = [...map.keyframes()].filter(({ parent }) => !parent);
    expect(roots.map(({ id }) => id)).toEqual([0]);
    for (const keyframe of map.keyframes()) {
      let root = keyframe;
      for (let steps = 0; root.parent && steps < map.keyframeCount; steps++) root = root.parent;
      expect(root).toBe(roots[0]);
    }
    const poses = drive.slam.trajectory().times.length;
    expect(poses).toBeGreaterThan(drive.reports.length - 35);
  });

  it('finds the first map again rather than begin another', () => {
    const drive = new Drive(world, kernels, false).go(10).go(0.5, true).carryTo(4).go(2);
    expect(drive.last.state).toBe('tracking');
    expect([...drive.slam.map.partSizes().keys()]).toEqual([0]);
  });

  it('keeps them apart in a file', () => {
    const { map } = kidnapped().slam;
    const again = loadMap(saveMap(map), 'test').map;
    expect([...again.partSizes()]).toEqual([...map.partSizes()]);
  });
});
