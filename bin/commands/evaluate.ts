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
  for (let i = 0; i < files.length; i += 2) requireAlike(files, trajectories, i);
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

/** @throws InputError where of an estimate and its truth, at `i` and after it, only one tells times */
function requireAlike(files: readonly string[], trajectories: readonly Trajectory[], i: number): void {
  const [estimate, truth] = trajectories.slice(i, i + 2);
  if (Boolean(estimate.untimed) === Boolean(truth.untimed)) return;
  const [timed, untimed] = truth.untimed ? [files[i], files[i + 1]] : [files[i + 1], files[i]];
  const right = truth.untimed
    ? 'the estimate should be in KITTI format too, as --trajectory kitti of slam writes it'
    : 'the estimate should be in TUM or EuRoC format, as slam writes them';
  throw new InputError(untimed, `has no times (KITTI) to pair its poses with those of ${timed} by; ${right}`);
}

function table(result: Evaluation, alignment: Alignment): string {
  const keys = ['rmse', 'mean', 'median', 'std', 'min', 'max'] as const;
  const view = new Table({ head: ['', ...keys], style: { head: [], border: [] } });
  const add = (name: string, statistics: Statistics) => {
    view.push([name, ...keys.map((key) => printed(statistics[key]))]);
  };
  add('APE, m', result.ape.translation);
  add('APE, °', result.ape.rotationDeg);
  add('RPE per frame, m', result.rpe.perFrame.translation);
  add('RPE per frame, °', result.rpe.perFrame.rotationDeg);
  add('RPE per 1 m, m', result.rpe.per1m.translation);
  add('RPE per 1 m, °', result.rpe.per1m.rotationDeg);
  return `${view}\n${result.pairs} pose pairs, alignment ${alignment}, scale ${result.scale.toPrecision(6)}\n`;
}

/** A dash where there is nothing to tell, as of pieces of 1 m on a path shorter than that. */
function printed(value: number): string {
  return Number.isNaN(value) ? '–' : value.toPrecision(6);
}
