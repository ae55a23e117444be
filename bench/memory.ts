import { POLICIES } from '../rl/policies.ts';
import { parseScenario } from '../scenarios/load.ts';
import { runScenario } from '../scenarios/run.ts';
import { type Bench, fixed } from './bench.ts';

const ROBOTS = 8;
const DURATION = 1800;
const FIFTHS = 5;
const MEGABYTE = 1024 * 1024;

/** Memory of a long mission: it should not grow once the building is mapped. */
export const memoryBench: Bench = {
  name: 'memory',
  about: 'thirty minutes with eight robots: resident memory at each fifth (takes some minutes)',
  async run({ kernels, scenarioText, say, stop }) {
    const { text, path } = await scenarioText('office');
    const rows: (string | number)[][] = [];
    let fifth = 1;
    await runScenario({
      scenario: parseScenario(text, path),
      where: path,
      kernels,
      seed: 1,
      policy: 'independent',
      allocator: POLICIES.independent,
      agents: ROBOTS,
      duration: DURATION,
      onTick({ time, coverage, keyframes, mapPoints }) {
        if (time >= (fifth * DURATION) / FIFTHS - 1e-6) {
          const { rss, heapUsed } = process.memoryUsage();
          rows.push([
            fixed(time, 0),
            fixed(rss / MEGABYTE, 0),
            fixed(heapUsed / MEGABYTE, 0),
            keyframes,
            mapPoints,
            fixed(100 * coverage, 1),
          ]);
          say(`memory: ${fixed(time, 0)} s, ${fixed(rss / MEGABYTE, 0)} MB`);
          fifth++;
        }
        return !stop.aborted;
      },
    });
    return { head: ['mission s', 'RSS MB', 'heap MB', 'keyframes', 'map points', 'covered %'], rows };
  },
};
