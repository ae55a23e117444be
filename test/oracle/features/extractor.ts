import {
  BORDER,
  dropCostly,
  type Extractor,
  type ExtractorOptions,
  type Eye,
  type FeatureKernels,
  type Keypoints,
  levelSizes,
  toFull,
} from '../../../slam/kernels/feature-kernels.ts';
import { describe, direction, moments } from './descriptor.ts';
import { Corners, FastDetector } from './fast.ts';
import { blur, type GreyImage, shrink } from './pyramid.ts';
import { spreadEvenly } from './spread.ts';
import { disparities } from './stereo.ts';

const DESCRIPTOR_BYTES = 32;

export const features: FeatureKernels = { newExtractor: (options) => new OracleExtractor(options) };

/** An image's levels and what was found on them. */
export interface Extracted {
  readonly levels: readonly GreyImage[];
  readonly keypoints: Keypoints;
}

class OracleExtractor implements Extractor {
  private readonly options: ExtractorOptions;
  private readonly eyes: Partial<Record<Eye, Extracted>> = {};

  constructor(options: ExtractorOptions) {
    this.options = options;
  }

  extract(grey: Uint8Array, eye: Eye = 'left'): Keypoints {
    const levels = pyramid(grey, this.options);
    const wanted = levelSizes(this.options).map((size) => size.wanted);
    const found = levels.map((image, octave) => extractLevel(image, octave, wanted[octave], this.options));
    const all = <T>(read: (level: LevelKeypoints) => readonly T[]): T[] => found.flatMap(read);
    const keypoints: Keypoints = {
      count: all((level) => level.x).length,
      x: Float32Array.from(all((level) => level.x)),
      y: Float32Array.from(all((level) => level.y)),
      octave: Uint8Array.from(all((level) => level.octave)),
      column: Int32Array.from(all((level) => level.column)),
      row: Int32Array.from(all((level) => level.row)),
      angle: Float32Array.from(all((level) => level.angle)),
      descriptors: Uint8Array.from(all((level) => [...level.descriptors])),
    };
    this.eyes[eye] = { levels, keypoints };
    return keypoints;
  }

  matchStereo(maxDisparity: number): Float64Array {
    const { left, right } = this.eyes;
    const { disparity, cost } = disparities(left!, right!, this.options.scaleFactor, maxDisparity);
    dropCostly(disparity, cost);
    return disparity;
  }
}

export function pyramid(grey: Uint8Array, options: ExtractorOptions): GreyImage[] {
  const levels: GreyImage[] = [];
  for (const { width, height } of levelSizes(options)) {
    const before = levels[levels.length - 1];
    levels.push(before ? shrink(before, width, height) : { width, height, data: grey.slice() });
  }
  return levels;
}

interface LevelKeypoints {
  readonly x: number[];
  readonly y: number[];
  readonly octave: number[];
  readonly column: number[];
  readonly row: number[];
  readonly angle: number[];
  readonly descriptors: Uint8Array;
}

function extractLevel(
  image: GreyImage,
  octave: number,
  wanted: number,
  options: ExtractorOptions,
): LevelKeypoints {
  const { width, height } = image;
  const corners = new Corners();
  const detector = new FastDetector();
  if (width > 2 * BORDER && height > 2 * BORDER)
    detector.detect(image, options.initialThreshold, options.minimumThreshold, BORDER, corners);
  const chosen = spreadEvenly(corners, width, height, wanted);
  const column = chosen.map((i) => corners.x[i]);
  const row = chosen.map((i) => corners.y[i]);
  const peaks = chosen.map((_, i) => detector.peak(image, column[i], row[i]));
  const patches = chosen.map((_, i) => moments(image, column[i], row[i]));
  const descriptors = new Uint8Array(DESCRIPTOR_BYTES * chosen.length);
  if (chosen.length > 0) {
    const blurred = blur(image);
    patches.forEach((patch, i) => {
      describe(blurred, column[i], row[i], direction(patch), descriptors, DESCRIPTOR_BYTES * i);
    });
  }
  return {
    x: peaks.map(([dx], i) => toFull(column[i] + dx, width, options.width)),
    y: peaks.map(([, dy], i) => toFull(row[i] + dy, height, options.height)),
    octave: chosen.map(() => octave),
    column,
    row,
    angle: patches.map(([m10, m01]) => Math.atan2(m01, m10)),
    descriptors,
  };
}
