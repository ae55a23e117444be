import type { RecordingMetrics } from '../scenarios/recording.ts';
import type { RenderKernels } from '../sim/render/load.ts';
import type { MrclamRecording, PlanarTrajectory } from '../slam/datasets/mrclam.ts';
import type { Sensor } from '../slam/datasets/recording.ts';
import type { Kernels } from '../slam/kernels/kernels.ts';

/** A side-by-side measurement: one table, figures of ours beside what they are held against. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  run(context: BenchContext): Promise<BenchTable>;
}

export interface BenchContext {
  readonly kernels: Kernels;
  readonly render: RenderKernels;
  /** @throws InputError where there is no such scenario */
  scenarioText(name: string): Promise<{ text: string; path: string }>;
  /** What the SLAM makes of a recording of the shared ones, on one thread; null where it is not there. */
  recording(name: string, sensor: Sensor): Promise<MeasuredRecording | null>;
  /** A recording of MRCLAM of the shared ones, with its truth; null where it is not there. */
  mrclam(name: string): Promise<{ recording: MrclamRecording; truth: readonly PlanarTrajectory[] } | null>;
  /** How often to repeat what is the same each time but for its speed. */
  readonly runs: number;
  /** Seeds 1 to this many, where missions are run over several. */
  readonly seeds: number;
  /** Missions run side by side. */
  readonly workers: number;
  /** A line for whoever waits. */
  say(text: string): void;
  /** Long benches look at it and stop early, keeping what they have. */
  readonly stop: AbortSignal;
}

export interface MeasuredRecording {
  readonly metrics: RecordingMetrics;
  /** ATE of the last so many frames alone, metres; null without truth. */
  lastAte(frames: number): number | null;
}

export interface BenchTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export function fixed(value: number | null, digits: number): string {
  return value === null || Number.isNaN(value) ? '–' : value.toFixed(digits);
}
