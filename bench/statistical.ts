import { readTables } from '../bin/resources.ts';
import { POLICIES } from '../rl/policies.ts';
import { simOptions } from '../scenarios/sim-options.ts';
import { StatisticalMission } from '../scenarios/statistical/mission.ts';
import { Site } from '../scenarios/statistical/site.ts';
import { median } from '../scenarios/statistics.ts';
import { type Bench, fixed } from './bench.ts';
import { scenarioOf } from './scenarios.ts';

const SCENARIO = 'corridors';
const SIZES = [2, 4, 8];
const POLICY = 'greedy-trace';
/** Missions before the clock is read: code is compiled as it runs. */
const WARM_UP = 3;

/** How fast missions without frames go, by CPU time. */
export const statisticalBench: Bench = {
  name: 'statistical',
  about: `missions without frames, ${SCENARIO}, ${POLICY}: how many seconds of a mission a second of one core (4 robots: ≥ 500, aim 2,000)`,
  async run(context) {
    const scenario = await scenarioOf(context, SCENARIO);
    const tables = await readTables();
    const { epoch, observeBudget = Infinity } = scenario.decision;
    const rows = SIZES.map((agents) => {
      const built = cpuSeconds();
      const site = new Site(simOptions(scenario, { seed: 1, agents }));
      const building = cpuSeconds() - built;
      const times = Array.from({ length: WARM_UP + context.runs }, (_, seed) => {
        const began = cpuSeconds();
        const mission = new StatisticalMission({
          site,
          tables,
          seed,
          allocator: (_agent, random) => POLICIES[POLICY](random),
          duration: scenario.duration,
          task: { epoch, observeBudget, overrides: [] },
        });
        mission.run();
        return cpuSeconds() - began;
      });
      const seconds = median(times.slice(WARM_UP));
      return [agents, fixed(scenario.duration / seconds, 0), fixed(1000 * building, 0)];
    });
    return { head: ['robots', '× real time', 'building the site, ms'], rows };
  },
};

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
