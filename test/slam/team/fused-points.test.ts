import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { fusePoints, type PointPairs, type RobotPoints } from '../../../slam/team/fused-points.ts';

/** Points along a line: robot `agent` has point `id` at x = id / 10, a little off. */
function robot(agent: number, ids: number[], off: number, weight: number): RobotPoints {
  return {
    agent,
    ids: Int32Array.from(ids),
    positions: Float64Array.from(ids.flatMap((id) => [id / 10, off, 0])),
    weights: new Float64Array(ids.length).fill(weight),
  };
}

const pairs = (a: number, b: number, ...ids: number[]): PointPairs => ({ a, b, ids: Int32Array.from(ids) });

describe('points of several robots', () => {
  it('are one where they were recognised as one, through a third robot too, at their weighted mean', () => {
    const robots = [robot(0, [1, 2], 0, 3), robot(1, [1, 7], 0.1, 1), robot(2, [1, 9], 0.2, 4)];
    const { positions, weights, robots: seenBy } = fusePoints(robots, [pairs(0, 1, 1, 1), pairs(2, 1, 1, 1)]);
    expect([...seenBy]).toEqual([3, 1, 1, 1]);
    expect([...weights]).toEqual([8, 3, 1, 4]);
    expect(positions[0]).toBeCloseTo(0.1, 12);
    expect(positions[1]).toBeCloseTo((0 * 3 + 0.1 * 1 + 0.2 * 4) / 8, 12);
    expect(positions[3]).toBeCloseTo(0.2, 12);
  });

  it('stay two where one robot would have two in one: what was found more often counts', () => {
    const robots = [robot(0, [1, 2], 0, 1), robot(1, [1], 0.1, 1)];
    const found = [pairs(0, 1, 2, 1), pairs(1, 0, 1, 1), pairs(0, 1, 1, 1)];
    const { positions, robots: seenBy } = fusePoints(robots, found);
    expect([...seenBy]).toEqual([2, 1]);
    expect(positions[0]).toBeCloseTo(0.1, 12);
    const chain = fusePoints(
      [robot(0, [1, 2], 0, 1), robot(1, [1], 0.1, 1), robot(2, [1], 0.2, 1)],
      [pairs(0, 1, 1, 1), pairs(1, 2, 1, 1), pairs(2, 0, 1, 2)],
    );
    expect([...chain.robots]).toEqual([3, 1]);
  });

  it('are not one where they are far apart, or not there', () => {
    const robots = [robot(0, [1, 2], 0, 1), robot(1, [1, 2], 3, 1)];
    const { robots: seenBy } = fusePoints(robots, [pairs(0, 1, 1, 1, 5, 2), pairs(0, 4, 1, 1)]);
    expect([...seenBy]).toEqual([1, 1, 1, 1]);
  });

  it('come out the same whatever order robots and pairs are told in', () => {
    const random = new Random('fusion');
    const robots = [0, 1, 2, 3].map((agent) =>
      robot(
        agent,
        Array.from({ length: 40 }, (_, i) => i),
        random.normal(0.05),
        1 + agent,
      ),
    );
    const found = Array.from({ length: 60 }, () => {
      const a = random.int(4);
      const id = random.int(40);
      return pairs(a, (a + 1 + random.int(3)) % 4, id, Math.min(39, id + random.int(3)));
    });
    const first = fusePoints(robots, found);
    expect(first.weights.length).toBeLessThan(140);
    for (let n = 0; n < 5; n++) {
      const again = fusePoints(random.shuffle([...robots]), random.shuffle([...found]));
      expect(again).toEqual(first);
    }
  });
});
