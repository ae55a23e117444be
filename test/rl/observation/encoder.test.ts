import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SlamHealth } from '../../../base/allocation.ts';
import {
  AGENT_COLUMNS,
  agentColumn,
  missionColumn,
  PAIR_COLUMNS,
  pairColumn,
} from '../../../rl/observation/columns.ts';
import { observationDocument } from '../../../rl/observation/document.ts';
import { ObservationEncoder } from '../../../rl/observation/encoder.ts';
import {
  AGENT_FEATURES,
  MISSION_FEATURES,
  type Observation,
  PAIR_FEATURES,
} from '../../../rl/observation/observation.ts';
import { observing, pair, report, view } from './views.ts';

/** A value and its flag. */
const ofAgent = ({ agents }: Observation, row: number, name: string) =>
  [...agents.subarray(row * AGENT_FEATURES + agentColumn(name))].slice(0, 2);
const ofPair = ({ pairs, team }: Observation, i: number, j: number, name: string) =>
  [...pairs.subarray((i * team + j) * PAIR_FEATURES + pairColumn(name))].slice(0, 2);
const ofMission = ({ mission }: Observation, name: string) =>
  [...mission.subarray(missionColumn(name))].slice(0, 2);
const encode = (...of: Parameters<typeof view>) => new ObservationEncoder().encode(view(...of));

