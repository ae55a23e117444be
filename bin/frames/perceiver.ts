import { openCpuClock, stopwatch } from '../../scenarios/cpu-clock.ts';
import type { Arrival } from '../../scenarios/recording.ts';
import { FrameReader } from '../../slam/datasets/frame-reader.ts';
import type { FrameFiles, FrameFormat } from '../../slam/datasets/recording.ts';
import { FrontEnd } from '../../slam/features/front-end.ts';
import type { FeatureKernels } from '../../slam/kernels/feature-kernels.ts';
import { nodeFiles } from '../files.ts';
import { decodeImages } from '../images.ts';

/** Reads a moment's files and finds its keypoints, on whichever thread it lives. What it finds depends on those files alone. */
export class Perceiver {
  private readonly reader: FrameReader;
  private readonly frontEnd: FrontEnd;
  private readonly clock = openCpuClock();

  constructor(format: FrameFormat, kernels: FeatureKernels) {
    this.reader = new FrameReader(format, nodeFiles, decodeImages);
    this.frontEnd = new FrontEnd(format.rig, kernels, { features: format.features });
  }

  async perceive(files: FrameFiles): Promise<Arrival> {
    const { time } = files;
    const image = await this.reader.read(files).catch((error: Error) => error);
    if (image instanceof Error) return { time, reason: image.message };
    const lap = stopwatch(this.clock);
    const features = this.frontEnd.process(image);
    return { time, features, took: lap() };
  }
}
