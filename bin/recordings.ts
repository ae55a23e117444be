import { ofOther, parseTrajectory, type Trajectory } from '../scenarios/evaluate/trajectory.ts';
import { type RecordingResult, type RecordingRun, runRecording } from '../scenarios/recording.ts';
import { type OpenOptions, openRecording } from '../slam/datasets/open.ts';
import type { Recording, TruthFile } from '../slam/datasets/recording.ts';
import { readText } from '../slam/datasets/text.ts';
import type { Kernels } from '../slam/kernels/kernels.ts';
import { nodeFiles } from './files.ts';
import { openFrames } from './frames/frames.ts';
import { decodeImages } from './images.ts';

/** @throws InputError where it is no recording, or lacks what the options ask for */
export function openDataset(dataset: string, options: OpenOptions): Promise<Recording> {
  return openRecording(dataset, options, nodeFiles, decodeImages);
}

export interface SlamOverOptions extends Pick<RecordingRun, 'map' | 'localizeOnly' | 'onFrame'> {
  readonly threads: number;
}

/**
 * The SLAM over a recording against the truth it comes with.
 * @throws InputError where its truth or not one of its frames can be read
 */
export async function slamOver(
  name: string,
  recording: Recording,
  kernels: Kernels,
  { threads, ...options }: SlamOverOptions,
): Promise<RecordingResult> {
  const truth = recording.truth && (await readTruth(recording.truth));
  const frames = openFrames(recording, kernels.features, threads);
  const { arrivals } = frames;
  try {
    return await runRecording({ name, recording, arrivals, kernels, truth, ...options });
  } finally {
    await frames.close();
  }
}

/** @throws InputError where the file cannot be read */
export async function readTruth({ path, timesPath, bodyFromTracked }: TruthFile): Promise<Trajectory> {
  const times =
    timesPath && (await readText(nodeFiles, timesPath, 'it should hold the times of the true poses'));
  const text = await readText(nodeFiles, path, 'it should hold the true poses');
  const trajectory = parseTrajectory(text, path, times);
  return bodyFromTracked ? ofOther(trajectory, bodyFromTracked) : trajectory;
}
