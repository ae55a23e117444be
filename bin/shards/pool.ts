import type { Worker } from 'node:worker_threads';
import type { Shard } from '../../scenarios/experiment/shard.ts';
import type { RunMetrics } from '../../scenarios/run.ts';
import { startWorker } from '../threads.ts';

/** What a shard came to, or in words why to nothing. */
export type Answer = { readonly metrics: RunMetrics } | { readonly failure: string };

export interface PoolOptions {
  readonly workers: number;
  /** Missions under way when it aborts are given up. */
  readonly stop: AbortSignal;
  /** Hears of every shard that is over, as it is. @param index in the list given */
  readonly onDone: (index: number, answer: Answer) => void;
  /** Starts a thread that takes shards and gives answers. */
  readonly start?: () => Worker;
}

/**
 * Runs missions side by side, each on one thread from beginning to end. A mission that fails is told like one that succeeds, and the
 * others go on; a thread that dies is replaced, and its mission tried once more.
 */
export async function runShards(shards: readonly Shard[], options: PoolOptions): Promise<void> {
  const { workers, stop, onDone, start = startRunner } = options;
  let next = 0;
  const work = async () => {
    const thread = new Thread(start, stop);
    try {
      while (next < shards.length && !stop.aborted) {
        const index = next++;
        const answer = await persistent(thread, shards[index]);
        if (answer !== 'stopped') onDone(index, answer);
      }
    } finally {
      await thread.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, shards.length) }, work));
}

function startRunner(): Worker {
  return startWorker(new URL('./worker.ts', import.meta.url), undefined);
}

async function persistent(thread: Thread, shard: Shard): Promise<Answer | 'stopped'> {
  const first = await thread.run(shard);
  if (first === 'stopped' || !('died' in first)) return first;
  const second = await thread.run(shard);
  if (second === 'stopped' || !('died' in second)) return second;
  return { failure: `its thread died, twice: ${second.died}` };
}

type Ending = Answer | { readonly died: string } | 'stopped';

/** A thread, and after its death another. */
class Thread {
  private readonly start: () => Worker;
  private readonly stop: AbortSignal;
  private worker: Worker | null = null;
  /** Hears how the mission under way ends; what comes after that changes nothing. */
  private settle: (ending: Ending) => void = () => {};

  constructor(start: () => Worker, stop: AbortSignal) {
    this.start = start;
    this.stop = stop;
  }

  async run(shard: Shard): Promise<Ending> {
    this.worker ??= this.started();
    const worker = this.worker;
    const onStop = () => this.settle('stopped');
    this.stop.addEventListener('abort', onStop);
    const ending = await new Promise<Ending>((resolve) => {
      this.settle = resolve;
      worker.postMessage(shard);
    });
    this.stop.removeEventListener('abort', onStop);
    if (ending === 'stopped' || 'died' in ending) await this.end();
    return ending;
  }

  async end(): Promise<void> {
    await this.worker?.terminate();
    this.worker = null;
  }

  private started(): Worker {
    const worker = this.start();
    worker.on('message', (answer: Answer) => this.settle(answer));
    worker.on('error', (error: Error) => this.settle({ died: error.message }));
    worker.on('exit', (code) => this.settle({ died: `it ended with status ${code}` }));
    return worker;
  }
}
