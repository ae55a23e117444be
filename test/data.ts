import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the real recordings are, if they are: `PEERSLAM_DATA`, or `../shared/data` beside the checkout. */
export const dataFolder = process.env.PEERSLAM_DATA ?? join(import.meta.dirname, '../../shared/data');

/** Whether a recording is there; says plainly when tests of it are skipped. */
export function hasData(name: string): boolean {
  const there = existsSync(join(dataFolder, name));
  if (!there)
    console.warn(`skipped: ${join(dataFolder, name)} is not there (set PEERSLAM_DATA to where it is)`);
  return there;
}
