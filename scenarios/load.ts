import { type Scenario, scenarioSchema } from './schema.ts';
import { type FileKind, parseYaml } from './yaml.ts';

const SCENARIO: FileKind<Scenario> = { name: 'scenario', schema: scenarioSchema, least: 'a name' };

/**
 * Reads a scenario from YAML; what the file leaves out is filled in.
 * @param where the file, for messages
 * @throws InputError that names line, key, value and what would be right, for every problem, first in the file first
 */
export function parseScenario(text: string, where: string): Scenario {
  return parseYaml(text, where, SCENARIO);
}
