import { dirname, join } from 'node:path';
import { type Coordinates, type Plan, planExperiment } from '../../scenarios/experiment/plan.ts';
import { outcomesOf } from '../../scenarios/experiment/report/cells.ts';
import { toCsv } from '../../scenarios/experiment/report/csv.ts';
import { toHtml, toMarkdown } from '../../scenarios/experiment/report/document.ts';
import { type Failure, type Report, reportOf } from '../../scenarios/experiment/report/report.ts';
import { type ShardMetrics, withoutTimes } from '../../scenarios/experiment/shard.ts';
import { codeVersion } from '../code-version.ts';
import { readInput, readInputBytes } from '../files.ts';
import { prepareFolder, say, writeAtomic } from '../output.ts';
import { progress } from '../progress.ts';
import { modelPath, SHIPPED, scenarioPath } from '../resources.ts';
import { runShards } from '../shards/pool.ts';
import { Journal } from './journal.ts';

export interface ExperimentOptions {
  readonly out: string;
  readonly workers: number;
  /** Says nothing meanwhile. */
  readonly quiet?: boolean;
  /** Missions under way when it aborts are given up; those that are over are kept and reported. */
  readonly stop: AbortSignal;
  /** What the report says makes it again. */
  readonly command: string;
}

/**
 * Runs what an experiment file asks for and is not done yet, and reports what is.
 * @throws InputError where the file, what it names, or what lies in the folder is wrong
 */
export async function runExperiment(file: string, options: ExperimentOptions): Promise<Report> {
  const plan = await readPlan(file);
  await prepareFolder(options.out);
  const journal = await Journal.open(join(options.out, 'results.jsonl'));
  const failures = await runMissing(plan, journal, options);
  const others = await journal.settle(plan);
  if (others > 0 && !options.quiet)
    say(`${others} results of other code or settings in ${options.out} are kept, and left out of the report`);
  return writeReport(plan, journal, failures, options);
}

async function readPlan(file: string): Promise<Plan> {
  const text = await readInput(file, 'experiment');
  return planExperiment(text, {
    where: file,
    code: await codeVersion(),
    async scenarioText(name) {
      const path = scenarioPath(name, dirname(file));
      return { text: await readInput(path, 'scenario', SHIPPED), path };
    },
    async modelFile(policy, name) {
      const path = name === undefined ? modelPath(policy) : join(dirname(file), name);
      return { bytes: await readInputBytes(path, 'model'), path };
    },
  });
}

async function runMissing(plan: Plan, journal: Journal, options: ExperimentOptions): Promise<Failure[]> {
  const { workers, stop, quiet } = options;
  const missing = plan.missions.filter((mission) => !journal.metricsOf(mission));
  const before = plan.missions.length - missing.length;
  if (!quiet && before > 0) say(`${before} of ${plan.missions.length} missions were done before`);
  const failures: Failure[] = [];
  const bar = progress(missing.length, 'missions', quiet || missing.length === 0);
  let done = 0;
  await runShards(
    missing.map(({ shard }) => shard),
    {
      workers,
      stop,
      onDone(index, answer) {
        const mission = missing[index];
        const title = missionTitle(mission.at);
        if ('metrics' in answer) journal.add(mission, withoutTimes(answer.metrics));
        else failures.push({ mission: title, why: answer.failure });
        bar.update(++done, `${title}: ${'metrics' in answer ? gist(answer.metrics) : 'failed'}`);
      },
    },
  );
  bar.stop();
  return failures;
}

async function writeReport(
  plan: Plan,
  journal: Journal,
  failures: readonly Failure[],
  { out, command }: ExperimentOptions,
): Promise<Report> {
  const outcomes = outcomesOf(plan, (mission) => journal.metricsOf(mission));
  const report = reportOf(plan, outcomes, failures, command);
  const { blocks, data } = report;
  for (const block of blocks)
    if (block.kind === 'plot') await writeAtomic(join(out, `${block.name}.svg`), `${block.svg}\n`);
  await writeAtomic(join(out, 'results.csv'), toCsv(outcomes));
  await writeAtomic(join(out, 'report.json'), `${JSON.stringify(data, null, 2)}\n`);
  await writeAtomic(join(out, 'report.html'), toHtml(blocks));
  await writeAtomic(join(out, 'report.md'), toMarkdown(blocks));
  return report;
}

function missionTitle({ policy, scenario, layout, agents, seed, fidelity }: Coordinates): string {
  const building = layout === null ? '' : `, layout ${layout}`;
  return `${policy}, ${scenario}${building}, team of ${agents}, seed ${seed}, ${fidelity}`;
}

function gist({ team }: ShardMetrics): string {
  const ate = team.ateRmse === null ? '–' : team.ateRmse.toFixed(3);
  return `accurate coverage over time ${(100 * team.accurateCoverageAuc).toFixed(1)} %, team ATE ${ate} m`;
}
