import {
  type MrclamRecording,
  type PlanarTrajectory,
  readMrclam,
  readMrclamTruth,
} from '../slam/datasets/mrclam.ts';
import { nodeFiles } from './files.ts';

/** A recording of MRCLAM, and where its robots really were. */
export interface JudgedMrclam {
  readonly recording: MrclamRecording;
  /** Of each robot, as listed. */
  readonly truth: readonly PlanarTrajectory[];
}

/** @throws InputError where it is no such recording */
export async function readJudgedMrclam(folder: string): Promise<JudgedMrclam> {
  const recording = await readMrclam(folder, nodeFiles);
  const truth = await Promise.all(recording.robots.map(({ id }) => readMrclamTruth(folder, nodeFiles, id)));
  return { recording, truth };
}
