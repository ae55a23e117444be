import Table from 'cli-table3';
import { Command, Option } from 'commander';
import { InputError } from '../../base/errors.ts';
import type { Alignment } from '../../scenarios/evaluate/align.ts';
import { type Evaluation, evaluate, type Statistics } from '../../scenarios/evaluate/metrics.ts';
import { parseTrajectory, type Trajectory } from '../../scenarios/evaluate/trajectory.ts';
import { positive } from '../arguments.ts';
import { readInput } from '../files.ts';

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('what evo_ape and evo_rpe would print; several pairs are a team under one alignment')
    .argument('<files...>', 'ESTIMATE TRUTH, in TUM or KITTI format; more pairs may follow')
    .addOption(new Option('--align <kind>', 'how to align').choices(['none', 'se3', 'sim3']).default('se3'))
    .option('--max-difference <s>', 'pair poses at most this far apart in time', positive, 0.01)
    .option('--json', 'print one JSON object and nothing else')
    .addHelpText(
      'after',
      '\nExample:\n  $ peerslam evaluate runs/office-independent-1/trajectory_0.tum runs/office-independent-1/truth_0.tum',
    )
    .action(run);
}

async function run(
  files: string[],
  options: { align: Alignment; maxDifference: number; json?: boolean },
): Promise<void> {
  if (files.length % 2) {
    throw new InputError(
      'evaluate',
      `${files.length} files; they should come in pairs of estimate and truth`,
    );
  }
  const trajectories = await Promise.all(files.map(read));
  const estimates = trajectories.filter((_, i) => i % 2 === 0);
  const truths = trajectories.filter((_, i) => i % 2 === 1);
  let result: Evaluation;
  try {
    result = evaluate(estimates, truths, options.align, options.maxDifference);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(files.join(' '), error.message);
    throw error;
  }
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : table(result, options.align));
}

async function read(path: string): Promise<Trajectory> {
  return parseTrajectory(await readInput(path, 'trajectory'), path);
}

function table(result: Evaluation, alignment: Alignment): string {
  const keys = ['rmse', 'mean', 'median', 'std', 'min', 'max'] as const;
  const view = new Table({ head: ['', ...keys], style: { head: [], border: [] } });
  const add = (name: string, statistics: Statistics) => {
    view.push([name, ...keys.map((key) => statistics[key].toPrecision(6))]);
  };
  add('APE, m', result.ape.translation);
  add('APE, °', result.ape.rotationDeg);
  add('RPE per frame, m', result.rpe.perFrame.translation);
  add('RPE per frame, °', result.rpe.perFrame.rotationDeg);
  add('RPE per 1 m, m', result.rpe.per1m.translation);
  add('RPE per 1 m, °', result.rpe.per1m.rotationDeg);
  return `${view}\n${result.pairs} pose pairs, alignment ${alignment}, scale ${result.scale.toPrecision(6)}\n`;
}
