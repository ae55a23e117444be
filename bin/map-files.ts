import { join } from 'node:path';
import { InputError } from '../base/errors.ts';
import { TRAJECTORY_FORMATS, type TrajectoryFormat } from '../scenarios/export.ts';
import { type LoadedMap, loadMap } from '../slam/map/file/map-file.ts';
import type { Trajectory } from '../slam/trajectory.ts';
import { nodeFiles } from './files.ts';
import { writeAtomic } from './output.ts';

/** @throws InputError that says why the file cannot be read, or is no map */
export async function readMap(path: string): Promise<LoadedMap> {
  const bytes = await nodeFiles.bytes(path).catch((error: Error) => {
    throw new InputError(path, error.message);
  });
  return loadMap(bytes, path);
}

/** Writes `name.tum`, `name.kitti.txt`, `name.euroc.csv`: those asked for, each once. */
export async function writeTrajectory(
  folder: string,
  name: string,
  { times, poses }: Trajectory,
  formats: readonly TrajectoryFormat[],
): Promise<void> {
  for (const format of new Set(formats)) {
    const { ending, write } = TRAJECTORY_FORMATS[format];
    await writeAtomic(join(folder, `${name}${ending}`), write(times, poses));
  }
}
