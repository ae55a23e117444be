import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../rl/learner/backend.ts';
import { type RoundReport, train } from '../../rl/train.ts';
import { TOY_CONFIG, ToyActors } from './toy.ts';

const never = new AbortController().signal;

beforeAll(async () => {
  expect((await openBackend('wasm')).name).toBe('wasm');
});

describe('training', () => {
  it('learns from what a robot tells of its health who needs to be watched, and by whom', async () => {
    const reports: RoundReport[] = [];
    const best = await train({
      config: TOY_CONFIG,
      actors: new ToyActors(TOY_CONFIG),
      from: null,
      stop: never,
      async onRound(report) {
        reports.push(report);
        if (process.env.SHOW) console.log(JSON.stringify(report));
      },
    });
    // To map scores 0.5, for all to watch who is in need 0.7.
    expect(best.score).toBeGreaterThan(0.78);
  });
});
