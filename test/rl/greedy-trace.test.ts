import { describe, expect, it } from 'vitest';
import type { AgentReport, Task } from '../../base/allocation.ts';
import { Random } from '../../base/random.ts';
import { traceDrop } from '../../rl/baselines/greedy-trace.ts';
import { POLICIES } from '../../rl/policies.ts';
import { map, observe, report, viewOf } from './reports.ts';

const lost = { state: 'lost', positionSigma: 1.5 } as const;
const drifted = { positionSigma: 0.8 };

const view = (self: AgentReport, peers: readonly AgentReport[], remaining = 200) =>
  viewOf(self, peers, { remaining });

function decide(self: AgentReport, ...peers: AgentReport[]): Task {
  return POLICIES['greedy-trace'](new Random(1)).decide(view(self, peers)).task;
}

describe('traceDrop', () => {
  it('is what fusing the two variances takes away', () => {
    const [prior, observer, sighting] = [2 * 2, 0.3 * 0.3, 0.1 * 0.1];
    const posterior = 1 / (1 / prior + 1 / (observer + sighting));
    expect(traceDrop(2, 0.3, 0.1)).toBeCloseTo(prior - posterior, 12);
  });
});

describe('greedy-trace', () => {
  it('goes to one that is lost or has drifted, and leaves the well localised alone', () => {
    expect(decide(report(0, 0), report(1, 8, lost))).toEqual(observe(1));
    expect(decide(report(0, 0), report(1, 8, drifted))).toEqual(observe(1));
    expect(decide(report(0, 0), report(1, 8))).toEqual(map);
  });

  it('goes to whom it helps most, not to whom is nearest', () => {
    expect(decide(report(0, 0), report(1, 5, { positionSigma: 0.4 }), report(2, -9, lost))).toEqual(
      observe(2),
    );
  });

  it('goes to the nearer of two in like need, even with nothing left to explore', () => {
    const idle = report(0, 0, { frontier: 0 });
    expect(decide(idle, report(1, 15, lost), report(2, -6, lost))).toEqual(observe(2));
  });

  it('sees a blind one grow unsure before it is', () => {
    const unsure = { positionSigma: 0.11 };
    expect(decide(report(0, 0), report(1, 6, unsure))).toEqual(map);
    expect(decide(report(0, 0), report(1, 6, { ...unsure, state: 'blind' }))).toEqual(observe(1));
  });

  it('helps only if it knows where it is itself', () => {
    expect(decide(report(0, 0, { state: 'lost' }), report(1, 8, lost))).toEqual(map);
    // On wheels alone it still helps where it is sure enough by the time it gets there.
    expect(decide(report(0, 0, { state: 'blind' }), report(1, 8, lost))).toEqual(observe(1));
    expect(decide(report(0, 0, { state: 'blind', positionSigma: 1.2 }), report(1, 8, lost))).toEqual(map);
    const unsure = report(1, 4, { positionSigma: 1.05 });
    expect(decide(report(0, 0, { positionSigma: 1 }), unsure)).toEqual(map);
    expect(decide(report(0, 0, { positionSigma: 0.4 }), unsure)).toEqual(observe(1));
  });

  it('does not leave much to explore for little help, but does where nothing is left', () => {
    const unsure = report(1, 9, { positionSigma: 0.11 });
    expect(decide(report(0, 0), unsure)).toEqual(map);
    expect(decide(report(0, 0, { frontier: 0 }), unsure)).toEqual(observe(1));
  });

  it('does not set out for one that is too far away to be reached in time', () => {
    const policy = POLICIES['greedy-trace'](new Random(1));
    expect(policy.decide(view(report(0, 0), [report(1, 15, lost)], 10)).task).toEqual(map);
    expect(decide(report(0, 0), report(1, 120, lost))).toEqual(map);
  });

  it('sends one robot and no two to each in need, whoever works it out', () => {
    const team = [report(0, 0), report(1, 4, lost), report(2, 30, lost), report(3, 26), report(4, 12)];
    const tasks = team.map((self) => decide(self, ...team.filter((peer) => peer !== self)));
    expect(tasks).toEqual([observe(1), map, map, observe(2), map]);
  });

  it('breaks ties by id', () => {
    const team = [report(0, -6), report(1, 0, lost), report(2, 6)];
    expect(decide(team[0], team[1], team[2])).toEqual(observe(1));
    expect(decide(team[2], team[0], team[1])).toEqual(map);
  });

  it('keeps to a watch under way when another is a little nearer or a little more in need', () => {
    const watching = report(0, 0, { task: observe(1), taskAge: 5 });
    const needy = report(1, 8, drifted);
    expect(decide(watching, needy, report(2, 7, { positionSigma: 0.85 }))).toEqual(observe(1));
    expect(decide(report(0, 0), needy, report(2, 7, { positionSigma: 0.85 }))).toEqual(observe(2));
    expect(decide(report(3, 9), needy, watching)).toEqual(map);
    expect(decide(watching, needy, report(2, 7, { positionSigma: 1.5 }))).toEqual(observe(2));
  });

  it('keeps to a watch though it goes blind for a moment', () => {
    const unsure = report(1, 10, { positionSigma: 0.75 });
    const blind = { state: 'blind', positionSigma: 0.35 } as const;
    expect(decide(report(0, 0, blind), unsure)).toEqual(map);
    expect(decide(report(0, 0, { ...blind, task: observe(1), taskAge: 5 }), unsure)).toEqual(observe(1));
  });

  it('does not look back at who watches it; of two who watch each other the lower id stays', () => {
    const unsure = { positionSigma: 0.3, frontier: 0 };
    const watched = { ...unsure, state: 'blind', positionSigma: 0.9 } as const;
    expect(decide(report(1, 0, unsure), report(0, 4, { ...watched, task: observe(1) }))).toEqual(map);
    const [low, high] = [report(0, 0, { task: observe(1) }), report(1, 4, { ...watched, task: observe(0) })];
    expect(decide(low, high)).toEqual(observe(1));
    const [sure, unsureLow] = [
      report(1, 0, { task: observe(0) }),
      report(0, 4, { ...watched, task: observe(1) }),
    ];
    expect(decide(sure, unsureLow)).toEqual(map);
  });

  it('forgets what it heard long ago', () => {
    expect(decide(report(0, 0), report(1, 8, { ...lost, time: 60 }))).toEqual(map);
    // Nor does the word of a helper that has gone silent keep another from going.
    const silent = report(2, 8, { time: 60, task: observe(1) });
    expect(decide(report(0, 0), report(1, 8, lost), silent)).toEqual(observe(1));
  });

  it('lets a vain watch go for a while, and tries again later', () => {
    const policy = POLICIES['greedy-trace'](new Random(1));
    const at = (time: number, task: Task, taskAge: number) =>
      policy.decide({
        ...view(report(0, 0, { time, task, taskAge }), [report(1, 8, { ...lost, time })]),
      }).task;
    expect(at(100, map, 0)).toEqual(observe(1));
    expect(at(120, observe(1), 20)).toEqual(observe(1));
    expect(at(140, observe(1), 40)).toEqual(map);
    expect(at(160, map, 20)).toEqual(map);
    expect(at(190, map, 50)).toEqual(observe(1));
  });

  it('tells what each choice is worth to it', () => {
    const policy = POLICIES['greedy-trace'](new Random(1));
    const peers = [report(1, 8, lost), report(2, 8, { positionSigma: 0.15 }), report(3, 8)];
    const { values } = policy.decide(view(report(0, 0), peers));
    expect(values?.map(({ task }) => task)).toEqual([map, observe(1), observe(2)]);
    expect(values![1].value).toBeGreaterThan(0);
    expect(values![2].value).toBeLessThan(0);
  });
});
