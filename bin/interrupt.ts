/** Ctrl-C once: finish what is at hand and keep it. Twice: leave at once. */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nstopping; press Ctrl-C again to leave at once\n');
    process.exitCode = 130;
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}
