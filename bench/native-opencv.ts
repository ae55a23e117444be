import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nativeSource } from '../bin/resources.ts';

const execute = promisify(execFile);

/** OpenCV in C++, compiled on the spot where Debian's `libopencv-dev` and g++ are installed. */
export interface NativeOpenCv {
  readonly version: string;
  /** A file of the bytes, for the program to read. */
  file(name: string, bytes: Uint8Array): Promise<string>;
  /** CPU milliseconds a call, as bench/native/opencv.cpp prints them. */
  measure(...args: readonly (string | number)[]): Promise<number>;
}

/** Hands OpenCV to `use`, or null where it cannot be compiled; its files are gone afterwards. */
export async function withOpenCv<T>(use: (openCv: NativeOpenCv | null) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'peerslam-bench-'));
  try {
    return await use(await compile(folder).catch(() => null));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compile(folder: string): Promise<NativeOpenCv> {
  const { stdout: version } = await execute('pkg-config', ['--modversion', 'opencv4']);
  const { stdout: flags } = await execute('pkg-config', ['--cflags', 'opencv4']);
  const program = join(folder, 'opencv');
  const libraries = ['-lopencv_core', '-lopencv_features2d'];
  await execute('g++', [
    ...['-O3', '-o', program, nativeSource('opencv.cpp')],
    ...[...flags.trim().split(/\s+/), ...libraries],
  ]);
  return {
    version: version.trim(),
    async file(name, bytes) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      return path;
    },
    async measure(...args) {
      return Number((await execute(program, args.map(String))).stdout);
    },
  };
}
