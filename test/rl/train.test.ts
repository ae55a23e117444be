import { beforeAll, describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint, snapshotOf } from '../../rl/checkpoint.ts';
import { openBackend } from '../../rl/learner/backend.ts';
import { FEATURES } from '../../rl/network/features.ts';
import { decodeEpisodes, encodeEpisodes } from '../../rl/replay/episode-codec.ts';
import { type RoundReport, type Snapshot, train } from '../../rl/train.ts';
import type { TrainingConfig } from '../../rl/training-config.ts';
import { TOY_CONFIG, ToyActors } from './toy.ts';

beforeAll(async () => {
  expect((await openBackend('wasm')).name).toBe('wasm');
});

async function run(config: TrainingConfig, from: Snapshot | null = null, rounds = Number.POSITIVE_INFINITY) {
  const reports: RoundReport[] = [];
  const stop = new AbortController();
  let last: Snapshot | undefined;
  const best = await train({
    config,
    actors: new ToyActors(config),
    from,
    stop: stop.signal,
    async onRound(report, snapshot) {
      reports.push(report);
      last = snapshot;
      if (reports.length >= rounds) stop.abort();
    },
  });
  return { best, reports, last: last! };
}

describe('training', () => {
  it('learns from what a robot tells of its health who needs to be watched', async () => {
    const { best } = await run(TOY_CONFIG);
    // To map scores 0.5, for all to watch who is in need 0.7; to watch anyone else less than 0.5.
    expect(best.score).toBeGreaterThan(0.6);
  });

  it('stopped after any round and taken up from its checkpoint, it is what it would have been', async () => {
    const config = { ...TOY_CONFIG, rounds: 4, episodes: 3, steps: 2, replay: 20 };
    const prioritised = { ...config, priority: { exponent: 0.6, correction: 0.4 } };
    const whole = await run(prioritised);
    const { last } = await run(prioritised, null, 2);
    const stored = decodeEpisodes(encodeEpisodes(last.episodes), FEATURES, 'episodes.bin');
    const checkpoint = decodeCheckpoint(encodeCheckpoint(last, {}), 'checkpoint.bin');
    const rest = await run(prioritised, snapshotOf(checkpoint, stored, 'checkpoint.bin'));
    expect(rest.reports).toEqual(whole.reports.slice(2));
    expect(rest.last.learner.online).toEqual(whole.last.learner.online);
    expect(rest.last).toEqual(whole.last);
  });

  it('says that a loss is no number any more, and what to do', async () => {
    const learner = { ...TOY_CONFIG.learner, learningRate: 1e38 };
    const config = { ...TOY_CONFIG, learner, episodes: 2, rounds: 3, steps: 4 };
    await expect(run(config)).rejects.toThrow(
      /^round \d: the loss became NaN; .* Lower learner.learningRate/,
    );
  });
});

describe('a checkpoint', () => {
  it('that is cut short, or of other observations, is refused', async () => {
    const { last } = await run({ ...TOY_CONFIG, rounds: 1, episodes: 1, steps: 1 });
    const bytes = encodeCheckpoint(last, {});
    expect(() => decodeCheckpoint(bytes.slice(0, 900), 'c.bin')).toThrow('c.bin: cut short at byte 900');
    expect(() => snapshotOf(decodeCheckpoint(bytes, 'c.bin'), [], 'c.bin')).toThrow('episode 0 is missing');
  });
});
