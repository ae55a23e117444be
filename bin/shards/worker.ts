import { parentPort } from 'node:worker_threads';
import { runShard, type Shard } from '../../scenarios/experiment/shard.ts';
import { readKernels, readRenderKernels, readTables } from '../resources.ts';
import type { Answer } from './pool.ts';

/** A thread of the pool: shards in, their metrics out. */

const kernels = await readKernels();

parentPort!.on('message', async (shard: Shard) => {
  const answer: Answer = await run(shard).then(
    (metrics) => ({ metrics }),
    (error: Error) => ({ failure: error.message }),
  );
  parentPort!.postMessage(answer);
});

async function run(shard: Shard) {
  const render = shard.fidelity === 'images' ? await readRenderKernels() : undefined;
  const tables = shard.fidelity === 'statistical' ? await readTables() : undefined;
  return runShard(shard, { kernels, render, tables });
}
