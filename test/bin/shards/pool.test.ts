import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { readKernels, readRenderKernels } from '../../../bin/resources.ts';
import { type Answer, runShards } from '../../../bin/shards/pool.ts';
import { runShard, type Shard } from '../../../scenarios/experiment/shard.ts';
import { parseScenario } from '../../../scenarios/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'peerslam-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scenario = parseScenario(
  'name: small\nlayout: { kind: office, width: 18, depth: 14 }\nteam: { agents: 2 }\n',
  'small.yaml',
);
const shard = (seed: number, changes: Partial<Shard> = {}): Shard => ({
  ...{ scenario, agents: 2, policy: 'greedy-trace', parameters: {}, seed },
  ...{ fidelity: 'features', relative: true, duration: 2 },
  ...changes,
});
const never = new AbortController().signal;

describe('runShards', () => {
  it('gives what one thread gives, each with its place in the list', async () => {
    const shards = [shard(1, { duration: 4 }), shard(2), shard(3, { duration: 1, fidelity: 'images' })];
    const answers: Answer[] = [];
    await runShards(shards, {
      workers: 2,
      stop: never,
      onDone: (index, answer) => {
        answers[index] = answer;
      },
    });
    const [kernels, render] = [await readKernels(), await readRenderKernels()];
    const alone = [];
    for (const each of shards) alone.push((await runShard(each, { kernels, render })).hash);
    expect(answers.map((answer) => 'metrics' in answer && answer.metrics.hash)).toEqual(alone);
    expect(new Set(alone).size).toBe(3);
  });

  it('says what is wrong with a mission that cannot be', async () => {
    const answers: Answer[] = [];
    const onDone = (_: number, answer: Answer) => answers.push(answer);
    await runShards([shard(1, { agents: 0 })], { workers: 1, stop: never, onDone });
    expect(answers).toEqual([{ failure: expect.stringContaining('a team of 0 robots cannot do anything') }]);
  });
});

/** How missions end whose thread is told how to. */
async function endings(policies: readonly string[], workers = 1, stop = new AbortController()) {
  const ends: (Answer | undefined)[] = policies.map(() => undefined);
  let threads = 0;
  await runShards(
    policies.map((policy, seed) =>
      shard(seed, { policy, scenario: { ...scenario, name: join(folder, 'died') } }),
    ),
    {
      workers,
      stop: stop.signal,
      start() {
        threads++;
        return new Worker(new URL('./mortal.js', import.meta.url), { stderr: true });
      },
      onDone(index, answer) {
        ends[index] = answer;
        if (policies[index] === 'last') stop.abort();
      },
    },
  );
  return { ends, threads };
}

const seed = (value: number) => ({ metrics: { seed: value } });

describe('a thread that dies', () => {
  it('is replaced, and its mission tried again', async () => {
    expect(await endings(['works', 'dies once', 'works'])).toEqual({
      ends: [seed(0), seed(1), seed(2)],
      threads: 2,
    });
  });

  it('twice with one mission is the end of that mission, and of no other', async () => {
    const { ends, threads } = await endings(['dies', 'works', 'throws', 'works']);
    expect(ends).toEqual([
      { failure: 'its thread died, twice: it ended with status 3' },
      seed(1),
      { failure: 'its thread died, twice: out of its mind' },
      seed(3),
    ]);
    expect(threads).toBe(5);
  });

  it('is not blamed for a mission that fails by itself, which is not tried again', async () => {
    expect(await endings(['fails', 'works'])).toEqual({ ends: [{ failure: 'no way' }, seed(1)], threads: 1 });
  });
});

it('stops when asked to: what is under way is given up, what is not begun is left', async () => {
  const { ends } = await endings(['never', 'last', 'works'], 2);
  expect(ends).toEqual([undefined, seed(1), undefined]);
});
