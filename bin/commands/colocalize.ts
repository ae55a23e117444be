import { setImmediate } from 'node:timers/promises';
import Table from 'cli-table3';
import { Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../base/errors.ts';
import { BUDGET_POLICIES, type BudgetPolicy } from '../../rl/observation-budget.ts';
import { type ColocalizeMetrics, colocalize, spanOf } from '../../scenarios/colocalize.ts';
import { whole } from '../arguments.ts';
import { interrupted } from '../interrupt.ts';
import { readJudgedMrclam } from '../mrclam.ts';
import { progress } from '../progress.ts';
import { readKernels } from '../resources.ts';

interface Options {
  readonly landmarks: 'all' | 'none' | readonly number[];
  readonly relative: 'on' | 'off';
  readonly budget?: number;
  readonly policy?: BudgetPolicy;
  readonly json?: boolean;
}

const HELP = `
Wheels, landmarks at known places and teammates, each with range and bearing; initial poses from the truth, errors against it without
alignment, over every time of each robot's truth. "Causal" is the pose as known at each time; "smoothed" is all of it in hindsight.

Examples:
  $ peerslam colocalize ../shared/data/mrclam_6                              # nobody knows landmarks, everyone watches everyone
  $ peerslam colocalize ../shared/data/mrclam_6 --landmarks 1                # one robot knows landmarks and helps the others
  $ peerslam colocalize ../shared/data/mrclam_6 --landmarks 1 --relative off # what they are worth to each other
  $ peerslam colocalize ../shared/data/mrclam_6 --landmarks 1 --budget 12 --policy greedy-trace`;

export function colocalizeCommand(): Command {
  return new Command('colocalize')
    .description('real robots that watch each other: a UTIAS MRCLAM recording')
    .argument('<folder>', 'folder of the recording: Barcodes.dat, Robot1_Odometry.dat and so on')
    .option('--landmarks <who>', 'robots that see landmarks: all, none, or ids with commas', who, 'none')
    .addOption(
      new Option('--relative <state>', 'whether robots see each other').choices(['on', 'off']).default('on'),
    )
    .option(
      '--budget <n>',
      'observations of teammates to use in any minute, at most; all if not given',
      whole(0),
    )
    .addOption(
      new Option(
        '--policy <name>',
        'how to choose them within the budget; greedy-trace if not given: those that lower the team’s variance most',
      ).choices(BUDGET_POLICIES),
    )
    .option('--json', 'print one JSON object and nothing else')
    .addHelpText('after', HELP)
    .action(run);
}

function who(text: string): Options['landmarks'] {
  if (text === 'all' || text === 'none') return text;
  const ids = text.split(',').map(Number);
  if (ids.every((id) => Number.isInteger(id) && id > 0)) return ids;
  throw new InvalidArgumentError('It must be all, none, or ids of robots with commas, such as 1,3.');
}

async function run(folder: string, options: Options): Promise<void> {
  const stop = interrupted();
  const budget = budgetOf(options);
  const { recording, truth } = await readJudgedMrclam(folder);
  const ids = recording.robots.map(({ id }) => id);
  const landmarksSeenBy = seersAmong(ids, options.landmarks);
  const kernels = await readKernels();
  if (stop.aborted) return;
  const [first, last] = spanOf(recording);
  const bar = progress(last - first, 's', options.json);
  const started = performance.now();
  const metrics = await colocalize(recording, truth, {
    kernels,
    landmarksSeenBy,
    relative: options.relative === 'on',
    budget,
    async onProgress(seconds) {
      bar.update(seconds, '');
      await setImmediate();
      return !stop.aborted;
    },
  });
  const wallS = (performance.now() - started) / 1000;
  bar.stop();
  process.stdout.write(options.json ? `${JSON.stringify({ ...metrics, wallS })}\n` : report(metrics, wallS));
}

function budgetOf({ budget, policy, relative }: Options) {
  if (budget === undefined && policy !== undefined)
    throw new InputError(`--policy ${policy}`, 'chooses within a budget; give one with --budget N');
  if (budget !== undefined && relative === 'off')
    throw new InputError(`--budget ${budget}`, 'is of no use with --relative off, which uses none');
  return budget === undefined ? undefined : { perMinute: budget, policy: policy ?? BUDGET_POLICIES[0] };
}

function seersAmong(ids: readonly number[], landmarks: Options['landmarks']): readonly number[] {
  if (landmarks === 'all') return ids;
  if (landmarks === 'none') return [];
  const unknown = landmarks.find((id) => !ids.includes(id));
  if (unknown !== undefined)
    throw new InputError(
      `--landmarks ${landmarks}`,
      `there is no robot ${unknown}; there are ${ids.join(', ')}`,
    );
  return landmarks;
}

function report(
  { team, agents, relativeUsed, relativeOffered, dataS }: ColocalizeMetrics,
  wallS: number,
): string {
  const table = new Table({
    head: ['RMSE, m', ...agents.map(({ id }) => `robot ${id}`), 'team'],
    style: { head: [], border: [] },
  });
  table.push(['causal', ...[...agents, team].map(({ ateRmse }) => metres(ateRmse))]);
  table.push(['smoothed', ...[...agents, team].map(({ smoothedAteRmse }) => metres(smoothedAteRmse))]);
  const lines = [
    `observations of teammates  ${relativeUsed} used of ${relativeOffered}`,
    `recording                  ${dataS.toFixed(1)} s in ${wallS.toFixed(2)} s: ${(dataS / wallS).toFixed(0)}× real time`,
  ];
  return `${table}\n${lines.join('\n')}\n`;
}

function metres(error: number | null): string {
  return error === null ? '–' : error.toFixed(4);
}
