import type { Arrival } from '../../scenarios/recording.ts';
import type { FrameFiles, FrameFormat, Recording } from '../../slam/datasets/recording.ts';
import type { FeatureKernels } from '../../slam/kernels/feature-kernels.ts';
import { Perceiver } from './perceiver.ts';
import { FramePool } from './pool.ts';

/** Frames of a recording on their way to tracking. */
export interface Frames {
  /** In the recording's order, a few perceived ahead of the one that is asked for. */
  readonly arrivals: AsyncIterable<Arrival>;
  close(): Promise<void>;
}

/** Moments in flight: for one thread, so that the decoder's own threads have work; and for each worker, so that none waits. */
const AHEAD_ALONE = 3;
const AHEAD_PER_WORKER = 2;

/** @param threads in all: the one that tracks, and the rest read images and find keypoints; it changes speed only */
export function openFrames(recording: Recording, kernels: FeatureKernels, threads: number): Frames {
  const { frames, format } = recording;
  if (threads === 1) {
    const perceiver = new Perceiver(format, kernels);
    const arrivals = inOrder(frames, (files) => perceiver.perceive(files), AHEAD_ALONE);
    return { arrivals, close: async () => {} };
  }
  return pooled(frames, format, threads - 1);
}

function pooled(frames: readonly FrameFiles[], format: FrameFormat, workers: number): Frames {
  const pool = new FramePool(format, workers);
  const arrivals = inOrder(frames, (files) => pool.perceive(files), AHEAD_PER_WORKER * workers + 1);
  return { arrivals, close: () => pool.close() };
}

/** @throws what `perceive` throws, in its turn: after every frame that comes before */
export async function* inOrder(
  frames: readonly FrameFiles[],
  perceive: (files: FrameFiles) => Promise<Arrival>,
  ahead: number,
): AsyncGenerator<Arrival> {
  const pending: Promise<Arrival>[] = [];
  for (let next = 0; next < frames.length || pending.length > 0; ) {
    while (next < frames.length && pending.length < ahead) {
      const arrival = perceive(frames[next++]);
      // Reported when its turn comes; until then it is no unhandled failure.
      arrival.catch(() => {});
      pending.push(arrival);
    }
    yield await pending.shift()!;
  }
}
