import { readFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import { InputError } from '../../base/errors.ts';
import { memoryBench } from '../../bench/memory.ts';
import { missionBench } from '../../bench/mission.ts';
import { placesBench } from '../../bench/places.ts';
import { textureBench } from '../../bench/texture.ts';
import { interrupted } from '../interrupt.ts';
import { say } from '../output.ts';
import { readKernels, scenarioPath } from '../resources.ts';

const BENCHES = [missionBench, textureBench, placesBench, memoryBench];
/** Run when no name is given; the rest take long. */
const DEFAULTS = [missionBench, textureBench];

export function benchCommand(): Command {
  const list = BENCHES.map(({ name, about }) => `  ${name.padEnd(10)}${about}`).join('\n');
  return new Command('bench')
    .description('side-by-side tables of what peerslam reaches')
    .argument('[name]', `one of ${BENCHES.map(({ name }) => name).join(', ')}; the quick ones if not given`)
    .option('--json', 'print one JSON object and nothing else')
    .addHelpText('after', `\nBenches:\n${list}\n\nExample:\n  $ peerslam bench texture`)
    .action(run);
}

async function run(name: string | undefined, options: { json?: boolean }): Promise<void> {
  const chosen = name === undefined ? DEFAULTS : BENCHES.filter((bench) => bench.name === name);
  if (chosen.length === 0) {
    const names = BENCHES.map((bench) => bench.name);
    throw new InputError(
      'bench',
      `there is no bench ${name}; did you mean ${closest(name!, names)}? There are ${names.join(', ')}`,
    );
  }
  const context = { kernels: await readKernels(), scenarioText, say, stop: interrupted() };
  const tables: Record<string, unknown> = {};
  for (const bench of chosen) {
    const { head, rows } = await bench.run(context);
    tables[bench.name] = rows.map((row) => Object.fromEntries(row.map((cell, i) => [head[i], cell])));
    if (options.json) continue;
    const view = new Table({ head: [...head], style: { head: [], border: [] } });
    view.push(...rows.map((row) => [...row]));
    process.stdout.write(`${bench.about}\n${view}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(tables)}\n`);
}

async function scenarioText(name: string): Promise<{ text: string; path: string }> {
  const path = scenarioPath(name);
  return { text: await readFile(path, 'utf8'), path };
}
