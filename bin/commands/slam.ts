import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { InputError } from '../../base/errors.ts';
import { identity } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import { parseTrajectory, type Trajectory } from '../../scenarios/evaluate/trajectory.ts';
import { AGENT_COLOURS, toPly, toTum } from '../../scenarios/export.ts';
import { type RecordingMetrics, runRecording } from '../../scenarios/recording.ts';
import { openKitti } from '../../slam/datasets/kitti.ts';
import type { Recording } from '../../slam/datasets/recording.ts';
import { openTum } from '../../slam/datasets/tum.ts';
import { nodeFiles } from '../files.ts';
import { decodeImages } from '../images.ts';
import { interrupted } from '../interrupt.ts';
import { prepareFolder, say, writeAtomic } from '../output.ts';
import { progress } from '../progress.ts';
import { readKernels } from '../resources.ts';

interface SlamOptions {
  readonly format?: 'tum' | 'kitti';
  readonly sensor?: 'mono';
  readonly camera?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function slamCommand(): Command {
  return new Command('slam')
    .description('one recording through the same SLAM the robots run')
    .argument('<dataset>', 'folder of the recording')
    .addOption(
      new Option('--format <format>', 'layout of the folder; guessed if not given').choices(['tum', 'kitti']),
    )
    .option(
      '--camera <file>',
      'camera as JSON (TUM layout): fx fy cx cy width height, and optionally distortion [k1, k2, p1, p2, k3]',
    )
    .addOption(
      new Option('--sensor <sensor>', 'mono: one camera alone, without depth or right images').choices([
        'mono',
      ]),
    )
    .option('--out <dir>', 'where to write; runs/<dataset> if not given')
    .option('--json', 'print the metrics as JSON and nothing else')
    .addHelpText('after', '\nExample:\n  $ peerslam slam ../shared/data/tum_fr1_rpy_first150 --out runs/rpy')
    .action(run);
}

async function run(dataset: string, options: SlamOptions): Promise<void> {
  const opened = await open(dataset, options);
  const recording = options.sensor === 'mono' ? withoutDepth(opened) : opened;
  const out = options.out ?? join('runs', basename(resolve(dataset)));
  await prepareFolder(out);
  const kernels = await readKernels();
  const truth = await readTruth(recording);
  const bar = progress(recording.count, 'frames', options.json);
  const stop = interrupted();
  const result = await runRecording(
    basename(resolve(dataset)),
    recording,
    kernels,
    truth,
    (done, tracked) => {
      bar.update(done, `${tracked} tracked`);
      return !stop.aborted;
    },
  );
  bar.stop();
  await writeAtomic(join(out, 'trajectory.tum'), toTum(result.final.times, result.final.poses));
  await writeAtomic(join(out, 'online.tum'), toTum(result.online.times, result.online.poses));
  await writeAtomic(join(out, 'map.ply'), toPly([{ positions: result.points, colour: AGENT_COLOURS[1] }]));
  await writeAtomic(join(out, 'metrics.json'), `${JSON.stringify(result.metrics, null, 2)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(result.metrics)}\n`);
  else report(result.metrics, recording.count, out);
}

/** The same recording as one camera alone has it. */
function withoutDepth(recording: Recording): Recording {
  return {
    ...recording,
    rig: { ...recording.rig, kind: 'mono' },
    async *frames() {
      for await (const { time, camera } of recording.frames()) {
        const { kind, width, height, grey } = camera;
        yield { time, camera: { kind, width, height, grey } };
      }
    },
  };
}

async function open(dataset: string, options: SlamOptions): Promise<Recording> {
  const folder = dataset.replace(/\/+$/, '');
  if (!(await nodeFiles.exists(folder))) throw new InputError(folder, 'there is no such folder');
  const format = options.format ?? (await guessFormat(folder));
  if (format === 'kitti') return openKitti(folder, nodeFiles, decodeImages);
  return openTum(
    folder,
    nodeFiles,
    decodeImages,
    options.camera ? await readCamera(options.camera) : undefined,
  );
}

async function guessFormat(folder: string): Promise<'tum' | 'kitti'> {
  if (await nodeFiles.exists(`${folder}/rgb.txt`)) return 'tum';
  if (await nodeFiles.exists(`${folder}/calib.txt`)) return 'kitti';
  throw new InputError(folder, 'holds neither rgb.txt (TUM RGB-D) nor calib.txt (KITTI odometry)');
}

const cameraSchema = z.strictObject({
  width: z.int().positive(),
  height: z.int().positive(),
  fx: z.number().positive(),
  fy: z.number().positive(),
  cx: z.number(),
  cy: z.number(),
  distortion: z.array(z.number()).max(5).default([]),
});

async function readCamera(path: string): Promise<CameraRig> {
  if (!(await nodeFiles.exists(path))) throw new InputError(path, 'there is no such file');
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new InputError(path, `is no JSON: ${(error as Error).message}`);
  }
  const parsed = cameraSchema.safeParse(content);
  if (!parsed.success) throw new InputError(path, z.prettifyError(parsed.error).replace(/\n\s*/g, '; '));
  const baseline = 40 / parsed.data.fx;
  return {
    kind: 'rgbd',
    ...parsed.data,
    baseline,
    closeDepth: 40 * baseline,
    bodyFromCamera: identity(),
    pyramid: { levels: 8, scaleFactor: 1.2 },
  };
}

async function readTruth({ truth }: Recording): Promise<Trajectory | undefined> {
  if (!truth) return undefined;
  const times = truth.timesPath ? await readFile(truth.timesPath, 'utf8') : undefined;
  return parseTrajectory(await readFile(truth.path, 'utf8'), truth.path, times);
}

function report(metrics: RecordingMetrics, count: number, out: string): void {
  const [agent] = metrics.agents;
  const lines = [
    `frames tracked  ${agent.framesTracked} of ${count}${metrics.skipped.length > 0 ? `, ${metrics.skipped.length} skipped` : ''}`,
    `ATE RMSE        ${agent.ateRmse === null ? 'no truth in the recording' : `${agent.ateRmse.toFixed(4)} m after ${metrics.align === 'sim3' ? 'Sim(3)' : 'SE(3)'} alignment`}`,
    ...(agent.rpeTrans === null
      ? []
      : [`RPE per frame   ${agent.rpeTrans.toFixed(4)} m, ${agent.rpeRotDeg!.toFixed(3)}°`]),
    `map             ${agent.keyframes} keyframes, ${agent.mapPoints} points`,
    `tracking        ${agent.trackMs.median.toFixed(1)} ms a frame (median), ${agent.trackMs.p95.toFixed(1)} ms (95 %)`,
    `hash            ${metrics.hash.slice(0, 16)}`,
    `written to      ${out}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  for (const { time, reason } of metrics.skipped) say(`skipped frame at ${time}: ${reason}`);
}
