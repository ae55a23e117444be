import { expect } from 'vitest';
import type { AllocationView, Task } from '../../../base/allocation.ts';
import { Random } from '../../../base/random.ts';
import type { TeamEnvironment, TeamStep } from '../../../rl/environment.ts';

export interface Episode {
  readonly seed: number;
  readonly first: ReadonlyMap<number, AllocationView>;
  readonly steps: readonly TeamStep[];
}

export type Chooser = (view: AllocationView, random: Random) => Task;

export const mapOn: Chooser = () => ({ kind: 'map' });
/** Watches somebody it has heard of, by lot. */
export const byLot: Chooser = ({ peers }, random) =>
  peers.length > 0 && random.chance(0.5)
    ? { kind: 'observe', peer: random.pick(peers).agent }
    : { kind: 'map' };

export async function play(environment: TeamEnvironment, seed: number, choose: Chooser): Promise<Episode> {
  const random = new Random(seed);
  const moment = await environment.reset(seed);
  const steps: TeamStep[] = [];
  let views = moment.views;
  while (environment.agents.length > 0) {
    const tasks = new Map([...views].map(([agent, view]) => [agent, choose(view, random)]));
    const step = await environment.step(tasks);
    steps.push(step);
    views = step.views;
  }
  return { seed, first: moment.views, steps };
}

/** What must hold of any environment, in an episode in which tasks change. @param epoch, duration seconds */
export async function checkConformance(
  environment: TeamEnvironment,
  epoch: number,
  duration: number,
): Promise<void> {
  expect(environment.agents).toEqual([]);
  await expect(async () => environment.step(new Map())).rejects.toThrow('reset');
  const episode = await play(environment, 1, byLot);
  expect(await play(environment, 1, byLot)).toEqual(episode);
  expect(await play(environment, 2, byLot)).not.toEqual({ ...episode, seed: 2 });

  const { first, steps } = episode;
  let time = [...first.values()][0].time;
  const begun = time;
  let earned = 0;
  for (const step of steps) {
    expect(step.dt).toBeGreaterThan(0);
    expect(step.dt).toBeLessThanOrEqual(epoch + 1e-6);
    time += step.dt;
    earned += step.reward;
    expect(step.time).toBeCloseTo(time, 9);
    expect(step.info.accurateCoverageAuc).toBeCloseTo(earned, 12);
    const ids = [...step.views.keys()];
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    for (const [agent, view] of step.views) {
      expect(view.self.agent).toBe(agent);
      expect(view.time).toBeCloseTo(step.time, 9);
      expect(view.remaining).toBeCloseTo(Math.max(0, duration - step.time), 6);
      expect(view.peers.map((peer) => peer.agent)).not.toContain(agent);
      for (const peer of view.peers) expect(peer.time).toBeLessThan(view.time);
    }
  }
  expect(begun).toBeLessThanOrEqual(0.5);
  const last = steps.at(-1)!;
  expect(time).toBeCloseTo(duration, 6);
  expect([last.terminated, last.truncated]).toEqual([false, true]);
  expect(steps.slice(0, -1).every(({ terminated, truncated }) => !terminated && !truncated)).toBe(true);
  expect(last.info.observeS).toBeGreaterThan(0);
  await expect(async () => environment.step(new Map())).rejects.toThrow('reset');

  await environment.reset(3);
  expect(environment.agents).toEqual([...first.keys()]);
  await expect(async () => environment.step(new Map([[99, { kind: 'map' }]]))).rejects.toThrow('robot 99');
  environment.close();
  expect(environment.agents).toEqual([]);
}
