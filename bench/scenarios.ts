import { parseScenario } from '../scenarios/load.ts';
import type { Scenario } from '../scenarios/schema.ts';
import type { BenchContext } from './bench.ts';

/** @throws InputError where there is no such scenario, or something is wrong with it */
export async function scenarioOf({ scenarioText }: BenchContext, name: string): Promise<Scenario> {
  const { text, path } = await scenarioText(name);
  return parseScenario(text, path);
}
