import { describe, expect, it } from 'vitest';
import { Contacts } from '../../../agents/navigator/contacts.ts';
import { CostField } from '../../../agents/navigator/cost-field.ts';
import { Explored } from '../../../agents/navigator/explored.ts';
import { OccupancyGrid } from '../../../agents/navigator/grid.ts';
import { Guard } from '../../../agents/navigator/guard.ts';
import { RightOfWay } from '../../../agents/navigator/right-of-way.ts';
import type { Situation } from '../../../agents/navigator/situation.ts';
import { Surroundings } from '../../../agents/navigator/surroundings.ts';
import { identity, planarPose } from '../../../base/se3.ts';
import { profileOf } from './world.ts';

/** A robot at (5, 5) heading along +x on a free floor of 10 × 10 m. */
function situation(id: number, time = 0): Situation {
  const grid = new OccupancyGrid();
  grid.cover(5, 5, 6);
  grid.beginRound();
  for (let y = 0.05; y < 10; y += 0.1) for (let x = 0.05; x < 10; x += 0.1) grid.markFree(grid.indexAt(x, y));
  const profile = profileOf(id);
  return {
    profile,
    time,
    dt: 0.1,
    x: 5,
    y: 5,
    yaw: 0,
    state: 'tracking',
    sigma: 0.05,
    bumped: false,
    odoX: 0,
    odoY: 0,
    odoYaw: 0,
    odoTurned: 0,
    odoMoved: 0,
    grid,
    explored: new Explored(),
    field: new CostField(grid, profile.radius),
    surroundings: new Surroundings(),
    contacts: new Contacts(),
  };
}

/** Tells of a robot at a place, metres. */
function meet(s: Situation, agent: number, x: number, y: number, time = s.time): void {
  const report = { agent, time, x, y, yaw: 0, positionSigma: 0.05, state: 'tracking' as const };
  s.contacts.update([report], [], identity(), time);
}

describe('a teammate of whom nobody knows where it is', () => {
  it("is in nobody's way, and takes no interest from any place", () => {
    const s = situation(0);
    meet(s, 1, Number.NaN, Number.NaN);
    expect(s.contacts.positions(s.time)).toEqual([]);
    expect(s.contacts.interestLeft(2, 3, s.time)).toBe(1);
    meet(s, 1, 2, 3, s.time + 1);
    expect(s.contacts.interestLeft(2, 3, s.time + 1)).toBeLessThan(0.2);
    meet(s, 1, Number.NaN, Number.NaN, s.time + 2);
    expect(s.contacts.find(1)).toMatchObject({ x: 2, y: 3 });
  });
});

describe('guard', () => {
  const settle = (s: Situation, linear: number) => {
    const guard = new Guard();
    for (let i = 0; i < 20; i++) guard.shape(s, { linear, angular: 0 });
    return guard;
  };

  it('speeds up gently where nothing is', () => {
    const s = situation(0);
    const guard = new Guard();
    expect(guard.shape(s, { linear: 0.7, angular: 0 }).linear).toBeLessThan(0.2);
    expect(settle(s, 0.7).command.linear).toBeCloseTo(0.7);
    expect(settle(s, 9).command.linear).toBeCloseTo(s.profile.maxSpeed);
  });

  it('slows for what is near, stops at once before what is close, and says for how long', () => {
    const s = situation(0);
    s.surroundings.feel(0.6, 0.1, 0);
    expect(settle(s, 0.7).command.linear).toBeGreaterThan(0);
    expect(settle(s, 0.7).command.linear).toBeLessThan(0.6);
    s.surroundings.feel(0.27, 0, 0);
    const guard = settle(s, 0.7);
    expect(guard.command.linear).toBe(0);
    expect(guard.heldFor).toBeCloseTo(2);
    expect(settle(s, -0.3).command.linear).toBeCloseTo(-0.3);
  });

  it('does not back into a robot it cannot see', () => {
    const s = situation(0);
    meet(s, 1, 4.45, 5);
    expect(settle(s, -0.3).command.linear).toBeCloseTo(0);
    expect(settle(s, 0.3).command.linear).toBeCloseTo(0.3);
  });
});

describe('right of way', () => {
  const wish = { linear: 0.5, angular: 0.2 };

  it('the higher id stops, the lower goes on slowly, and neither minds one beside or behind', () => {
    for (const [id, other, x, y, expected] of [
      [1, 0, 6, 5, 0],
      [0, 1, 6, 5, 0.2],
      [1, 0, 5, 6.2, 0.5],
      [1, 0, 4, 5, 0.5],
      [1, 0, 8, 5, 0.5],
    ] as const) {
      const s = situation(id);
      meet(s, other, x, y);
      expect(new RightOfWay().restrain(s, wish, undefined).linear).toBeCloseTo(expected);
    }
  });

  it('does not wait for one that is parked', () => {
    const s = situation(1, 10);
    meet(s, 0, 6, 5, 5);
    meet(s, 0, 6, 5, 10);
    expect(new RightOfWay().restrain(s, wish, undefined).linear).toBeGreaterThan(0);
  });

  it('moves away when waiting has not helped, waits there, and then goes on', () => {
    const way = new RightOfWay();
    const s = situation(1);
    let time = 0;
    const at = (x: number): Situation => ({ ...s, x, time });
    for (; time < 2.4; time += 0.1) {
      meet(s, 0, 6 - 0.05 * Math.round(time), 5, time);
      way.restrain(at(5), wish, undefined);
      expect(way.giveWay(at(5))).toBeUndefined();
    }
    for (; time < 3; time += 0.1) {
      meet(s, 0, 5.9, 5, time);
      way.restrain(at(5), wish, undefined);
    }
    expect(way.giveWay(at(5))?.began).toBe(true);
    const { path } = way.route;
    expect(Math.hypot(path[path.length - 2] - 5.9, path[path.length - 1] - 5)).toBeGreaterThan(1.5);
    const there = { ...s, x: path[path.length - 2], y: path[path.length - 1] };
    expect(way.giveWay({ ...there, time })?.wish.linear).toBe(0);
    expect(way.giveWay({ ...there, time: time + 10 })).toBeUndefined();
  });

  it('sightings outrank reports for a while', () => {
    const s = situation(1, 10);
    const bodyFromPeer = planarPose(2, 0, 0);
    s.contacts.update(
      [],
      [{ peer: 0, bodyFromPeer, covariance: new Float64Array(36) }],
      planarPose(5, 5, 0),
      10,
    );
    meet(s, 0, 9, 9, 11);
    expect(s.contacts.find(0)).toMatchObject({ x: 7, y: 5 });
    meet(s, 0, 9, 9, 14);
    expect(s.contacts.find(0)).toMatchObject({ x: 9, y: 9 });
  });
});
