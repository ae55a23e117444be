import { beforeAll, describe, expect, it } from 'vitest';
import { compose, identity, planarPose } from '../../base/se3.ts';
import { readKernels } from '../../bin/resources.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { loadMap, saveMap } from '../../slam/map/file/map-file.ts';
import type { Keyframe } from '../../slam/map/keyframe.ts';
import type { SlamMap } from '../../slam/map/slam-map.ts';
import { Drive } from './drive.ts';
import { CorridorWorld } from './synthetic.ts';

let kernels: Kernels;
/** Of a robot with wheels that drove straight on, with a budget, so that keyframes were culled. */
let saved: Uint8Array;
beforeAll(async () => {
  kernels = await readKernels();
  const world = new CorridorWorld({ seed: 'corridor' });
  saved = saveMap(new Drive(world, kernels, true, { mostKeyframes: 15 }).go(8).slam.map);
});
const load = (bytes = saved): SlamMap => loadMap(bytes, 'test').map;
const newestOf = (map: SlamMap): Keyframe => map.newestKeyframes(1)[0];

describe('keyframes taken back', () => {
  it('take along whatever was culled on them, through however many others, and nothing else', () => {
    const map = load();
    const before = map.contents().graves.size;
    const last = newestOf(map);
    map.removeKeyframe(last);
    const above = newestOf(map);
    expect(last.parent?.id).toBe(above.id);
    map.removeKeyframe(above);
    const top = newestOf(map);
    expect(above.parent?.id).toBe(top.id);
    map.discard([top]);
    const { graves } = map.contents();
    expect([last, above].filter(({ id }) => graves.has(id))).toEqual([]);
    expect(graves.size).toBeGreaterThan(before / 2);
    expect(load(saveMap(map)).contents().graves.size).toBe(graves.size);
    map.discard(map.keyframes());
    expect(load(saveMap(map)).contents().graves.size).toBe(0);
  });
});

describe('a keyframe whose wheels were counted from one that was culled since', () => {
  const step = { delta: planarPose(0.3, 0, 0.1), covariance: new Float64Array(36).fill(0.01) };
  const addTo = (map: SlamMap, from: Keyframe) => {
    const odometry = { from, ...step };
    const keyframe = map.addKeyframe(from.time + 1, from, from.worldFromBody, from.covariance, odometry);
    map.updateCovisibility(keyframe);
    return keyframe;
  };

  it('hangs on the one before that, all the way there', () => {
    const map = load();
    const last = newestOf(map);
    const { from: before, delta } = last.odometry!;
    const { from: first, delta: firstDelta } = before.odometry!;
    map.removeKeyframe(last);
    map.removeKeyframe(before);
    const added = addTo(map, last);
    expect(added.odometry!.from.id).toBe(first.id);
    expect(first.odometryNext?.id).toBe(added.id);
    const whole = compose(compose(firstDelta, delta), step.delta);
    added.odometry!.delta.forEach((value, i) => {
      expect(value).toBeCloseTo(whole[i], 12);
    });
    expect(added.odometry!.covariance[0]).toBeGreaterThan(step.covariance[0]);
    expect(newestOf(load(saveMap(map))).odometry!.from.id).toBe(first.id);
  });

  it('hangs on none where wheels did not measure how that one was reached', () => {
    const map = load();
    const last = newestOf(map);
    const alone = map.addKeyframe(last.time + 1, last, identity(), last.covariance, null);
    map.updateCovisibility(alone);
    map.removeKeyframe(alone);
    expect(addTo(map, alone).odometry).toBeNull();
  });
});
