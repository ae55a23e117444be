import { POLICIES } from '../rl/policies.ts';
import { parseScenario } from '../scenarios/load.ts';
import { runScenario } from '../scenarios/run.ts';
import { type Bench, fixed } from './bench.ts';

/** The default mission against the figures it should reach. */
export const missionBench: Bench = {
  name: 'mission',
  about: 'the default scenario: four robots, five minutes',
  async run({ kernels, scenarioText, say, stop }) {
    const { text, path } = await scenarioText('office');
    let next = 60;
    const { metrics } = await runScenario({
      scenario: parseScenario(text, path),
      where: path,
      kernels,
      seed: 1,
      policy: 'independent',
      allocator: POLICIES.independent,
      onTick({ time, coverage }) {
        if (time >= next) {
          say(`mission: ${next} s, ${(100 * coverage).toFixed(0)} % covered`);
          next += 60;
        }
        return !stop.aborted;
      },
    });
    const slowest = Math.max(...metrics.agents.map(({ trackMs }) => trackMs?.median ?? 0));
    return {
      head: ['figure', 'measured', 'to reach'],
      rows: [
        ['real-time factor', fixed(metrics.realTimeFactor, 1), '≥ 5'],
        ['tracking a frame, median of the slowest robot, ms', fixed(slowest, 2), '≤ 3'],
        ['coverage of what is reachable, %', fixed(100 * metrics.team.coverage, 1), '≥ 90'],
        ['accurately covered, %', fixed(100 * metrics.team.accurateCoverage, 1), '–'],
        ['team ATE, m', fixed(metrics.team.ateRmse, 3), '–'],
      ],
    };
  },
};
