import { availableParallelism } from 'node:os';
import { basename, extname, join } from 'node:path';
import { Command } from 'commander';
import { POLICY_NAMES } from '../../rl/policies.ts';
import { type Block, toMarkdown } from '../../scenarios/experiment/report/document.ts';
import { whole } from '../arguments.ts';
import { runExperiment } from '../experiment/experiment.ts';
import { interrupted } from '../interrupt.ts';

interface Options {
  readonly workers: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function experimentCommand(): Command {
  return new Command('experiment')
    .description('policies × scenarios × team sizes × seeds, with statistics; goes on where it was stopped')
    .argument('<file>', 'an experiment file, like scenarios/experiments/corridors.yaml')
    .option('--workers <n>', 'missions run side by side', whole(1), availableParallelism())
    .option('--out <dir>', 'where to write; runs/experiment-<file> if not given')
    .option('--json', 'print the figures as JSON and nothing else')
    .addHelpText(
      'after',
      `\nPolicies: ${POLICY_NAMES.join(', ')}\n\nExample (a few minutes on two cores):\n  $ peerslam experiment scenarios/experiments/corridors.yaml --workers 2`,
    )
    .action(run);
}

async function run(file: string, { workers, json, ...options }: Options): Promise<void> {
  const stop = interrupted();
  const out = options.out ?? join('runs', `experiment-${basename(file, extname(file))}`);
  const command = `peerslam experiment ${file}`;
  const { data, blocks } = await runExperiment(file, { out, workers, stop, quiet: json, command });
  if (json) process.stdout.write(`${JSON.stringify(data)}\n`);
  else process.stdout.write(`${toMarkdown(withoutPlots(blocks))}\nwritten to ${out}\n`);
  if (data.failures.length > 0) process.exitCode ??= 1;
}

/** A terminal shows none, nor needs the heading above them. */
function withoutPlots(blocks: readonly Block[]): Block[] {
  return blocks.filter(
    ({ kind }, i) => kind !== 'plot' && !(kind === 'heading' && blocks[i + 1]?.kind === 'plot'),
  );
}
