import { parentPort, workerData } from 'node:worker_threads';
import type { Episode } from '../../rl/replay/episode.ts';
import type { TrainingPlan } from '../../scenarios/training/plan.ts';
import { EpisodePlayer, type Play } from '../../scenarios/training/player.ts';
import type { Answer } from '../jobs.ts';
import { readKernels, readTables } from '../resources.ts';

/** A thread that plays episodes: plays in, episodes out. */

const player = new EpisodePlayer(workerData as TrainingPlan, await readKernels(), await readTables());

parentPort!.on('message', async (play: Play) => {
  const answer: Answer<Episode> = await player.play(play).then(
    (result) => ({ result }),
    (error: Error) => ({ failure: error.message }),
  );
  parentPort!.postMessage(answer);
});
