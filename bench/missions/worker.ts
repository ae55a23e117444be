import { parentPort } from 'node:worker_threads';
import { readKernels } from '../../bin/resources.ts';
import { runMission } from './mission.ts';
import type { MissionAnswer, MissionPlan } from './plan.ts';

/** A thread of the pool: plans of missions in, their metrics out. */

const kernels = await readKernels();

parentPort!.on('message', async (plan: MissionPlan) => {
  const answer: MissionAnswer = await runMission(plan, kernels).then(
    (metrics) => ({ metrics }),
    (error: Error) => ({ error }),
  );
  parentPort!.postMessage(answer);
});
