import { describe, expect, it } from 'vitest';
import type { BenchContext } from '../../bench/bench.ts';
import { missionOf, runAll } from '../../bench/missions.ts';
import { parseScenario } from '../../scenarios/load.ts';

const scenario = parseScenario(
  'name: small\nlayout: { kind: office, width: 18, depth: 14 }\nteam: { agents: 2 }\n',
  'small.yaml',
);
const facing = { policy: 'greedy-trace', relative: true, fidelity: 'features' } as const;

function context(heard: string[], stop = new AbortController().signal): BenchContext {
  return { workers: 1, stop, say: (text: string) => heard.push(text) } as unknown as BenchContext;
}

describe('runAll', () => {
  it('stops when asked to, and keeps what is done', async () => {
    const control = new AbortController();
    const outcomes = await runAll(
      [
        missionOf(scenario, { ...facing, duration: 1 }, 1),
        missionOf(scenario, { ...facing, duration: 3600 }, 2),
      ],
      { ...context([], control.signal), say: () => control.abort() },
    );
    expect(outcomes.map(({ shard, metrics }) => [shard.seed, metrics.seed])).toEqual([[1, 1]]);
  });

  it('says which mission failed, and runs no others', async () => {
    const heard: string[] = [];
    const impossible = missionOf({ ...scenario, team: { agents: 0, robots: [] } }, facing, 2);
    const run = runAll([impossible, missionOf(scenario, { ...facing, duration: 3600 }, 1)], context(heard));
    await expect(run).rejects.toThrow('small, greedy-trace, seed 2: ');
    expect(heard).toEqual([]);
  });
});
