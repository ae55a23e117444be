/** Publishes the table of features: `npx tsx rl/observation/write-document.ts` after a change of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { observationDocument } from './document.ts';

const folder = join(import.meta.dirname, '../../docs');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'observation.md'), observationDocument());
