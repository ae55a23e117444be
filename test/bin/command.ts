import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const BIN = 'dist/bin/peerslam.js';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line. `prefix`: a program to run it under; after `interrupt` ms, or once it says something on standard
 * error, comes a Ctrl-C. */
export function peerslam(
  args: readonly string[],
  prefix: readonly string[] = [],
  interrupt?: number | 'once it speaks',
): Promise<Outcome> {
  if (!existsSync(BIN)) throw new Error(`${BIN} is not there: run "npm run build"`);
  const [program, ...rest] = [...prefix, process.execPath, BIN, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      if (interrupt === 'once it speaks' && stderr === '') child.kill('SIGINT');
      stderr += chunk;
    });
    if (typeof interrupt === 'number') setTimeout(() => child.kill('SIGINT'), interrupt);
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** A prefix under which Ctrl-C comes as soon as the program listens for it the `nth` time: first while it loads, then in a command. */
export function interruptedAtListener(nth: number): string[] {
  const preload = `let listeners = 0;
    process.on('newListener', (name) => {
      if (name === 'SIGINT' && ++listeners === ${nth}) queueMicrotask(() => process.emit('SIGINT'));
    })`;
  return ['env', `NODE_OPTIONS=--import=data:text/javascript,${encodeURIComponent(preload)}`];
}
