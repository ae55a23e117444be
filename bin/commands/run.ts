import { basename, join } from 'node:path';
import Table from 'cli-table3';
import { Command, InvalidArgumentError, Option } from 'commander';
import { closest } from 'fastest-levenshtein';
import type { DecisionRecord, Override } from '../../agents/tasks.ts';
import { InputError } from '../../base/errors.ts';
import { decodeModel } from '../../rl/network/model-file.ts';
import { LEARNED, learned, POLICIES, POLICY_NAMES, type Policy } from '../../rl/policies.ts';
import { teamParts, toPly, toTum } from '../../scenarios/export.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { type RunMetrics, type RunResult, runScenario } from '../../scenarios/run.ts';
import { runStatistical, type StatisticalRunOptions } from '../../scenarios/statistical/run.ts';
import { startViewer, type Viewer } from '../../viewer/server.ts';
import { positive, whole } from '../arguments.ts';
import { readInput, readInputBytes } from '../files.ts';
import { interrupted } from '../interrupt.ts';
import { prepareFolder, say, writeAtomic } from '../output.ts';
import { progress } from '../progress.ts';
import {
  clientFolder,
  modelPath,
  readKernels,
  readRenderKernels,
  readTables,
  SHIPPED,
  scenarioPath,
} from '../resources.ts';

