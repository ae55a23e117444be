import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../base/errors.ts';
import { compileNative } from './native.ts';

/** What the solver benches share: files to solve, Ceres beside us, and the best of a few runs of each. */

const RUNS = 5;
const CERES = ['-I/usr/include/eigen3', '-lceres', '-lglog'];

export interface Solved {
  readonly cost: number;
  readonly ms: number;
  readonly iterations: number;
}

/** @throws InputError where there is no such file */
export async function readBenchData(name: string): Promise<{ text: string; path: string }> {
  const path = join(process.env.PEERSLAM_DATA ?? '../shared/data', name);
  if (!existsSync(path))
    throw new InputError(path, 'there is no such file; PEERSLAM_DATA should name the folder of recordings');
  return { text: await readFile(path, 'utf8'), path };
}

/** Ceres's program of that name as a function of a file, or why there is none. */
export async function ceres(
  name: string,
): Promise<{ solve(path: string): Promise<Solved>; remove(): Promise<void> } | string> {
  const native = await compileNative(name, CERES);
  if (typeof native === 'string') return native;
  return {
    remove: native.remove,
    async solve(path) {
      const all: Solved[] = [];
      for (let k = 0; k < RUNS; k++) all.push((await native.run(path)) as Solved);
      return fastest(all);
    },
  };
}

/** The first run of ours, just-in-time compilation included, and the fastest of several. */
export function timed(solve: () => Omit<Solved, 'ms'>): { first: Solved; best: Solved } {
  const all: Solved[] = [];
  for (let k = 0; k < RUNS; k++) {
    const started = performance.now();
    const result = solve();
    all.push({ ...result, ms: performance.now() - started });
  }
  return { first: all[0], best: fastest(all) };
}

function fastest(all: readonly Solved[]): Solved {
  return all.reduce((best, one) => (one.ms < best.ms ? one : best));
}
