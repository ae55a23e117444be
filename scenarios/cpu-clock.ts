import { openSync, readSync } from 'node:fs';

/** CPU milliseconds the calling thread has used, or null where the system does not tell (anything but Linux). */
export function openCpuClock(): () => number | null {
  let file: number;
  try {
    file = openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return () => null;
  }
  const text = Buffer.alloc(64);
  const never = new Int32Array(new SharedArrayBuffer(4));
  return () => {
    // A running thread's count is brought up to date at ticks of some milliseconds, and when it pauses: so it pauses.
    Atomics.wait(never, 0, 0, 1e-3);
    const length = readSync(file, text, 0, text.length, 0);
    const [nanoseconds] = text.toString('latin1', 0, length).split(' ');
    return Number(nanoseconds) / 1e6;
  };
}

/** What a stretch of work took, milliseconds; `cpu` null where the system does not tell. */
export interface Took {
  readonly wall: number;
  readonly cpu: number | null;
}

/** Starts a stopwatch on a thread's clock; calling it tells what passed since. */
export function stopwatch(clock: () => number | null): () => Took {
  const cpu = clock();
  const wall = performance.now();
  return () => {
    const wallNow = performance.now();
    return { wall: wallNow - wall, cpu: cpu === null ? null : clock()! - cpu };
  };
}
