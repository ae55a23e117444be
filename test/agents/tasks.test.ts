import { describe, expect, it } from 'vitest';
import { type Override, Tasks } from '../../agents/tasks.ts';
import type { AgentReport, Allocator, Task, TrackingState } from '../../base/allocation.ts';
import { UNKNOWN_HEALTH } from '../../base/allocation.ts';

const report = (agent: number, time: number): AgentReport => ({
  agent,
  time,
  state: 'tracking',
  x: 0,
  y: 0,
  yaw: 0,
  positionSigma: 0,
  trackedShare: 1,
  inliers: 100,
  keyframes: 1,
  mapPoints: 1,
  frontier: 1,
  task: { kind: 'map' },
  taskAge: 0,
  distanceLeft: Number.NaN,
  health: UNKNOWN_HEALTH,
});

/** Tells its tasks in order, then maps; counts how often it is asked. */
function scripted(tasks: Task[]): Allocator & { asked: number } {
  return {
    name: 'scripted',
    asked: 0,
    decide() {
      this.asked++;
      return { task: tasks.shift() ?? { kind: 'map' } };
    },
  };
}

function tasksOf(allocator: Allocator, overrides: Override[] = [], observeBudget = Infinity): Tasks {
  return new Tasks({ agent: 0, allocator, epoch: 5, duration: 100, overrides, observeBudget });
}

/** Lets time pass at 10 Hz; decides whenever due. Returns why and when. */
function pass(
  tasks: Tasks,
  from: number,
  to: number,
  state: TrackingState = 'tracking',
  ended?: 'done' | 'timeout',
) {
  const reasons: [string, number][] = [];
  for (let tick = Math.round(from * 10); tick < Math.round(to * 10); tick++) {
    const time = tick / 10;
    const reason = tasks.due(time, state, tick === Math.round(from * 10) ? ended : undefined);
    if (reason)
      reasons.push([tasks.decide(reason, tasks.view(report(0, time), [report(1, time)], [])).reason, time]);
  }
  return reasons;
}

describe('tasks of an agent', () => {
  it('are decided at the start and then every epoch', () => {
    expect(pass(tasksOf(scripted([])), 0, 11)).toEqual([
      ['start', 0],
      ['epoch', 5],
      ['epoch', 10],
    ]);
  });

  it('are decided at once when one ends, and when tracking is lost or back for half a second; the epoch then starts anew', () => {
    const tasks = tasksOf(scripted([]));
    expect(pass(tasks, 0, 2)).toEqual([['start', 0]]);
    expect(pass(tasks, 2, 3, 'tracking', 'done')).toEqual([['done', 2]]);
    expect(pass(tasks, 3, 4, 'blind')).toEqual([['lost', 3.4]]);
    expect(pass(tasks, 4, 10)).toEqual([
      ['recovered', 4.4],
      ['epoch', 9.4],
    ]);
  });

  it('do not change for a blink', () => {
    const tasks = tasksOf(scripted([]));
    pass(tasks, 0, 2);
    expect(pass(tasks, 2, 2.3, 'blind')).toEqual([]);
    expect(pass(tasks, 2.3, 4)).toEqual([]);
  });

  it('add up the time spent in each kind', () => {
    const tasks = tasksOf(scripted([{ kind: 'map' }, { kind: 'observe', peer: 1 }]));
    pass(tasks, 0, 10);
    expect(tasks.spent.map).toBeCloseTo(5);
    expect(tasks.spent.observe).toBeCloseTo(4.9);
  });

  it('can be overridden at one decision; the policy is asked all the same, and goes on after it', () => {
    const policy = scripted([]);
    const override: Override = { time: 5, agent: 0, task: { kind: 'observe', peer: 1 } };
    const tasks = tasksOf(policy, [override]);
    expect(pass(tasks, 0, 11)).toEqual([
      ['start', 0],
      ['override', 5],
      ['epoch', 10],
    ]);
    expect(tasks.decisions.map(({ decision }) => decision.task.kind)).toEqual(['map', 'observe', 'map']);
    expect(policy.asked).toBe(3);
  });

  it('end when the budget for watching is used up, over several watches, and from then on are to map', () => {
    const watch: Task = { kind: 'observe', peer: 1 };
    const told: number[] = [];
    const stubborn: Allocator = {
      name: 'stubborn',
      decide({ budgetLeft, time }) {
        told.push(budgetLeft);
        return { task: time >= 5 && time < 10 ? { kind: 'map' } : watch };
      },
    };
    const tasks = tasksOf(stubborn, [{ time: 17, agent: 0, task: watch }], 7);
    expect(pass(tasks, 0, 20)).toEqual([
      ['start', 0],
      ['epoch', 5],
      ['epoch', 10],
      ['budget', 12],
      ['override', 17],
    ]);
    for (const [i, left] of [7, 2, 2, 0, 0].entries()) expect(told[i]).toBeCloseTo(left);
    expect(tasks.decisions.map(({ decision }) => decision.task.kind)).toEqual([
      'observe',
      'map',
      'observe',
      'map',
      'map',
    ]);
    expect(tasks.spent.observe).toBeCloseTo(7);
  });

  it('cannot be to watch somebody never heard of', () => {
    const tasks = tasksOf(scripted([{ kind: 'observe', peer: 7 }]));
    expect(() => pass(tasks, 0, 1)).toThrow(
      /robot 0 at 0\.0 s: it was told to observe robot 7; it has heard of 1/,
    );
  });
});
