/** Publishes the schema of scenario files for editors: `npx tsx scenarios/write-schema.ts` after a change of `schema.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarioJsonSchema } from './schema.ts';

const path = join(import.meta.dirname, 'scenario.schema.json');
writeFileSync(path, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
