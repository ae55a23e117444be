import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import { InputError } from '../../base/errors.ts';
import { BENCHES, DEFAULTS } from '../../bench/all.ts';
import type { MeasuredRecording } from '../../bench/bench.ts';
import { errorsOf } from '../../scenarios/recording.ts';
import type { Sensor } from '../../slam/datasets/recording.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { whole } from '../arguments.ts';
import { interrupted } from '../interrupt.ts';
import { type JudgedMrclam, readJudgedMrclam } from '../mrclam.ts';
import { say } from '../output.ts';
import { openDataset, readTruth, slamOver } from '../recordings.ts';
import { readKernels, readRenderKernels, recordingsFolder, scenarioPath } from '../resources.ts';

const RUNS = 2;
const SEEDS = 3;

interface BenchOptions {
  readonly runs: number;
  readonly seeds: number;
  readonly workers: number;
  readonly json?: boolean;
}

export function benchCommand(): Command {
  const list = BENCHES.map(({ name, about }) => `  ${name.padEnd(12)}${about.replace(/\n/g, ' ')}`).join(
    '\n',
  );
  return new Command('bench')
    .description('side-by-side tables of what peerslam reaches')
    .argument('[name]', `one of ${BENCHES.map(({ name }) => name).join(', ')}; the quick ones if not given`)
    .option('--runs <n>', 'how often each recording is run', whole(1), RUNS)
    .option('--seeds <n>', 'seeds 1 to n, where a bench runs missions over several', whole(1), SEEDS)
    .option('--workers <n>', 'missions run side by side', whole(1), availableParallelism())
    .option('--json', 'print one JSON object and nothing else')
    .addHelpText('after', `\nBenches:\n${list}\n\nExample:\n  $ peerslam bench texture`)
    .action(run);
}

async function run(name: string | undefined, options: BenchOptions): Promise<void> {
  const chosen = name === undefined ? DEFAULTS : BENCHES.filter((bench) => bench.name === name);
  if (chosen.length === 0) {
    const names = BENCHES.map((bench) => bench.name);
    throw new InputError(
      'bench',
      `there is no bench ${name}; did you mean ${closest(name!, names)}? There are ${names.join(', ')}`,
    );
  }
  const [kernels, render] = [await readKernels(), await readRenderKernels()];
  const { runs, seeds, workers } = options;
  const recording = (name: string, sensor: Sensor) => measure(name, sensor, kernels);
  const stop = interrupted();
  const context = { kernels, render, scenarioText, recording, mrclam, runs, seeds, workers, say, stop };
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

async function mrclam(name: string): Promise<JudgedMrclam | null> {
  const folder = join(recordingsFolder(), name);
  return existsSync(folder) ? readJudgedMrclam(folder) : null;
}

async function measure(name: string, sensor: Sensor, kernels: Kernels): Promise<MeasuredRecording | null> {
  const folder = join(recordingsFolder(), name);
  if (!existsSync(folder)) return null;
  const recording = await openDataset(folder, { sensor });
  const { metrics, final, failure } = await slamOver(name, recording, kernels, { threads: 1 });
  if (failure) throw failure;
  const truth = recording.truth && (await readTruth(recording.truth));
  return {
    metrics,
    lastAte(frames) {
      const last = { times: final.times.slice(-frames), poses: final.poses.slice(-7 * frames) };
      return (truth && errorsOf(last, truth, metrics.align)?.ape.translation.rmse) ?? null;
    },
  };
}
