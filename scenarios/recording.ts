import { InputError } from '../base/errors.ts';
import type { Recording } from '../slam/datasets/recording.ts';
import type { Kernels } from '../slam/kernels/kernels.ts';
import { Slam } from '../slam/slam.ts';
import type { Trajectory as SlamTrajectory } from '../slam/trajectory.ts';
import { digest, feedSlam } from './digest.ts';
import type { Alignment } from './evaluate/align.ts';
import { evaluate } from './evaluate/metrics.ts';
import { fromPoses, type Trajectory } from './evaluate/trajectory.ts';
import { quantile } from './metrics.ts';

/** Estimated and true times of a recording may differ by this much, seconds. */
const MAX_DIFFERENCE = 0.02;

export interface RecordingResult {
  readonly metrics: RecordingMetrics;
  readonly final: SlamTrajectory;
  readonly online: SlamTrajectory;
  readonly points: Float64Array;
}

/** `metrics.json` of a recording. Metres and seconds; errors are null without truth. */
export interface RecordingMetrics {
  readonly recording: string;
  readonly frames: number;
  readonly skipped: readonly { time: number; reason: string }[];
  readonly loops: number;
  readonly wallS: number;
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
      readonly trackMs: { readonly median: number; readonly p95: number };
      /** Seconds of the recording; there is nobody to observe in it. */
      readonly taskS: { readonly map: number; readonly observe: 0 };
    },
  ];
}

/**
 * Runs the SLAM over a recording. `onFrame` hears after each frame and may ask to stop by returning false.
 * @throws InputError where not one frame can be read
 */
export async function runRecording(
  name: string,
  recording: Recording,
  kernels: Kernels,
  truth: Trajectory | undefined,
  onFrame: (done: number, tracked: number) => boolean,
): Promise<RecordingResult> {
  const slam = new Slam({ rig: recording.rig, kernels, settings: { features: recording.features } });
  const started = performance.now();
  const trackMs: number[] = [];
  let frames = 0;
  let tracked = 0;
  for await (const { time, camera } of recording.frames()) {
    const report = slam.track({ time, camera });
    trackMs.push(report.trackMs);
    frames++;
    if (report.state === 'tracking') tracked++;
    if (!onFrame(frames, tracked)) break;
  }
  if (frames === 0 && recording.skipped.length > 0) {
    throw new InputError(name, `no frame could be read; the first: ${recording.skipped[0].reason}`);
  }
  const final = slam.trajectory();
  const align = recording.rig.kind === 'mono' ? 'sim3' : 'se3';
  const errors = truth ? errorsOf(final, truth, align) : undefined;
  const metrics: RecordingMetrics = {
    recording: name,
    frames,
    skipped: recording.skipped,
    loops: 0,
    wallS: (performance.now() - started) / 1000,
    hash: digest((update) => feedSlam(slam, update)),
    align,
    agents: [
      {
        id: 0,
        ateRmse: errors?.ape.translation.rmse ?? null,
        rpeTrans: errors?.rpe.perFrame.translation.rmse ?? null,
        rpeRotDeg: errors?.rpe.perFrame.rotationDeg.rmse ?? null,
        framesTracked: final.times.length,
        framesLost: frames - final.times.length,
        keyframes: slam.map.keyframeCount,
        mapPoints: slam.map.pointCount,
        trackMs: { median: quantile(trackMs, 0.5), p95: quantile(trackMs, 0.95) },
        taskS: {
          map: final.times.length > 0 ? final.times[final.times.length - 1] - final.times[0] : 0,
          observe: 0,
        },
      },
    ],
  };
  return { metrics, final, online: slam.online(), points: slam.map.pointPositions() };
}

function errorsOf(final: SlamTrajectory, truth: Trajectory, align: Alignment) {
  if (final.times.length === 0) return undefined;
  return evaluate([fromPoses(final.times, final.poses)], [truth], align, MAX_DIFFERENCE);
}
