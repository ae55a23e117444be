import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { InputError } from '../../base/errors.ts';
import { AGENT_COLOURS, type TrajectoryFormat, toPly } from '../../scenarios/export.ts';
import type { RecordingMetrics, RecordingResult } from '../../scenarios/recording.ts';
import { requireSameRig } from '../../slam/camera/same-rig.ts';
import { isPattern } from '../../slam/datasets/images.ts';
import { FORMATS, type OpenOptions, SENSORS } from '../../slam/datasets/open.ts';
import type { Recording } from '../../slam/datasets/recording.ts';
import { saveMap } from '../../slam/map/file/map-file.ts';
import type { SlamMap } from '../../slam/map/slam-map.ts';
import { trajectoryFormats, whole } from '../arguments.ts';
import { interrupted } from '../interrupt.ts';
import { readMap, writeTrajectory } from '../map-files.ts';
import { prepareFolder, say, writeAtomic } from '../output.ts';
import { progress } from '../progress.ts';
import { openDataset, slamOver } from '../recordings.ts';
import { readKernels } from '../resources.ts';

const MOST_THREADS = 64;
/** Skipped frames told one by one. */
const MOST_TOLD = 5;

interface SlamOptions extends OpenOptions {
  readonly threads: number;
  readonly map?: string;
  readonly localizeOnly?: boolean;
  readonly trajectory: readonly TrajectoryFormat[];
  readonly out?: string;
  readonly json?: boolean;
}

export function slamCommand(): Command {
  return new Command('slam')
    .description('one recording through the same SLAM the robots run')
    .argument('<dataset>', "folder of the recording, or a quoted glob of images ('left/*.png')")
    .addOption(
      new Option('--format <format>', 'layout of the recording; guessed if not given').choices(FORMATS),
    )
    .addOption(
      new Option('--sensor <sensor>', 'what to use of it; the richest it offers if not given').choices(
        SENSORS,
      ),
    )
    .option(
      '--camera <file>',
      'camera as JSON or YAML: fx fy cx cy width height, optionally distortion [k1, k2, p1, p2, k3]; of plain images also depth and depthUnit, right and baseline, fps or times',
    )
    .option(
      '--threads <n>',
      'threads that read images, find keypoints and track; changes speed only',
      whole(1, MOST_THREADS),
      defaultThreads(),
    )
    .option('--map <file>', 'start in a map.peerslam that an earlier run saved, and map on')
    .option('--localize-only', 'with --map: only find the camera in it, and leave it as it is')
    .option(
      '--trajectory <formats>',
      'write the trajectory in these formats too, besides trajectory.tum: kitti, euroc; several with commas',
      trajectoryFormats,
      [],
    )
    .option('--out <dir>', 'where to write; runs/<dataset> if not given')
    .option('--json', 'print the metrics as JSON and nothing else')
    .addHelpText('after', '\nExample:\n  $ peerslam slam ../shared/data/tum_fr1_rpy_first150 --out runs/rpy')
    .action(run);
}

/** One core is left to whatever else the machine does; more than four would wait for tracking. */
function defaultThreads(): number {
  return Math.max(1, Math.min(4, availableParallelism() - 1));
}

async function run(dataset: string, options: SlamOptions): Promise<void> {
  const stop = interrupted();
  const recording = await openDataset(dataset, options);
  const map = await startingMap(recording, options);
  const name = nameOf(dataset);
  const out = options.out ?? join('runs', name);
  await prepareFolder(out);
  const kernels = await readKernels();
  const count = recording.frames.length;
  if (stop.aborted) return;
  const bar = progress(count, 'frames', options.json);
  const result = await slamOver(name, recording, kernels, {
    threads: options.threads,
    map,
    localizeOnly: options.localizeOnly,
    onFrame(done, tracked) {
      bar.update(done, `${tracked} tracked`);
      return !stop.aborted;
    },
  });
  bar.stop();
  await save(result, out, options);
  if (options.json) process.stdout.write(`${JSON.stringify(result.metrics)}\n`);
  else report(result.metrics, recording, out);
  if (map && result.metrics.agents[0].framesTracked === 0) {
    say(`not one frame shows anything of ${options.map}`);
    process.exitCode = 1;
  }
  if (!result.failure) return;
  say(`stopped after ${result.metrics.frames} of ${count} frames; what was mapped until then is in ${out}`);
  throw result.failure;
}

/** The folder's name, also of a glob. */
function nameOf(dataset: string): string {
  return basename(resolve(isPattern(dataset) ? dirname(dataset) : dataset));
}

async function startingMap({ format }: Recording, options: SlamOptions): Promise<SlamMap | undefined> {
  if (options.map === undefined) {
    if (options.localizeOnly)
      throw new InputError('--localize-only', 'needs the map to localise in: --map FILE');
    return undefined;
  }
  const { map } = await readMap(options.map);
  requireSameRig(map.camera.rig, format.rig, options.map);
  return map;
}

async function save({ final, online, map, metrics }: RecordingResult, out: string, options: SlamOptions) {
  await writeTrajectory(out, 'trajectory', final, ['tum', ...options.trajectory]);
  await writeTrajectory(out, 'online', online, ['tum']);
  await writeAtomic(
    join(out, 'map.ply'),
    toPly([{ positions: map.pointPositions(), colour: AGENT_COLOURS[1] }]),
  );
  if (!options.localizeOnly) await writeAtomic(join(out, 'map.peerslam'), saveMap(map));
  await writeAtomic(join(out, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
}

function report(metrics: RecordingMetrics, { frames, truth }: Recording, out: string): void {
  const [agent] = metrics.agents;
  const unknown = truth ? 'no pose to compare with the truth' : 'no truth in the recording';
  const cpu = agent.trackCpuMs ? `; ${agent.trackCpuMs.median.toFixed(1)} ms of CPU (median)` : '';
  const lines = [
    `frames tracked  ${agent.framesTracked} of ${frames.length}${metrics.skipped.length > 0 ? `, ${metrics.skipped.length} skipped` : ''}`,
    `ATE RMSE        ${agent.ateRmse === null ? unknown : `${agent.ateRmse.toFixed(4)} m after ${metrics.align === 'sim3' ? 'Sim(3)' : 'SE(3)'} alignment`}`,
    ...(agent.rpeTrans === null
      ? []
      : [`RPE per frame   ${agent.rpeTrans.toFixed(4)} m, ${agent.rpeRotDeg!.toFixed(3)}°`]),
    `map             ${agent.keyframes} keyframes, ${agent.mapPoints} points`,
    `tracking        ${agent.trackMs.median.toFixed(1)} ms a frame (median), ${agent.trackMs.p95.toFixed(1)} ms (95 %)${cpu}`,
    `CPU             ${metrics.cpuMsPerFrame.toFixed(1)} ms a frame, decoding and mapping included`,
    `hash            ${metrics.hash.slice(0, 16)}`,
    `written to      ${out}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  for (const { time, reason } of metrics.skipped.slice(0, MOST_TOLD))
    say(`skipped frame at ${time}: ${reason}`);
  const more = metrics.skipped.length - MOST_TOLD;
  if (more > 0) say(`and ${more} more, each with its reason in ${join(out, 'metrics.json')}`);
}
