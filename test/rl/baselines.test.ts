import { describe, expect, it } from 'vitest';
import type { AgentReport, AllocationView, Task, TrackingState } from '../../base/allocation.ts';
import { UNKNOWN_HEALTH } from '../../base/allocation.ts';
import { Random } from '../../base/random.ts';
import { POLICIES } from '../../rl/policies.ts';

function report(agent: number, x: number, state: TrackingState, task: Task = { kind: 'map' }): AgentReport {
  return {
    agent,
    time: 100,
    state,
    x,
    y: 0,
    yaw: 0,
    positionSigma: 0,
    trackedShare: 1,
    inliers: 100,
    keyframes: 1,
    mapPoints: 1,
    frontier: 1,
    task,
    taskAge: 0,
    distanceLeft: Number.NaN,
    health: UNKNOWN_HEALTH,
  };
}

function view(self: AgentReport, ...peers: AgentReport[]): AllocationView {
  return { time: 100, remaining: 200, self, peers, pairs: [], budgetLeft: Infinity };
}

const observe = (peer: number): Task => ({ kind: 'observe', peer });
const map: Task = { kind: 'map' };

describe('nearest', () => {
  const decide = (...args: Parameters<typeof view>) =>
    POLICIES.nearest(new Random(1)).decide(view(...args)).task;

  it('sends the nearest sound robot to one that is blind, and nobody else', () => {
    const blind = report(2, 10, 'blind');
    const near = report(0, 7, 'tracking');
    const far = report(1, 0, 'tracking');
    expect(decide(near, far, blind)).toEqual(observe(2));
    expect(decide(far, near, blind)).toEqual(map);
    expect(decide(blind, near, far)).toEqual(map);
  });

  it('leaves alone whoever is watched already, but does not give up its own watch', () => {
    const blind = report(2, 10, 'lost');
    const watching = report(1, 0, 'tracking', observe(2));
    expect(decide(report(0, 7, 'tracking'), watching, blind)).toEqual(map);
    expect(decide(watching, blind)).toEqual(observe(2));
  });

  it('does not run after a word from long ago', () => {
    expect(decide(report(0, 7, 'tracking'), { ...report(2, 10, 'blind'), time: 50 })).toEqual(map);
  });
});

describe('random', () => {
  const play = (seed: number) => {
    const policy = POLICIES.random(new Random(seed));
    const tasks: Task[] = [];
    let self = report(0, 0, 'tracking');
    for (let i = 0; i < 400; i++) {
      const { task } = policy.decide(view(self, report(1, 1, 'tracking'), report(2, 2, 'tracking')));
      tasks.push(task);
      self = { ...self, task };
    }
    return tasks;
  };

  it('does both tasks, watches everybody, and repeats itself from the same seed only', () => {
    const tasks = play(1);
    for (const task of [map, observe(1), observe(2)]) expect(tasks).toContainEqual(task);
    expect(play(1)).toEqual(tasks);
    expect(play(2)).not.toEqual(tasks);
  });

  it('maps where it has heard of nobody', () => {
    const policy = POLICIES.random(new Random(1));
    for (let i = 0; i < 50; i++) expect(policy.decide(view(report(0, 0, 'tracking'))).task).toEqual(map);
  });
});
