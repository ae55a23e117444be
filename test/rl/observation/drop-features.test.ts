import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { AGENT_COLUMNS, PAIR_COLUMNS, WIDTH } from '../../../rl/observation/columns.ts';
import { dropFeatures } from '../../../rl/observation/drop-features.ts';
import { ObservationEncoder } from '../../../rl/observation/encoder.ts';
import { pair, report, view } from './views.ts';

const healthy = {
  inlierRatio: 0.9,
  referenceShare: 0.7,
  covisibility: 30,
  residual: 3,
  sinceKeyframe: 15,
  sinceRelocalisation: 10,
  sinceObserved: 90,
  mapGrowth: 10,
  speed: 0.1,
};
const robots = [1, 2, 3, 4].map((id) => report(id, { distanceLeft: 2 }, healthy));
const pairs = robots.flatMap((a) =>
  robots.flatMap((b) =>
    a === b
      ? []
      : [
          pair(a.agent, b.agent, {
            distance: 2,
            bearing: 0.5,
            distanceSigma: 0.5,
            bearingSigma: 0.1,
            sharedPoints: 300,
            lineOfSight: 1,
            sinceSeen: 10,
            link: 1,
          }),
        ],
  ),
);
const whole = new ObservationEncoder().encode(view(robots[0], robots.slice(1), { pairs }));

/** Flags of a row. */
const known = (numbers: Float32Array, row: number, columns: number) =>
  Array.from({ length: columns }, (_, k) => numbers[WIDTH * (row * columns + k) + 1]);

describe('dropping features', () => {
  it('takes away nothing at 0, and at 1 all but what no robot can lack; what it is given stays', () => {
    const before = whole.agents.slice();
    expect(dropFeatures(whole, new Random('drop'), 0)).toEqual(whole);
    const bare = dropFeatures(whole, new Random('drop'), 1);
    const always = AGENT_COLUMNS.map((column) => (column.always ? 1 : 0));
    for (let row = 0; row < 4; row++) expect(known(bare.agents, row, AGENT_COLUMNS.length)).toEqual(always);
    expect(known(bare.pairs, 1, PAIR_COLUMNS.length)).toEqual(
      PAIR_COLUMNS.map((column) => (column.always ? 1 : 0)),
    );
    expect([bare.mission, bare.allowed, bare.ids]).toEqual([whole.mission, whole.allowed, whole.ids]);
    expect(whole.agents).toEqual(before);
  });

  it('takes the share asked for, of each robot others, and leaves values as they were or 0', () => {
    const random = new Random('drop');
    let gone = 0;
    let rows = 0;
    const patterns = new Set<string>();
    const droppable = AGENT_COLUMNS.filter(({ always }) => !always).length;
    for (let trial = 0; trial < 100; trial++) {
      const { agents } = dropFeatures(whole, random, 0.3);
      for (let row = 0; row < 4; row++, rows++) {
        const flags = known(agents, row, AGENT_COLUMNS.length);
        gone += flags.filter((flag) => flag === 0).length;
        patterns.add(flags.join(''));
      }
      expect(agents.every((value, k) => value === whole.agents[k] || value === 0)).toBe(true);
    }
    expect(gone / (rows * droppable)).toBeCloseTo(0.3, 1);
    expect(patterns.size).toBeGreaterThan(350);
  });

  it('takes averages along with what they are averages of, and of an observer for all its peers', () => {
    const random = new Random('drop');
    for (let trial = 0; trial < 20; trial++) {
      const dropped = dropFeatures(whole, random, 0.5);
      for (let row = 0; row < 4; row++) {
        const flags = known(dropped.agents, row, AGENT_COLUMNS.length);
        AGENT_COLUMNS.forEach(({ feature }, k) => {
          expect(flags[k]).toBe(flags[AGENT_COLUMNS.findIndex((column) => column.feature === feature)]);
        });
        const peers = [0, 1, 2, 3].filter((peer) => peer !== row);
        const of = peers.map((peer) => known(dropped.pairs, 4 * row + peer, PAIR_COLUMNS.length));
        expect(of[1]).toEqual(of[0]);
        expect(of[2]).toEqual(of[0]);
      }
    }
  });

  it('is the same for the same stream', () => {
    expect(dropFeatures(whole, new Random('drop'), 0.3)).toEqual(
      dropFeatures(whole, new Random('drop'), 0.3),
    );
  });
});
