import { InputError } from '../base/errors.ts';
import type { FeatureFrame } from '../base/sensors.ts';
import type { Recording, SkippedFrame } from '../slam/datasets/recording.ts';
import type { Kernels } from '../slam/kernels/kernels.ts';
import type { SlamMap } from '../slam/map/slam-map.ts';
import { Slam } from '../slam/slam.ts';
import type { Trajectory as SlamTrajectory } from '../slam/trajectory.ts';
import { openCpuClock, stopwatch, type Took } from './cpu-clock.ts';
import { digest, feedSlam } from './digest.ts';
import type { Alignment } from './evaluate/align.ts';
import { evaluate } from './evaluate/metrics.ts';
import { associate, fromPoses, type Trajectory } from './evaluate/trajectory.ts';
import { quantile } from './metrics.ts';

/** Estimated and true times of a recording may differ by this much, seconds. */
const MAX_DIFFERENCE = 0.02;

/** What became of one moment of a recording: its keypoints and what they took to find, or why there are none. */
export type Arrival =
  | { readonly time: number; readonly features: FeatureFrame; readonly took: Took }
  | SkippedFrame;

export interface RecordingRun {
  readonly name: string;
  readonly recording: Recording;
  /** Its frames, in order. */
  readonly arrivals: AsyncIterable<Arrival>;
  readonly kernels: Kernels;
  readonly truth?: Trajectory;
  /** Starts in this map, and with `localizeOnly` leaves it as it is. */
  readonly map?: SlamMap;
  readonly localizeOnly?: boolean;
  /** Hears after each frame, and may ask to stop by returning false. */
  readonly onFrame?: (done: number, tracked: number) => boolean;
}

export interface RecordingResult {
  readonly metrics: RecordingMetrics;
  readonly final: SlamTrajectory;
  readonly online: SlamTrajectory;
  readonly map: SlamMap;
  /** What ended the run before the recording did; the rest is as far as it came. */
  readonly failure?: Error;
}

interface Quantiles {
  readonly median: number;
  readonly p95: number;
}

/** `metrics.json` of a recording. Metres and seconds; errors are null without truth, or without a pose near a true one in time. */
export interface RecordingMetrics {
  readonly recording: string;
  readonly sensor: Recording['format']['rig']['kind'];
  readonly frames: number;
  readonly skipped: readonly SkippedFrame[];
  readonly loops: number;
  /** Maps that no place seen twice has joined; the trajectory is that in the largest. */
  readonly maps: number;
  readonly wallS: number;
  /** CPU of the whole process from the first frame on, decoding and mapping included. */
  readonly cpuMsPerFrame: number;
  readonly hash: string;
  /** What was fitted before errors were taken: a single camera cannot know the scale, so `sim3` fits that too. */
  readonly align: Alignment;
  readonly agents: readonly [
    {
      readonly id: 0;
      readonly ateRmse: number | null;
      readonly rpeTrans: number | null;
      readonly rpeRotDeg: number | null;
      /** Frames with a pose in the final trajectory. */
      readonly framesTracked: number;
      readonly framesLost: number;
      readonly keyframes: number;
      readonly mapPoints: number;
      /** Finding keypoints and tracking, wall clock; and their CPU, null where the system does not tell a thread's. */
      readonly trackMs: Quantiles;
      readonly trackCpuMs: Quantiles | null;
      /** Seconds of the recording; there is nobody to observe in it. */
      readonly taskS: { readonly map: number; readonly observe: 0 };
    },
  ];
}

/**
 * Runs the SLAM over a recording. Whatever ends it early, what it found until then is in the result.
 * @throws InputError where not one frame can be read
 */
export async function runRecording(run: RecordingRun): Promise<RecordingResult> {
  const { recording } = run;
  const clock = openCpuClock();
  let lap = stopwatch(clock);
  let tracking: Took = { wall: 0, cpu: null };
  const slam = new Slam({
    rig: recording.format.rig,
    kernels: run.kernels,
    settings: { features: recording.format.features },
    map: run.map,
    localizeOnly: run.localizeOnly,
    onTracked: () => {
      tracking = lap();
    },
  });
  const started = performance.now();
  const cpuStarted = process.cpuUsage();
  const times: Took[] = [];
  const skipped = [...recording.skipped];
  let tracked = 0;
  let failure: Error | undefined;
  try {
    for await (const arrival of run.arrivals) {
      if ('reason' in arrival) {
        skipped.push(arrival);
        continue;
      }
      const { time, features, took } = arrival;
      lap = stopwatch(clock);
      const { state } = slam.track({ time, camera: features });
      times.push(sum(took, tracking));
      if (state === 'tracking') tracked++;
      if (run.onFrame?.(times.length, tracked) === false) break;
    }
  } catch (error) {
    failure = error as Error;
  }
  const frames = times.length;
  if (frames === 0) throw failure ?? nothingRead(run.name, skipped);
  slam.finish();
  const { user, system } = process.cpuUsage(cpuStarted);
  const final = slam.trajectory();
  const align = recording.format.rig.kind === 'mono' ? 'sim3' : 'se3';
  const errors = run.truth ? errorsOf(final, run.truth, align) : undefined;
  const metrics: RecordingMetrics = {
    recording: run.name,
    sensor: recording.format.rig.kind,
    frames,
    skipped: skipped.sort((a, b) => a.time - b.time),
    loops: slam.loopsClosed,
    maps: slam.map.partSizes().size,
    wallS: (performance.now() - started) / 1000,
    cpuMsPerFrame: (user + system) / 1000 / frames,
    hash: digest((update) => feedSlam(slam, update)),
    align,
    agents: [
      {
        id: 0,
        ateRmse: known(errors?.ape.translation.rmse),
        rpeTrans: known(errors?.rpe.perFrame.translation.rmse),
        rpeRotDeg: known(errors?.rpe.perFrame.rotationDeg.rmse),
        framesTracked: final.times.length,
        framesLost: frames - final.times.length,
        keyframes: slam.map.keyframeCount,
        mapPoints: slam.map.pointCount,
        trackMs: quantiles(times.map(({ wall }) => wall)),
        trackCpuMs: times[0].cpu === null ? null : quantiles(times.map(({ cpu }) => cpu!)),
        taskS: {
          map: final.times.length > 0 ? final.times[final.times.length - 1] - final.times[0] : 0,
          observe: 0,
        },
      },
    ],
  };
  return { metrics, final, online: slam.online(), map: slam.map, ...(failure && { failure }) };
}

function nothingRead(name: string, skipped: readonly SkippedFrame[]): InputError {
  return new InputError(name, `no frame could be read; the first: ${skipped[0].reason}`);
}

/** Null for what there is no truth for, or not enough poses. */
function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function sum(a: Took, b: Took): Took {
  return { wall: a.wall + b.wall, cpu: a.cpu === null || b.cpu === null ? null : a.cpu + b.cpu };
}

function quantiles(values: readonly number[]): Quantiles {
  return { median: quantile(values, 0.5), p95: quantile(values, 0.95) };
}

/** Errors against the truth; undefined where they have no time in common. */
export function errorsOf(final: SlamTrajectory, truth: Trajectory, align: Alignment) {
  const estimate = fromPoses(final.times, final.poses);
  if (associate(estimate, truth, MAX_DIFFERENCE).truth.times.length === 0) return undefined;
  return evaluate([estimate], [truth], align, MAX_DIFFERENCE);
}
