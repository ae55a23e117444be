/** Oriented FAST corners with rotated BRIEF descriptors ("ORB", Rublee et al., ICCV 2011), and stereo by them. */
export interface FeatureKernels {
  /** An extractor with image levels of its own, which no other disturbs. */
  newExtractor(options: ExtractorOptions): Extractor;
}

export interface ExtractorOptions {
  /** Of every image, pixels. */
  readonly width: number;
  readonly height: number;
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
  readonly column: Int32Array;
  readonly row: Int32Array;
  /** Radians. */
  readonly angle: Float32Array;
  /** 32 bytes each. */
  readonly descriptors: Uint8Array;
}

export type Eye = 'left' | 'right';

export interface Extractor {
  /** @param grey width·height pixels. Where there is a pair, its images are extracted one after the other. */
  extract(grey: Uint8Array, eye?: Eye): Keypoints;
  /**
   * Disparity of each left keypoint of a rectified pair, both extracted before: by descriptors along the row, then by the window of least
   * absolute differences, then by a parabola through it (as ORB-SLAM2 does).
   * @param maxDisparity pixels of the full image
   * @returns pixels of the full image by left keypoint, −1 where there is no match
   */
  matchStereo(maxDisparity: number): Float64Array;
}

/** Orientation and rotated tests reach 15 pixels from a corner, and rounding one more. */
export const BORDER = 16;

/** A level's place in the pyramid: pixel centres of all levels align. */
export interface LevelSize {
  readonly width: number;
  readonly height: number;
  /** Keypoints wanted on it. */
  readonly wanted: number;
}

/** Each level shrinks the one before by the factor, and gets keypoints in proportion to its side. */
export function levelSizes(options: ExtractorOptions): LevelSize[] {
  const scales: number[] = [];
  for (let level = 0; level < options.levels; level++)
    scales.push(level === 0 ? 1 : scales[level - 1] * options.scaleFactor);
  const sum = scales.reduce((total, scale) => total + 1 / scale, 0);
  return scales.map((scale) => ({
    width: Math.round(options.width / scale),
    height: Math.round(options.height / scale),
    wanted: Math.round(options.features / scale / sum),
  }));
}

/** A level's coordinate in the full image, given both lengths along that axis. */
export function toFull(x: number, levelLength: number, fullLength: number): number {
  return ((x + 0.5) * fullLength) / levelLength - 0.5;
}

/** Where each pixel of a smaller level lies between those of the larger, in 1/128. */
export function sourceOf(i: number, from: number, to: number): { before: number; weight: number } {
  const source = Math.max(0, Math.min(from - 1.000001, ((i + 0.5) * from) / to - 0.5));
  const before = Math.floor(source);
  return { before, weight: Math.round((source - before) * 128) };
}

const COST_LIMIT = 2.1;

/** Takes back (−1) the disparities whose window costs more than 2.1 times what the median one does. */
export function dropCostly(disparity: Float64Array, cost: Int32Array): void {
  const costs = cost.filter((_, k) => disparity[k] >= 0).sort();
  const limit = COST_LIMIT * (costs[costs.length >> 1] ?? 0);
  for (let k = 0; k < disparity.length; k++) if (cost[k] > limit) disparity[k] = -1;
}
