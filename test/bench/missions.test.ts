import { describe, expect, it } from 'vitest';
import { runMission } from '../../bench/missions/mission.ts';
import type { MissionPlan } from '../../bench/missions/plan.ts';
import { runMissions } from '../../bench/missions/pool.ts';
import { readKernels } from '../../bin/resources.ts';
import { parseScenario } from '../../scenarios/load.ts';

const scenario = parseScenario(
  'name: small\nlayout: { kind: office, width: 18, depth: 14 }\nteam: { agents: 2 }\n',
  'small.yaml',
);
const plan = (seed: number, duration = 3): MissionPlan => ({
  scenario,
  policy: 'greedy-trace',
  seed,
  fidelity: 'features',
  relative: true,
  duration,
});
const never = new AbortController().signal;

describe('runMissions', () => {
  it('gives what one thread gives, in the order of the plans', async () => {
    const plans = [plan(1, 6), plan(2), { ...plan(3, 1), fidelity: 'images' as const }];
    const heard: number[] = [];
    const results = await runMissions(plans, {
      workers: 2,
      stop: never,
      onDone: (_, { seed }, done) => heard.push(seed, done),
    });
    const kernels = await readKernels();
    const alone = [];
    for (const each of plans) alone.push((await runMission(each, kernels)).hash);
    expect(results.map((metrics) => metrics?.hash)).toEqual(alone);
    expect(new Set(alone).size).toBe(3);
    expect(results.map((metrics) => metrics?.fidelity)).toEqual(['features', 'features', 'images']);
    expect(heard.filter((_, i) => i % 2).sort()).toEqual([1, 2, 3]);
  });

  it('stops when asked to, and keeps what is done', async () => {
    const control = new AbortController();
    const results = await runMissions([plan(1), plan(2, 3600), plan(3, 3600)], {
      workers: 1,
      stop: control.signal,
      onDone: () => control.abort(),
    });
    expect(results.map((metrics) => metrics?.seed)).toEqual([1, undefined, undefined]);
  });

  it('says which mission failed, and ends', async () => {
    const impossible = { ...plan(2), policy: 'no such policy' };
    await expect(runMissions([impossible, plan(1, 3600)], { workers: 2, stop: never })).rejects.toThrow(
      'small, no such policy, seed 2',
    );
  });
});
