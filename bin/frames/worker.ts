import { parentPort, workerData } from 'node:worker_threads';
import type { FrameFiles, FrameFormat } from '../../slam/datasets/recording.ts';
import { readKernels } from '../resources.ts';
import { Perceiver } from './perceiver.ts';
import type { Answer } from './pool.ts';

/** A thread of the pool: files of a moment in, its keypoints out. */

const { features } = await readKernels();
const perceiver = new Perceiver(workerData as FrameFormat, features);

parentPort!.on('message', async (files: FrameFiles) => {
  const answer: Answer = await perceiver.perceive(files).then(
    (arrival) => ({ time: files.time, arrival }),
    (error: Error) => ({ time: files.time, error }),
  );
  parentPort!.postMessage(answer);
});
