import { beforeAll, describe, expect, it } from 'vitest';
import { between, compose, distance, exp, transformPoint } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { FullAdjustment } from '../../../slam/loops/full-adjustment.ts';
import type { Keyframe } from '../../../slam/map/keyframe.ts';
import type { MapPoint } from '../../../slam/map/map-point.ts';
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
const seenFrom = (keyframe: Keyframe, { x, y, z }: MapPoint) =>
  transformPoint(keyframe.cameraFromWorld, [x, y, z]);

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
    const newPoints = [...map.points()].flatMap((point) => {
      const [first] = point.observers.keys();
      return young.includes(first) ? [{ point, first, seenAt: seenFrom(first, point) }] : [];
    });
    expect(newPoints.length).toBeGreaterThan(20);
    const bent = Math.max(...young.map(off));
    let steps = 1;
    while (!adjustment.step()) steps++;
    expect(steps).toBeGreaterThan(2);
    expect(adjustment.step()).toBe(false);
    young.forEach((keyframe, i) => {
      const now = between(keyframe.parent!.worldFromBody, keyframe.worldFromBody);
      expect(distance(now, fromParent[i])).toBeLessThan(1e-9);
    });
    for (const { point, first, seenAt } of newPoints)
      seenFrom(first, point).forEach((value, axis) => {
        expect(value).toBeCloseTo(seenAt[axis], 9);
      });
    expect(Math.max(...old.filter(({ culled }) => !culled).map(off))).toBeLessThan(0.05);
    expect(bent).toBeGreaterThan(2 * Math.max(...young.map(off)));
  });

  it('forgets the sightings that it shows to be wrong', () => {
    const { map } = new Drive(world, kernels, false, { loops: false }).go(3).slam;
    const adjustment = new FullAdjustment(map, cameraModel(RIG), kernels);
    const wellSeen = ({ points }: Keyframe) =>
      points.flatMap((point) => (point && point.observers.size > 4 ? [point] : []));
    const wrong = [...map.keyframes()].slice(1).find((keyframe) => wellSeen(keyframe).length > 1)!;
    const [a, b] = wellSeen(wrong);
    const [atA, atB] = [a.observers.get(wrong)!, b.observers.get(wrong)!];
    map.observe(a, wrong, atB);
    map.observe(b, wrong, atA);
    const others = a.observers.size - 1;
    adjustment.start();
    while (!adjustment.step());
    for (const point of [a, b]) expect(point.observers.has(wrong)).toBe(false);
    expect([wrong.points[atA], wrong.points[atB]]).toEqual([null, null]);
    expect(a.observers.size).toBe(others);
  });
});
