// A thread of the pool that runs no mission. Its policy says how it ends: `dies` every time, `dies once` until the file named as the
// scenario is there, `throws`, `never` answers; any other answers with the seed.
import { existsSync, writeFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ policy, seed, scenario }) => {
  if (policy === 'never') return;
  if (policy === 'throws') throw new Error('out of its mind');
  if (policy === 'dies') process.exit(3);
  if (policy === 'dies once' && !existsSync(scenario.name)) {
    writeFileSync(scenario.name, '');
    process.exit(3);
  }
  parentPort.postMessage(policy === 'fails' ? { failure: 'no way' } : { metrics: { seed } });
});
