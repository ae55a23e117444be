/** Fits the tables of the `statistical` fidelity to missions with SLAM, and writes `tables.json`: `npm run fit:statistical`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readKernels } from '../../bin/resources.ts';
import { POLICIES } from '../../rl/policies.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { fitTables } from '../../scenarios/statistical/fit/fit.ts';
import { logMission, type MissionLog } from '../../scenarios/statistical/fit/log.ts';

/** Seeds that no comparison of policies uses. */
const MISSIONS = [
  { name: 'corridors', policy: 'independent', seed: 9001 },
  { name: 'corridors', policy: 'greedy-trace', seed: 9002 },
  { name: 'rescue', policy: 'greedy-trace', seed: 9003 },
  { name: 'office', policy: 'independent', seed: 9004 },
  { name: 'corridors', policy: 'random', seed: 9005 },
] as const;
const DURATION = 300;
/** How readily a place is known again cannot be read off the logs: what makes errors after a return about as large as theirs. */
const ASSUMED = { recognises: { own: 0.5, mates: 0.1 } };

const folder = join(import.meta.dirname, '..', '..', 'scenarios');
const kernels = await readKernels();
const missions: MissionLog[] = [];
for (const { name, policy, seed } of MISSIONS) {
  const where = join(folder, `${name}.yaml`);
  const scenario = parseScenario(readFileSync(where, 'utf8'), where);
  const allocator = POLICIES[policy];
  missions.push(await logMission({ scenario, where, kernels, seed, policy, allocator, duration: DURATION }));
  process.stderr.write(`${missions.length} of ${MISSIONS.length}: ${name}, ${policy}, seed ${seed}\n`);
}
const tables = fitTables(missions, DURATION, ASSUMED);
writeFileSync(join(folder, 'statistical', 'tables.json'), `${JSON.stringify(tables, null, 2)}\n`);