/** Every number of a SLAM's health another, so that none can stand in for another. */
const health: SlamHealth = {
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

describe('an observation', () => {
  it('has a row for each robot known, by rising id, and says which is its own', () => {
    const observation = encode(report(3), [report(1), report(7)]);
    expect(observation.team).toBe(3);
    expect([...observation.ids]).toEqual([1, 3, 7]);
    expect(observation.self).toBe(1);
    expect([0, 1, 2].map((row) => ofAgent(observation, row, 'self')[0])).toEqual([0, 1, 0]);
    expect(observation.agents).toHaveLength(3 * AGENT_FEATURES);
    expect(observation.pairs).toHaveLength(9 * PAIR_FEATURES);
    expect(observation.mission).toHaveLength(MISSION_FEATURES);
    expect(observation.allowed).toHaveLength(4);
  });

  it('tells what a robot reported, each number normalised as the table says', () => {
    const told = { time: 95, state: 'blind', distanceLeft: 15, positionSigma: 0.9, ...observing(2) } as const;
    const observation = encode(report(1, {}), [report(2), report(5, told, health)]);
    const expected: Record<string, number> = {
      age: 0.5,
      tracking: 0,
      blind: 1,
      lost: 0,
      trackedShare: 0.5,
      inliers: 0.5,
      inlierRatio: 0.9,
      referenceShare: 0.7,
      covisibility: 0.75,
      residual: 0.75,
      positionSigma: 0.75,
      sinceKeyframe: 0.75,
      sinceRelocalisation: 0.25,
      sinceObserved: 0.75,
      keyframes: 10 / 110,
      mapPoints: 1 / 6,
      mapGrowth: 0.25,
      frontier: 1 / 3,
      speed: 0.25,
      observing: 1,
      taskAge: 1 / 6,
      distanceLeft: 0.75,
      watched: 0,
    };
    for (const [name, value] of Object.entries(expected)) {
      const [read, known] = ofAgent(observation, 2, name);
      expect(read, name).toBeCloseTo(value, 6);
      expect(known, name).toBe(1);
    }
    expect(ofAgent(observation, 1, 'watched')).toEqual([1, 1]);
    const silent = encode(report(1), [report(2), report(5, { ...told, time: 60 })]);
    expect(ofAgent(silent, 1, 'watched')).toEqual([0, 1]);
  });

  it('tells of pairs which is the observer', () => {
    const known = pair(1, 2, {
      distance: 2,
      distanceSigma: 0.5,
      bearing: Math.PI / 2,
      bearingSigma: 0.1,
      sharedPoints: 300,
      lineOfSight: 0.75,
      sinceSeen: 10,
      link: 0.8,
    });
    const observation = encode(report(1, observing(2)), [report(2)], { pairs: [known] });
    const expected = {
      distance: 0.25,
      distanceSigma: 0.5,
      bearingCosine: 0,
      bearingSine: 1,
      bearingSigma: 0.25,
      sharedPoints: 0.75,
      lineOfSight: 0.75,
      sinceSeen: 0.25,
      link: 0.8,
      watching: 1,
      watchedBack: 0,
    };
    for (const [name, value] of Object.entries(expected)) {
      const [read, flag] = ofPair(observation, 0, 1, name);
      expect(read, name).toBeCloseTo(value, 6);
      expect(flag, name).toBe(1);
    }
    expect(ofPair(observation, 1, 0, 'distance')).toEqual([0, 0]);
    expect(ofPair(observation, 1, 0, 'watchedBack')).toEqual([1, 1]);
    expect(observation.pairs.subarray(0, PAIR_FEATURES).every((value) => value === 0)).toBe(true);
  });

  it('tells of the mission what time and budget are left, also where nobody counts', () => {
    const observation = encode(report(1), [], { time: 300, remaining: 100, budgetLeft: 50 });
    expect(ofMission(observation, 'remaining')).toEqual([0.5, 1]);
    expect(ofMission(observation, 'remainingShare')).toEqual([0.25, 1]);
    expect(ofMission(observation, 'budgetLeft')).toEqual([0.5, 1]);
    expect(ofMission(observation, 'budgetShare')).toEqual([0.5, 1]);
    const endless = encode(report(1), [], { budgetLeft: Infinity });
    expect(ofMission(endless, 'budgetLeft')).toEqual([1, 1]);
    expect(ofMission(endless, 'budgetShare')).toEqual([1, 1]);
  });

  it('says of what is not known that it is not', () => {
    const observation = encode(report(1), [report(2, { trackedShare: Number.NaN })]);
    for (const name of ['trackedShare', 'trackedShare.short', 'inlierRatio', 'speed', 'distanceLeft'])
      expect(ofAgent(observation, 1, name), name).toEqual([0, 0]);
    expect(ofAgent(observation, 0, 'trackedShare')).toEqual([0.5, 1]);
    expect(ofPair(observation, 0, 1, 'link')).toEqual([0, 0]);
  });

  it('holds nothing but numbers of about 1, whatever a robot tells', () => {
    const wild = Object.fromEntries(Object.keys(health).map((name) => [name, 1e30])) as unknown as SlamHealth;
    const numbers = { positionSigma: Infinity, inliers: 1e9, frontier: -3, taskAge: -1, distanceLeft: 1e9 };
    const { agents, pairs } = encode(report(1), [report(2, { ...numbers, time: 1e6 }, wild)], {
      pairs: [pair(1, 2, { distance: Infinity, bearing: 40, sharedPoints: 1e9, lineOfSight: 2, link: -1 })],
    });
    for (const value of [...agents, ...pairs]) expect(Math.abs(value)).toBeLessThanOrEqual(1);
  });
});

describe('memory', () => {
  const told = (time: number, trackedShare: number) => report(2, { time, trackedShare });
  const averages = (observation: Observation) =>
    ['trackedShare.short', 'trackedShare.long'].map((name) => ofAgent(observation, 1, name)[0]);

  it('begins with the first news and follows later ones, the short span faster', () => {
    const encoder = new ObservationEncoder();
    const at = (time: number, share: number) =>
      averages(encoder.encode(view(report(1, { time }), [told(time, share)], { time })));
    expect(at(0, 1)).toEqual([1, 1]);
    const [short, long] = at(10, 0);
    expect(short).toBeCloseTo(Math.exp(-1), 6);
    expect(long).toBeCloseTo(Math.exp(-1 / 6), 6);
  });

  it('does not count the same news twice, however often it is asked, nor older news', () => {
    const encoder = new ObservationEncoder();
    encoder.encode(view(report(1), [told(90, 1)]));
    const once = encoder.encode(view(report(1), [told(95, 0)]));
    const twice = encoder.encode(view(report(1), [told(95, 0)], { time: 105 }));
    expect(averages(twice)).toEqual(averages(once));
    const late = encoder.encode(view(report(1), [told(92, 1)], { time: 106 }));
    expect(averages(late)).toEqual(averages(once));
  });

  it('goes on where a robot no longer tells', () => {
    const encoder = new ObservationEncoder();
    encoder.encode(view(report(1), [told(90, 0.5)]));
    const after = encoder.encode(view(report(1), [told(95, Number.NaN)]));
    expect(ofAgent(after, 1, 'trackedShare')).toEqual([0, 0]);
    expect(ofAgent(after, 1, 'trackedShare.short')).toEqual([0.5, 1]);
  });
});

describe('the table of features', () => {
  it('names every column once', () => {
    for (const columns of [AGENT_COLUMNS, PAIR_COLUMNS])
      expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
    expect(() => agentColumn('mood')).toThrow(/no column mood; there are self, age, /);
  });

  it('is in the docs as it stands: npx tsx rl/observation/write-document.ts', () => {
    expect(readFileSync('docs/observation.md', 'utf8')).toBe(observationDocument());
  });
});
