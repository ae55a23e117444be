import { DESCRIPTOR_BYTES, describe, orientation } from './descriptor.ts';
import { Corners, FastDetector } from './fast.ts';
import { blur, Pyramid } from './pyramid.ts';
import { spreadEvenly } from './spread.ts';

export interface ExtractorOptions {
  /** Keypoints wanted over all levels. */
  readonly features: number;
  readonly levels: number;
  readonly scaleFactor: number;
  /** FAST thresholds: the first, and the one for cells where it finds nothing. */
  readonly initialThreshold: number;
  readonly minimumThreshold: number;
}

/** Keypoints in raw pixels at full resolution. */
export interface Keypoints {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly octave: Uint8Array;
  /** The corner's pixel on its own level; x and y hold its peak to a fraction of a pixel. */
  readonly column: Int16Array;
  readonly row: Int16Array;
  /** Radians. */
  readonly angle: Float32Array;
  /** FAST score. */
  readonly response: Float32Array;
  /** 32 bytes each. */
  readonly descriptors: Uint8Array;
}

/** Orientation and rotated tests reach 15 pixels from a corner, and rounding one more. */
const BORDER = 16;

/** Oriented FAST corners with rotated BRIEF descriptors on an image pyramid, spread evenly. */
export class OrbExtractor {
  private readonly options: ExtractorOptions;
  private readonly pyramid: Pyramid;
  private readonly detector = new FastDetector();
  private readonly corners = new Corners();
  private readonly wanted: number[];
  private blurred = new Uint8Array(0);
  private scratch = new Uint16Array(0);

  constructor(options: ExtractorOptions) {
    this.options = options;
    this.pyramid = new Pyramid(options.levels, options.scaleFactor);
    this.wanted = shareOut(options.features, options.levels, options.scaleFactor);
  }

  /** The image pyramid of the last image extracted. */
  get levels(): Pyramid['levels'] {
    return this.pyramid.levels;
  }

  extract(grey: Uint8Array, width: number, height: number): Keypoints {
    this.pyramid.build({ width, height, data: grey });
    if (this.blurred.length < width * height) {
      this.blurred = new Uint8Array(width * height);
      this.scratch = new Uint16Array(width * height);
    }
    const found = this.pyramid.levels.map((_, level) => this.detectLevel(level));
    const count = found.reduce((sum, { chosen }) => sum + chosen.length, 0);
    const keypoints = {
      count,
      x: new Float32Array(count),
      y: new Float32Array(count),
      octave: new Uint8Array(count),
      column: new Int16Array(count),
      row: new Int16Array(count),
      angle: new Float32Array(count),
      response: new Float32Array(count),
      descriptors: new Uint8Array(DESCRIPTOR_BYTES * count),
    };
    let next = 0;
    found.forEach((corners, level) => {
      this.describeLevel(level, corners, keypoints, next);
      next += corners.chosen.length;
    });
    return keypoints;
  }

  private detectLevel(level: number): LevelCorners {
    const image = this.pyramid.levels[level];
    const { corners, options } = this;
    if (image.width <= 2 * BORDER || image.height <= 2 * BORDER)
      return { chosen: [], x: [], y: [], score: [], peaks: [] };
    this.detector.detect(image, options.initialThreshold, options.minimumThreshold, BORDER, corners);
    const chosen = spreadEvenly(corners, image.width, image.height, this.wanted[level]);
    return {
      chosen,
      x: chosen.map((i) => corners.x[i]),
      y: chosen.map((i) => corners.y[i]),
      score: chosen.map((i) => corners.score[i]),
      peaks: chosen.map((i) => this.detector.peak(image, corners.x[i], corners.y[i])),
    };
  }

  private describeLevel(level: number, corners: LevelCorners, out: Keypoints, first: number): void {
    if (corners.chosen.length === 0) return;
    const image = this.pyramid.levels[level];
    const blurred = { width: image.width, height: image.height, data: this.blurred };
    blur(image, this.blurred, this.scratch);
    for (let i = 0; i < corners.chosen.length; i++) {
      const k = first + i;
      const angle = orientation(image, corners.x[i], corners.y[i]);
      const [dx, dy] = corners.peaks[i];
      out.x[k] = this.pyramid.toFullX(level, corners.x[i] + dx);
      out.y[k] = this.pyramid.toFullY(level, corners.y[i] + dy);
      out.column[k] = corners.x[i];
      out.row[k] = corners.y[i];
      out.octave[k] = level;
      out.angle[k] = angle;
      out.response[k] = corners.score[i];
      describe(blurred, corners.x[i], corners.y[i], angle, out.descriptors, DESCRIPTOR_BYTES * k);
    }
  }
}

interface LevelCorners {
  readonly chosen: number[];
  readonly x: number[];
  readonly y: number[];
  readonly score: number[];
  /** Offset of each corner's peak from its pixel. */
  readonly peaks: readonly (readonly [number, number])[];
}

/** Each level gets keypoints in proportion to its side. */
function shareOut(features: number, levels: number, scaleFactor: number): number[] {
  const shares: number[] = [];
  let share = 1;
  let sum = 0;
  for (let level = 0; level < levels; level++) {
    shares.push(share);
    sum += share;
    share /= scaleFactor;
  }
  return shares.map((value) => Math.round((features * value) / sum));
}
