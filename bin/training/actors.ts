import type { Worker } from 'node:worker_threads';
import type { Actors, Plays } from '../../rl/actors.ts';
import type { Episode } from '../../rl/replay/episode.ts';
import type { TrainingPlan } from '../../scenarios/training/plan.ts';
import type { Play } from '../../scenarios/training/player.ts';
import { JobPool } from '../jobs.ts';
import { startWorker } from '../threads.ts';

/** Threads that play the episodes of a training. */
export class ThreadActors implements Actors {
  private readonly pool: JobPool<Play, Episode>;

  /** @param start starts a thread that plays */
  constructor(plan: TrainingPlan, workers: number, start: (plan: TrainingPlan) => Worker = startPlayer) {
    this.pool = new JobPool(workers, () => start(plan));
  }

  /** @throws Error where an episode fails, saying which and why */
  async play({ ids, ...rest }: Plays): Promise<Episode[]> {
    return Promise.all(ids.map((id) => this.one({ ...rest, id })));
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async one(play: Play): Promise<Episode> {
    const answer = await this.pool.submit(play);
    if (answer !== 'stopped' && 'result' in answer) return answer.result;
    const why = answer === 'stopped' ? 'the training was stopped' : answer.failure;
    throw new Error(`episode ${play.id} of the ${play.list} list: ${why}`);
  }
}

function startPlayer(plan: TrainingPlan): Worker {
  return startWorker(new URL('./worker.ts', import.meta.url), plan);
}
