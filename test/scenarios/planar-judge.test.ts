import { describe, expect, it } from 'vitest';
import { PlanarJudge, poseAt, rootMeanSquare } from '../../scenarios/evaluate/planar-judge.ts';

const truth = {
  times: Float64Array.of(0, 1, 2, 4),
  x: Float64Array.of(0, 1, 2, 4),
  y: Float64Array.of(0, 0, 0, 2),
  yaw: Float64Array.of(0, 3, -3, -3),
};

describe('a planar judge', () => {
  it('interpolates poses, headings over ±π, and holds the ends', () => {
    expect(poseAt(truth, 3)).toEqual([3, 1, -3]);
    expect(poseAt(truth, 0.5)).toEqual([0.5, 0, 1.5]);
    const [, , yaw] = poseAt(truth, 1.5);
    expect(Math.cos(yaw)).toBeCloseTo(-1, 12);
    expect(poseAt(truth, -1)).toEqual([0, 0, 0]);
    expect(poseAt(truth, 9)).toEqual([4, 2, -3]);
  });

  it('asks at the times of the truth from the start on, and only before a time', () => {
    const judge = new PlanarJudge(truth, 1);
    expect(judge.rmse()).toBeNull();
    expect(judge.next(1)).toBeUndefined();
    expect(judge.next(1.5)).toBe(1);
    judge.hear([1, 3, 0]);
    expect(judge.next(1.5)).toBeUndefined();
    expect(judge.next(9)).toBe(2);
    judge.hear([2, 0, 0]);
    expect(judge.rmse()).toBeCloseTo(Math.sqrt(4.5), 12);
    expect(
      judge.rmseOf((times) => {
        expect([...times]).toEqual([1, 2]);
        return Float64Array.of(1, 1, 0, 2, 1, 0);
      }),
    ).toBeCloseTo(1, 12);
    judge.hear([4, 2, 0]);
    expect(judge.next(Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  it('has nothing to say where there is no truth', () => {
    const judge = new PlanarJudge(truth, 5);
    expect(judge.next(99)).toBeUndefined();
    expect(judge.rmse()).toBeNull();
    expect(judge.rmseOf(() => new Float64Array(0))).toBeNull();
    expect(rootMeanSquare([null, 3, 4])).toBeCloseTo(Math.sqrt(12.5), 12);
    expect(rootMeanSquare([null])).toBeNull();
  });
});