interface RunOptions {
  readonly policy: string;
  readonly model?: string;
  readonly seed: number;
  readonly agents?: number;
  readonly fidelity: RunMetrics['fidelity'];
  readonly relative: 'on' | 'off';
  readonly duration?: number;
  readonly override: readonly Override[];
  readonly headless?: boolean;
  readonly port: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function runCommand(): Command {
  return new Command('run')
    .description('one mission, live in the viewer unless headless')
    .argument('<scenario>', 'a scenario file, or the name of one that comes with peerslam, like office')
    .option('--policy <name>', `who decides on tasks: ${POLICY_NAMES.join(', ')}`, 'independent')
    .option(
      '--model <file>',
      'of a policy that was learned: another model than the one that comes with peerslam',
    )
    .option('--seed <n>', 'what noise and policies draw from', whole(0), 1)
    .option('--agents <n>', 'number of robots, instead of what the scenario says', whole(1))
    .addOption(
      new Option(
        '--fidelity <kind>',
        'what cameras deliver: keypoints, or images drawn on the CPU; statistical: nothing, what SLAM makes of it is drawn from tables, and there is no viewer',
      )
        .choices(['features', 'images', 'statistical'])
        .default('features'),
    )
    .addOption(
      new Option('--relative <state>', 'off: nobody recognises a teammate')
        .choices(['on', 'off'])
        .default('on'),
    )
    .option('--duration <s>', 'seconds, instead of what the scenario says', positive)
    .option(
      '--override <time:agent:task>',
      'branch the mission: what an agent does from its decision at that time on (45:1:map, 45:1:observe:2); repeat for more',
      addOverride,
      [],
    )
    .option('--headless', 'no viewer')
    .option('--port <n>', 'where the viewer listens; the next free one if taken', whole(0, 65_535), 8080)
    .option('--out <dir>', 'where to write; runs/<scenario>-<policy>-<seed> if not given')
    .option('--json', 'print the metrics as JSON and nothing else')
    .addHelpText('after', '\nExample:\n  $ peerslam run office --policy nearest --seed 3 --out runs/nearest')
    .action(run);
}

async function run(name: string, options: RunOptions): Promise<void> {
  const stop = interrupted();
  const allocator = await policyNamed(options);
  const path = scenarioPath(name);
  const scenario = parseScenario(await readInput(path, 'scenario', SHIPPED), path);
  const out = options.out ?? join('runs', `${basename(path, '.yaml')}-${options.policy}-${options.seed}`);
  if (options.fidelity === 'statistical')
    return runWithoutFrames({ scenario, where: path, allocator }, options, out);
  const kernels = await readKernels();
  const render = options.fidelity === 'images' ? await readRenderKernels() : undefined;
  const viewer = options.headless ? null : await openViewer(options.port);
  if (stop.aborted) return viewer?.close();
  const bar = progress(options.duration ?? scenario.duration, 's', options.json);
  let started = performance.now();
  let result: RunResult;
  try {
    result = await runScenario({
      scenario,
      where: path,
      kernels,
      render,
      allocator,
      policy: options.policy,
      seed: options.seed,
      agents: options.agents,
      duration: options.duration,
      relative: options.relative === 'on',
      overrides: options.override,
      listener: viewer?.listener,
      async onReady() {
        await prepareFolder(out);
        started = performance.now();
      },
      onTick({ time, frames, framesTracked, coverage }) {
        const factor = (1000 * time) / (performance.now() - started);
        bar.update(
          time,
          `${factor.toFixed(1)}× real time, ${percent(framesTracked / Math.max(1, frames))} tracked, ${percent(coverage)} covered`,
        );
        return !stop.aborted;
      },
    });
  } catch (error) {
    await viewer?.close();
    throw error;
  } finally {
    bar.stop();
  }
  await write(out, result);
  if (options.json) process.stdout.write(`${JSON.stringify(result.metrics)}\n`);
  else process.stdout.write(`${table(result.metrics)}\nwritten to ${out}\n`);
  if (viewer) await linger(viewer, stop);
}

async function runWithoutFrames(
  what: Pick<StatisticalRunOptions, 'scenario' | 'where' | 'allocator'>,
  options: RunOptions,
  out: string,
): Promise<void> {
  const { override: overrides, relative, json } = options;
  const tables = await readTables();
  const { metrics, decisions } = runStatistical({
    ...options,
    ...what,
    tables,
    overrides,
    relative: relative === 'on',
  });
  await prepareFolder(out);
  await writeSummary(out, metrics, decisions);
  process.stdout.write(json ? `${JSON.stringify(metrics)}\n` : `${table(metrics)}\nwritten to ${out}\n`);
}

async function policyNamed({ policy, model }: RunOptions): Promise<Policy> {
  if (LEARNED.some((name) => name === policy)) {
    const path = model ?? modelPath(policy);
    return learned(decodeModel(await readInputBytes(path, 'model'), path));
  }
  if (model !== undefined) throw new InputError('--model', `${policy} was not learned, and takes none`);
  if (Object.hasOwn(POLICIES, policy)) return POLICIES[policy];
  throw new InputError(
    '--policy',
    `there is no policy ${policy}; did you mean ${closest(policy, POLICY_NAMES)}? There are ${POLICY_NAMES.join(', ')}`,
  );
}

async function openViewer(port: number): Promise<Viewer> {
  const viewer = await startViewer({ clientFolder: clientFolder(), port });
  say(`watch it at ${viewer.url}`);
  return viewer;
}

/** On a terminal the finished mission stays in the viewer until Ctrl-C; elsewhere nobody could end it. */
async function linger(viewer: Viewer, stop: AbortSignal): Promise<void> {
  if (process.stdout.isTTY && process.stdin.isTTY && !stop.aborted) {
    say(`the mission stays at ${viewer.url}; Ctrl-C ends it`);
    await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
    process.exitCode = 0;
  }
  await viewer.close();
}

async function write(out: string, { metrics, agents, decisions, points }: RunResult): Promise<void> {
  for (const { id, trajectory, truth } of agents) {
    await writeAtomic(join(out, `trajectory_${id}.tum`), toTum(trajectory.times, trajectory.poses));
    await writeAtomic(join(out, `truth_${id}.tum`), toTum(truth.times, truth.poses));
  }
  const parts = teamParts(
    points,
    agents.map(({ id }) => id),
  );
  await writeAtomic(join(out, 'map.ply'), toPly(parts));
  await writeSummary(out, metrics, decisions);
}

async function writeSummary(out: string, metrics: RunMetrics, decisions: readonly DecisionRecord[]) {
  await writeAtomic(
    join(out, 'decisions.jsonl'),
    decisions.map((record) => `${JSON.stringify(record)}\n`).join(''),
  );
  await writeAtomic(join(out, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
}

function table({ team, agents, ...run }: RunMetrics): string {
  const view = new Table({
    head: [
      'robot',
      'ATE m',
      'RPE m',
      'tracked',
      'lost',
      'keyframes',
      'points',
      'ms/frame',
      'map s',
      'observe s',
    ],
    style: { head: [], border: [] },
  });
  for (const agent of agents) {
    view.push([
      agent.id,
      metres(agent.ateRmse),
      metres(agent.rpeTrans),
      agent.framesTracked,
      agent.framesLost,
      agent.keyframes,
      agent.mapPoints,
      agent.trackMs ? `${agent.trackMs.median.toFixed(2)} (p95 ${agent.trackMs.p95.toFixed(2)})` : '–',
      agent.taskS.map.toFixed(0),
      agent.taskS.observe.toFixed(0),
    ]);
  }
  const lines = [
    ...(run.durationS < run.plannedS
      ? [`stopped before its end: ${run.durationS.toFixed(0)} of ${run.plannedS.toFixed(0)} s`]
      : []),
    `${run.scenario}, fidelity ${run.fidelity}, policy ${run.policy}, seed ${run.seed}: ${run.durationS.toFixed(0)} s in ${run.wallS.toFixed(1)} s, ${run.realTimeFactor.toFixed(1)}× real time`,
    `team of ${team.agents}: ATE ${metres(team.ateRmse)} m, covered ${percent(team.coverage)}, accurately ${percent(team.accurateCoverage)} (area under its curve ${percent(team.accurateCoverageAuc)})`,
    `blind or lost for ${team.timeLostS.toFixed(1)} s in all, watching for ${team.observeS.toFixed(0)} s, ${team.relativeObservations} sightings of teammates${team.bytesSent === null ? '' : `, ${(team.bytesSent / 1000).toFixed(0)} kB by radio`}`,
    `hash ${run.hash.slice(0, 16)}`,
  ];
  return `${view}\n${lines.join('\n')}`;
}

function metres(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function addOverride(text: string, before: readonly Override[]): readonly Override[] {
  const [time, agent, kind, peer, ...rest] = text.split(':');
  const numbers = [time, agent, ...(kind === 'observe' ? [peer] : [])];
  const known = kind === 'map' ? peer === undefined : kind === 'observe';
  if (!known || rest.length > 0 || !numbers.every((part) => part && Number(part) >= 0))
    throw new InvalidArgumentError('It must look like 45:1:map or 45:1:observe:2.');
  const task = kind === 'map' ? { kind } : { kind: 'observe' as const, peer: Number(peer) };
  return [...before, { time: Number(time), agent: Number(agent), task: task as Override['task'] }];
}
