const INTERRUPTED = 130;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Ctrl-C once: finish what is at hand and keep it. Twice: leave at once. */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    process.stderr.write('\nstopping; press Ctrl-C again to leave at once\n');
    process.exitCode = INTERRUPTED;
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return controller.signal;
}

/** Before anything is at hand, Ctrl-C leaves at once, and says so. @returns what ends that */
export function leaveWhenInterrupted(): () => void {
  const leave = () => {
    process.stderr.write('\nstopped before it began\n');
    process.exit(INTERRUPTED);
  };
  for (const signal of SIGNALS) process.on(signal, leave);
  return () => {
    for (const signal of SIGNALS) process.off(signal, leave);
  };
}
