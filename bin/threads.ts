import { Worker } from 'node:worker_threads';

const FROM_SOURCE = import.meta.url.endsWith('.ts');

/**
 * Starts a thread, from its TypeScript where this program runs from source, and from what the build made of it elsewhere.
 * @param script of the thread, as the source names it: `new URL('./worker.ts', import.meta.url)`
 * @param data its `workerData`
 */
export function startWorker(script: URL, data: unknown): Worker {
  if (FROM_SOURCE) {
    const start = new URL('./worker-from-source.js', import.meta.url);
    // The parent's loaders do not reach a thread: this one registers its own.
    return new Worker(start, { workerData: data, argv: [script.href], execArgv: [] });
  }
  return new Worker(new URL(script.href.replace(/\.ts$/, '.js')), { workerData: data });
}
