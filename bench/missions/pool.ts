import type { Worker } from 'node:worker_threads';
import { startWorker } from '../../bin/threads.ts';
import type { RunMetrics } from '../../scenarios/run.ts';
import { type MissionAnswer, type MissionPlan, titleOf } from './plan.ts';

export interface MissionsOptions {
  readonly workers: number;
  /** Missions under way when it aborts are given up. */
  readonly stop: AbortSignal;
  /** Hears of every mission that is over. */
  onDone?(plan: MissionPlan, metrics: RunMetrics, done: number): void;
}

/**
 * Runs missions side by side, each on one thread from beginning to end.
 * @returns metrics in the order of the plans, whichever thread ran them; undefined for those not run when it was stopped
 * @throws what ended a mission, once every thread has been stopped
 */
export async function runMissions(
  plans: readonly MissionPlan[],
  { workers, stop, onDone }: MissionsOptions,
): Promise<(RunMetrics | undefined)[]> {
  const results = plans.map((): RunMetrics | undefined => undefined);
  let next = 0;
  let done = 0;
  // The failure of one thread stops the others, too.
  const halt = new AbortController();
  const onStop = () => halt.abort();
  stop.addEventListener('abort', onStop);
  const work = async () => {
    const thread = new Thread(halt.signal);
    try {
      while (next < plans.length && !stop.aborted && !halt.signal.aborted) {
        const index = next++;
        const metrics = await thread.run(plans[index]);
        if (!metrics) return;
        results[index] = metrics;
        onDone?.(plans[index], metrics, ++done);
      }
    } catch (error) {
      halt.abort();
      throw error;
    } finally {
      await thread.end();
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(workers, plans.length) }, work));
  stop.removeEventListener('abort', onStop);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
  return results;
}

class Thread {
  private readonly worker: Worker;
  private readonly stop: AbortSignal;

  constructor(stop: AbortSignal) {
    this.stop = stop;
    this.worker = startWorker(new URL('./worker.ts', import.meta.url), undefined);
  }

  /** Undefined where it was stopped first. */
  run(plan: MissionPlan): Promise<RunMetrics | undefined> {
    const { worker, stop } = this;
    return new Promise<RunMetrics | undefined>((resolve, reject) => {
      const fail = (why: string, cause?: unknown) => reject(new Error(`${titleOf(plan)}: ${why}`, { cause }));
      const onStop = () => resolve(undefined);
      stop.addEventListener('abort', onStop, { once: true });
      worker.removeAllListeners();
      worker.once('message', (answer: MissionAnswer) => {
        stop.removeEventListener('abort', onStop);
        if ('metrics' in answer) resolve(answer.metrics);
        else fail(answer.error.message, answer.error);
      });
      worker.once('error', (error: Error) => fail(error.message, error));
      worker.once('exit', (code) => fail(`its thread ended with status ${code}`));
      worker.postMessage(plan);
    });
  }

  async end(): Promise<void> {
    this.worker.removeAllListeners();
    await this.worker.terminate();
  }
}
