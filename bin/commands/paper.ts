import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { whole } from '../arguments.ts';
import { runExperiment } from '../experiment/experiment.ts';
import { interrupted } from '../interrupt.ts';
import { say, writeAtomic } from '../output.ts';
import { packageFolder } from '../resources.ts';

interface Options {
  readonly full?: boolean;
  readonly workers: number;
  readonly out: string;
}

export function paperCommand(): Command {
  return new Command('paper')
    .description('every table and figure of the documentation, from the experiments that come with peerslam')
    .option('--full', 'the long experiments as well: many hours')
    .option('--workers <n>', 'missions run side by side', whole(1), availableParallelism())
    .option('--out <dir>', 'where to write, a folder an experiment', 'docs/results')
    .addHelpText('after', '\nExample:\n  $ peerslam paper --out runs/paper')
    .action(run);
}

async function run({ full, workers, out }: Options): Promise<void> {
  const stop = interrupted();
  const lines: string[] = [];
  for (const file of await experiments(full ? ['', 'full'] : [''])) {
    if (stop.aborted) break;
    const name = basename(file, '.yaml');
    say(`${name}:`);
    const command = `peerslam experiment ${file}`;
    const options = { out: join(out, name), workers, stop, command };
    const { data } = await runExperiment(join(packageFolder(), file), options);
    const { done, planned } = data.missions;
    lines.push(`- [${data.experiment}](${name}/report.md): ${done} of ${planned} missions`);
    if (data.failures.length > 0) process.exitCode ??= 1;
  }
  if (lines.length > 0) await writeAtomic(join(out, 'README.md'), `# Results\n\n${lines.join('\n')}\n`);
  say(`written to ${out}`);
}

/** Experiment files in those folders of `scenarios/experiments`, relative to the package. */
async function experiments(folders: readonly string[]): Promise<string[]> {
  const lists = folders.map(async (folder) => {
    const path = join('scenarios/experiments', folder);
    const names = await readdir(join(packageFolder(), path));
    return names.filter((name) => name.endsWith('.yaml')).map((name) => join(path, name));
  });
  return (await Promise.all(lists)).flatMap((paths) => paths.sort());
}
