import type { Worker } from 'node:worker_threads';

/** What a job came to, or in words why to nothing. */
export type Answer<Result> = { readonly result: Result } | { readonly failure: string };

type Ending<Result> = Answer<Result> | { readonly died: string };

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly resolve: (answer: Answer<Result> | 'stopped') => void;
}

/**
 * Threads that do jobs, each one at a time, first come, first served. A thread that dies is replaced, and its job tried once more. A
 * thread takes jobs as messages and answers each with an `Answer`.
 */
export class JobPool<Job, Result> {
  private readonly start: () => Worker;
  private readonly queue: Waiting<Job, Result>[] = [];
  private readonly idle: Thread<Job, Result>[];
  private readonly threads: readonly Thread<Job, Result>[];
  private ended = false;

  /** @param start starts a thread; it is called when there is something for it to do */
  constructor(workers: number, start: () => Worker) {
    this.start = start;
    this.threads = Array.from({ length: workers }, () => new Thread<Job, Result>(() => this.start()));
    this.idle = [...this.threads];
  }

  /** @returns its answer, or `stopped` where the pool ended first */
  submit(job: Job): Promise<Answer<Result> | 'stopped'> {
    if (this.ended) return Promise.resolve('stopped');
    return new Promise((resolve) => {
      this.queue.push({ job, resolve });
      this.dispatch();
    });
  }

  /** Gives up what is under way. */
  async end(): Promise<void> {
    this.ended = true;
    for (const { resolve } of this.queue.splice(0)) resolve('stopped');
    await Promise.all(this.threads.map((thread) => thread.end()));
  }

  private dispatch(): void {
    while (this.queue.length > 0 && this.idle.length > 0)
      void this.serve(this.idle.shift()!, this.queue.shift()!);
  }

  private async serve(thread: Thread<Job, Result>, { job, resolve }: Waiting<Job, Result>): Promise<void> {
    let ending = await thread.run(job);
    if ('died' in ending && !this.ended) ending = await thread.run(job);
    if (this.ended) resolve('stopped');
    else resolve('died' in ending ? { failure: `its thread died, twice: ${ending.died}` } : ending);
    this.idle.push(thread);
    this.dispatch();
  }
}

/** A thread, and after its death another. */
class Thread<Job, Result> {
  private readonly start: () => Worker;
  private worker: Worker | null = null;
  /** Hears how the job under way ends; what comes after that changes nothing. */
  private settle: (ending: Ending<Result>) => void = () => {};

  constructor(start: () => Worker) {
    this.start = start;
  }

  async run(job: Job): Promise<Ending<Result>> {
    this.worker ??= this.started();
    const worker = this.worker;
    const ending = await new Promise<Ending<Result>>((resolve) => {
      this.settle = resolve;
      worker.postMessage(job);
    });
    if ('died' in ending) await this.end();
    return ending;
  }

  async end(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    await worker?.terminate();
  }

  private started(): Worker {
    const worker = this.start();
    worker.on('message', (answer: Answer<Result>) => this.settle(answer));
    worker.on('error', (error: Error) => this.settle({ died: error.message }));
    worker.on('exit', (code) => this.settle({ died: `it ended with status ${code}` }));
    return worker;
  }
}
