import type { Worker } from 'node:worker_threads';
import type { Arrival } from '../../scenarios/recording.ts';
import type { FrameFiles, FrameFormat } from '../../slam/datasets/recording.ts';
import { startWorker } from '../threads.ts';

/** What a worker makes of a moment; an error is a fault of ours, since damaged files arrive with their reason. */
export type Answer =
  | { readonly time: number; readonly arrival: Arrival }
  | { readonly time: number; readonly error: Error };

interface Waiting {
  readonly resolve: (arrival: Arrival) => void;
  readonly reject: (error: Error) => void;
}

/** Threads that read images and find their keypoints. */
export class FramePool {
  private readonly threads: Thread[];

  constructor(format: FrameFormat, count: number) {
    this.threads = Array.from({ length: count }, () => new Thread(format));
  }

  /** By whichever thread has least to do. @throws what ended that thread */
  perceive(files: FrameFiles): Promise<Arrival> {
    const idlest = this.threads.reduce((best, thread) => (thread.load < best.load ? thread : best));
    return idlest.perceive(files);
  }

  /** Stops the threads at once; what was asked of them is never answered. */
  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }
}

class Thread {
  private readonly worker: Worker;
  /** Moments asked for and not answered yet, by time. */
  private readonly waiting = new Map<number, Waiting>();
  private failure: Error | null = null;

  constructor(format: FrameFormat) {
    this.worker = startWorker(new URL('./worker.ts', import.meta.url), format);
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error: Error) => this.fail(error));
    this.worker.on('exit', (code) =>
      this.fail(new Error(`a thread that reads images ended with status ${code}`)),
    );
  }

  get load(): number {
    return this.waiting.size;
  }

  perceive(files: FrameFiles): Promise<Arrival> {
    return new Promise((resolve, reject) => {
      if (this.failure) {
        reject(this.failure);
        return;
      }
      this.waiting.set(files.time, { resolve, reject });
      this.worker.postMessage(files);
    });
  }

  async stop(): Promise<void> {
    this.waiting.clear();
    await this.worker.terminate();
  }

  private settle(answer: Answer): void {
    const { resolve, reject } = this.waiting.get(answer.time)!;
    this.waiting.delete(answer.time);
    if ('arrival' in answer) resolve(answer.arrival);
    else reject(answer.error);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.values()) reject(this.failure);
    this.waiting.clear();
  }
}
