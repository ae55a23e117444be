import { describe, expect, it } from 'vitest';
import { between, log, yawOf } from '../../base/se3.ts';
import type { SightingOptions } from '../../sim/options.ts';
import { box, hall, makeWorld, QUIET, robot } from './worlds.ts';

const TEAM = [robot(0, [3, 5, 0]), robot(1, [6, 5.4, 2]), robot(2, [3, 9, 0]), robot(3, [3, 1, 0])];

function observe(
  ticks: number,
  sightings: Partial<SightingOptions>,
  solids: Parameters<typeof hall>[0] = [],
) {
  const world = makeWorld(hall(solids, { texture: 0 }), TEAM, {
    sightings: { ...QUIET.sightings, ...sightings },
  });
  const truth = between(world.truth.sceneFromBody(0), world.truth.sceneFromBody(1));
  const seen = [];
  for (let i = 0; i < ticks; i++) {
    const packet = world.step()[0];
    for (const sighting of packet.sightings) seen.push(sighting);
    expect(world.truth.sighted(0)).toEqual(packet.sightings.map(() => 1));
  }
  return { seen, truth };
}

describe('a teammate', () => {
  it('is seen in front, in range and in the open only', () => {
    expect(observe(3, {}).seen.map(({ peer }) => peer)).toEqual([1, 1, 1]);
    expect(observe(3, {}, [box('wall', 4.5, 5.2, 0.06, 1, 2.7)]).seen).toEqual([]);
    expect(observe(3, {}, [box('furniture', 4.5, 5.2, 0.2, 1, 0.3)]).seen).toHaveLength(3);
  });

  it('is not seen beyond the range or the field of view', () => {
    const world = makeWorld(hall(), [robot(0, [1, 5, 0]), robot(1, [9.5, 5, 0]), robot(2, [2, 8, 0])]);
    expect(world.step()[0].sightings).toEqual([]);
  });

  it('is measured with errors as the covariance says', () => {
    const { seen, truth } = observe(600, {});
    const sums = new Float64Array(6);
    for (const { bodyFromPeer, covariance } of seen) {
      const error = log(between(bodyFromPeer, truth));
      for (let i = 0; i < 6; i++) sums[i] += (error[i] * error[i]) / covariance[7 * i] / seen.length;
    }
    for (const ratio of sums) {
      expect(ratio).toBeGreaterThan(0.8);
      expect(ratio).toBeLessThan(1.25);
    }
  });

  it('is measured along the line of sight by range, across it by bearing', () => {
    const { seen, truth } = observe(300, { rangeSigma: 0.05, bearingSigma: 0.001, headingSigma: 0.001 });
    const range = Math.hypot(truth[0], truth[1]);
    let along = 0;
    let across = 0;
    for (const { bodyFromPeer } of seen) {
      const [dx, dy] = [bodyFromPeer[0] - truth[0], bodyFromPeer[1] - truth[1]];
      along += ((dx * truth[0] + dy * truth[1]) / range) ** 2 / seen.length;
      across += ((dy * truth[0] - dx * truth[1]) / range) ** 2 / seen.length;
    }
    expect(Math.sqrt(along) / (0.05 * range * (range / 5))).toBeCloseTo(1, 0);
    expect(Math.sqrt(across)).toBeLessThan(0.01);
  });

  it('is known worse the farther it is', () => {
    const heading = (x: number) => {
      const world = makeWorld(hall(), [robot(0, [1, 5, 0]), robot(1, [x, 5, 0])]);
      return world.step()[0].sightings[0].covariance;
    };
    expect(heading(7)[35]).toBeGreaterThan(4 * heading(2)[35]);
    expect(heading(7)[0]).toBeGreaterThan(4 * heading(2)[0]);
  });

  it('is seen over furniture that leaves its upper plate free', () => {
    expect(observe(1, {}, [box('furniture', 4.5, 5.2, 0.2, 1, 0.65)]).seen).toHaveLength(1);
    expect(observe(1, {}, [box('furniture', 4.5, 5.2, 0.2, 1, 1.7)]).seen).toEqual([]);
  });

  it('is lost where turning blurs the cells of its markers away', () => {
    const share = (x: number, turnRate: number) => {
      const world = makeWorld(hall(), [robot(0, [1, 5, 0]), robot(1, [x, 5, 0])]);
      let seen = 0;
      for (let i = 0; i < 40; i++) {
        for (const body of world.bodies)
          if (body.profile.id === 0) body.drive({ linear: 0, angular: turnRate });
        seen += world.step()[0].sightings.length;
      }
      return seen / 40;
    };
    expect(share(8.5, 0)).toBe(1);
    expect(share(8.5, 1.2)).toBeLessThan(0.3);
  });

  it('stands turned by twice its slant where its mirror image is taken for it', () => {
    const { seen, truth } = observe(400, { mirror: 1, headingSigma: 0.001 });
    const slant = yawOf(truth) - Math.atan2(truth[1], truth[0]) - Math.PI / 2;
    const turned = seen.filter(({ bodyFromPeer }) => Math.abs(yawOf(bodyFromPeer) - yawOf(truth)) > 0.1);
    // (3 m / 8 m)⁴ of 400.
    expect(turned.length).toBeGreaterThan(2);
    expect(turned.length).toBeLessThan(20);
    for (const { bodyFromPeer } of turned)
      expect(yawOf(truth) - yawOf(bodyFromPeer)).toBeCloseTo(2 * slant, 1);
  });

  it('is missed and taken for another at the rates set', () => {
    const { seen } = observe(800, { detection: 0.6, wrongIdentity: 0.2 });
    expect(seen.length / 800).toBeGreaterThan(0.54);
    expect(seen.length / 800).toBeLessThan(0.66);
    const wrong = seen.filter(({ peer }) => peer !== 1);
    expect(wrong.length / seen.length).toBeGreaterThan(0.14);
    expect(wrong.length / seen.length).toBeLessThan(0.26);
    expect(new Set(wrong.map(({ peer }) => peer))).toEqual(new Set([2, 3]));
  });
});
