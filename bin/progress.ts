import { SingleBar } from 'cli-progress';

export interface Progress {
  /** `done` of the total, and what else to show. */
  update(done: number, note: string): void;
  stop(): void;
}

const PLAIN_INTERVAL_MS = 5000;

/** A bar with rate and time left on a terminal, a plain line every few seconds elsewhere; all on standard error. */
export function progress(total: number, unit: string, quiet = false): Progress {
  if (quiet) return { update: () => {}, stop: () => {} };
  return process.stderr.isTTY ? bar(total, unit) : lines(total, unit);
}

function bar(total: number, unit: string): Progress {
  const started = performance.now();
  const view = new SingleBar({
    format: `{bar} {percentage}% | {shown}/{total} ${unit} | {rate} | {left} left | {note}`,
    stream: process.stderr,
    hideCursor: true,
    barsize: 24,
  });
  view.start(total, 0, { note: '', rate: '–', shown: 0, left: '–' });
  return {
    update(done, note) {
      const seconds = (performance.now() - started) / 1000;
      const rate = done / Math.max(seconds, 1e-3);
      const left = `${Math.round((total - done) / Math.max(rate, 1e-6))} s`;
      view.update(Math.min(total, done), { note, rate: rateText(rate, unit), shown: done.toFixed(0), left });
    },
    stop: () => view.stop(),
  };
}

function lines(total: number, unit: string): Progress {
  const started = performance.now();
  let last = started;
  return {
    update(done, note) {
      const now = performance.now();
      if (now - last < PLAIN_INTERVAL_MS) return;
      last = now;
      const rate = (1000 * done) / (now - started);
      const left = Math.round((total - done) / Math.max(rate, 1e-6));
      process.stderr.write(
        `${done.toFixed(0)}/${total} ${unit}, ${rateText(rate, unit)}, ${left} s left, ${note}\n`,
      );
    },
    stop: () => {},
  };
}

/** A minute's worth where a second brings less than one. */
function rateText(perSecond: number, unit: string): string {
  return perSecond < 1 ? `${(60 * perSecond).toFixed(1)} ${unit}/min` : `${perSecond.toFixed(1)} ${unit}/s`;
}
