import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import type { BenchContext } from '../../bench/bench.ts';
import { precisionAbove, recallAbove, recallAtFullPrecision } from '../../bench/places/recognition.ts';
import { drive } from '../../bench/places/tour.ts';
import { officeViews, SHARED_SURFACE } from '../../bench/places/views.ts';
import { buildScene } from '../../sim/build-scene.ts';
import { FreeSpace } from '../../sim/geometry/free-space.ts';

const answer = (possible: boolean, right: boolean, score: number) => ({ possible, right, score });

describe('the bench of places', () => {
  it('counts as recalled what scores above every wrong answer', () => {
    const answers = [
      answer(true, true, 9),
      answer(true, true, 4),
      answer(true, false, 5),
      answer(false, false, 3),
    ];
    expect(recallAtFullPrecision(answers)).toBeCloseTo(1 / 3);
    expect(recallAbove(answers, 4)).toBeCloseTo(2 / 3);
    expect(precisionAbove(answers, 4)).toBeCloseTo(2 / 3);
    expect(recallAtFullPrecision(answers.slice(0, 2))).toBe(1);
  });

  it('drives without a jump where a body fits', () => {
    const layout = { kind: 'office', seed: 5, width: 20, depth: 14, clutter: 0.3, people: 0 } as const;
    const appearance = { seed: 5, texture: 90, bare: 0, repeated: 0, light: 1, bareAreas: [] };
    const scene = buildScene(layout, appearance);
    const moments = drive(scene, 0.22, 0.1, new Random('drive'));
    const space = new FreeSpace(scene.bounds, scene.solids, 0.22);
    expect(moments.every(({ x, y }) => space.freeAt(x, y))).toBe(true);
    const steps = moments.slice(1).map(({ x, y }, i) => Math.hypot(x - moments[i].x, y - moments[i].y));
    expect(Math.max(...steps)).toBeLessThan(0.061);
    expect(drive(scene, 0.22, 0.1, new Random('drive'))).toEqual(moments);
  });

  it('sees most places again on the second round, and not as they were', async () => {
    const scenarioText = async () => ({
      text: 'name: small\nlayout: { kind: office, seed: 1, width: 18, depth: 14, people: 0 }\n',
      path: 'small.yaml',
    });
    const { views } = await officeViews({ scenarioText } as unknown as BenchContext, 3, 0);
    const third = views[views.length - 1].time / 3;
    const [first, second] = [0, 1].map((n) => views.filter(({ time }) => Math.floor(time / third) === n));
    const again = second.filter((view) => first.some((place) => SHARED_SURFACE.same(view, place)));
    expect(again.length).toBeGreaterThan(0.6 * second.length);
    expect(SHARED_SURFACE.same(views[0], views[0])).toBe(true);
    const poses = new Set(first.map(({ worldFromCamera }) => worldFromCamera.join()));
    expect(second.some(({ worldFromCamera }) => poses.has(worldFromCamera.join()))).toBe(false);
  });
});
