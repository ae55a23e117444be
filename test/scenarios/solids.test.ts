import { describe, expect, it } from 'vitest';
import { boxDistance, extents, floorDistance } from '../../scenarios/evaluate/solids.ts';
import { box } from './room.ts';

describe('an upright box at an angle', () => {
  // Its long side along (1, 1)/√2, from 0 to 1 m high.
  const turned = box({ x: 1, y: 1, hx: 2, hy: 0.1, yaw: Math.PI / 4 });

  it('is as far from a point as its nearest side', () => {
    expect(floorDistance(turned, 2, 2)).toBe(0);
    expect(floorDistance(turned, 2, 0)).toBeCloseTo(Math.SQRT2 - 0.1, 12);
    expect(floorDistance(turned, 3, 3)).toBeCloseTo(2 * Math.SQRT2 - 2, 12);
    expect(boxDistance(turned, 2, 2, 1.3)).toBeCloseTo(0.3, 12);
    expect(boxDistance(turned, 2, 0, 0.5)).toBeCloseTo(Math.SQRT2 - 0.1, 12);
  });

  it('covers a rectangle of the floor plan', () => {
    for (const extent of extents(turned)) expect(extent).toBeCloseTo(2.1 / Math.SQRT2, 12);
  });
});
