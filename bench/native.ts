import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A native program to compare with, compiled for the occasion. */
export interface Native {
  /** Runs it and parses what it prints as JSON. */
  run(...args: string[]): Promise<unknown>;
  remove(): Promise<void>;
}

/** The package's own folder: sources of native programs are not compiled into `dist/`. */
const root = packageRoot(dirname(fileURLToPath(import.meta.url)));

function packageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageRoot(dirname(folder));
}

/**
 * Compiles `bench/native/<name>.cc`.
 * @param flags of the compiler: include folders and libraries
 * @returns the program, or in words why there is none
 */
export async function compileNative(name: string, flags: readonly string[]): Promise<Native | string> {
  const source = join(root, 'bench/native', `${name}.cc`);
  if (!existsSync(source)) return 'its source is not in this package';
  const folder = await mkdtemp(join(tmpdir(), 'peerslam-bench-'));
  const program = join(folder, name);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await run('g++', ['-O3', '-march=native', '-std=c++17', source, '-o', program, ...flags]);
  } catch (error) {
    await remove();
    const { code, stderr } = error as { code?: string; stderr?: string };
    if (code === 'ENOENT') return 'no g++ here';
    return `does not compile: ${stderr?.split('\n').find((line) => line.includes('error')) ?? code}`;
  }
  return {
    run: async (...args) => JSON.parse((await run(program, args)).stdout),
    remove,
  };
}
