import { PATTERN } from '../features/pattern.ts';
import type { KernelExports } from './arena.ts';
import {
  BORDER,
  dropCostly,
  type Extractor,
  type ExtractorOptions,
  type Eye,
  type Keypoints,
  type LevelSize,
  levelSizes,
  sourceOf,
  toFull,
} from './feature-kernels.ts';

const PAGE = 65536;
/** Whole vectors are read and written at the ends of images. */
const SPARE = 64;
const PATCH_RADIUS = 15;
const DESCRIPTOR_BYTES = 32;
const KEYPOINT_BYTES = 20;

interface Level extends LevelSize {
  /** Address of its image in either eye. */
  readonly image: Readonly<Record<Eye, number>>;
  /** Tables of its shrinking from the level before. */
  readonly columns: number;
  readonly weights: number;
  readonly rows: number;
}

/** Where the keypoints of an eye lie. */
interface EyeStore {
  count: number;
  readonly keypoints: number;
  readonly descriptors: number;
}

/** Keeps its images and tables in a wasm instance of its own; addresses are laid out once. */
export class WasmExtractor implements Extractor {
  private readonly run: KernelExports;
  private readonly options: ExtractorOptions;
  private readonly levels: readonly Level[];
  private readonly eyes: Readonly<Record<Eye, EyeStore>>;
  private readonly blurred: number;
  private readonly scores: number;
  private readonly row: number;
  private readonly corners: number;
  private readonly chosen: number;
  private readonly peaks: number;
  private readonly moments: number;
  private readonly pattern: number;
  private readonly masks: number;
  private readonly maskedColumns: number;
  private readonly spread: number;
  private readonly stereoLevels: number;
  private next: number;

  constructor(run: KernelExports, options: ExtractorOptions) {
    this.run = run;
    this.options = options;
    this.next = run.arenaStart();
    const { width, height } = options;
    const pixels = width * height;
    const sizes = levelSizes(options);
    this.levels = sizes.map((size) => ({
      ...size,
      image: { left: this.take(size.width * size.height), right: this.take(size.width * size.height) },
      columns: this.take(4 * size.width),
      weights: this.take(4 * size.width),
      rows: this.take(8 * size.height),
    }));
    // The quadtree may give three more a level than wanted.
    const capacity = sizes.reduce((sum, { wanted }) => sum + wanted + 3 + Math.ceil(width / height), 0);
    const eye = () => ({
      count: 0,
      keypoints: this.take(KEYPOINT_BYTES * capacity),
      descriptors: this.take(DESCRIPTOR_BYTES * capacity),
    });
    this.eyes = { left: eye(), right: eye() };
    this.blurred = this.take(pixels);
    this.scores = this.take(pixels);
    this.row = this.take(2 * width + SPARE);
    // Of four neighbouring pixels at most one is a corner.
    this.corners = this.take(12 * Math.ceil(((width + 1) * (height + 1)) / 4));
    this.chosen = this.take(4 * capacity);
    this.peaks = this.take(16 * capacity);
    this.moments = this.take(8 * capacity);
    this.pattern = this.take(4 * PATTERN.length);
    this.masks = this.take(64 * (2 * PATCH_RADIUS + 1));
    this.maskedColumns = this.take(64 * (2 * PATCH_RADIUS + 1));
    this.stereoLevels = this.take(24 * options.levels);
    this.spread = this.next;
    this.reserve(this.next);
    this.fillTables();
  }

  extract(grey: Uint8Array, eye: Eye = 'left'): Keypoints {
    this.buildPyramid(grey, eye);
    const found: LevelKeypoints[] = [];
    const store = this.eyes[eye];
    store.count = 0;
    for (const [octave, level] of this.levels.entries()) {
      const keypoints = this.extractLevel(
        level,
        octave,
        eye,
        store.descriptors + DESCRIPTOR_BYTES * store.count,
      );
      store.count += keypoints.count;
      found.push(keypoints);
    }
    return this.gather(found, store);
  }

  matchStereo(maxDisparity: number): Float64Array {
    const { left, right } = this.eyes;
    const { run, stereoLevels } = this;
    const { height } = this.options;
    const rowStart = this.spread;
    this.reserve(rowStart + 4 * (height + 2));
    const entries = run.indexRows(right.count, right.keypoints, stereoLevels, rowStart);
    const rowItems = align(rowStart + 4 * (height + 2));
    const disparity = align(rowItems + 4 * entries);
    const cost = align(disparity + 8 * left.count);
    this.reserve(cost + 4 * left.count);
    run.matchStereo(
      ...[stereoLevels, left.count, left.keypoints, left.descriptors, right.count, right.keypoints],
      ...[right.descriptors, maxDisparity, rowStart, rowItems, disparity, cost],
    );
    const out = new Float64Array(run.memory.buffer, disparity, left.count).slice();
    dropCostly(out, new Int32Array(run.memory.buffer, cost, left.count));
    return out;
  }

  private buildPyramid(grey: Uint8Array, eye: Eye): void {
    const { levels, run, row } = this;
    new Uint8Array(run.memory.buffer).set(grey, levels[0].image[eye]);
    for (let i = 1; i < levels.length; i++) {
      const [from, to] = [levels[i - 1], levels[i]];
      run.shrink(
        ...[from.image[eye], from.width, to.image[eye], to.width, to.height],
        ...[to.columns, to.weights, to.rows, row],
      );
    }
  }

  private extractLevel(level: Level, octave: number, eye: Eye, descriptors: number): LevelKeypoints {
    const { run, options, corners, chosen } = this;
    const { width, height, wanted } = level;
    const image = level.image[eye];
    if (width <= 2 * BORDER || height <= 2 * BORDER) return NONE;
    const { initialThreshold, minimumThreshold } = options;
    const all = run.detectCorners(
      ...[image, width, height, initialThreshold, minimumThreshold, BORDER, this.scores, corners],
    );
    this.reserve(this.spread + run.spreadSpace(all, width, height, wanted));
    const count = run.spreadEvenly(corners, all, width, height, wanted, this.spread, chosen);
    run.findPeaks(image, width, corners, chosen, count, this.peaks);
    run.blur(image, width, height, this.blurred, this.row);
    run.describeCorners(
      ...[image, this.blurred, width, corners, chosen, count],
      ...[this.pattern, this.masks, this.maskedColumns, this.moments, descriptors],
    );
    return this.readLevel(level, octave, count);
  }

  private readLevel({ width, height }: Level, octave: number, count: number): LevelKeypoints {
    const { buffer } = this.run.memory;
    const corners = new Int32Array(buffer, this.corners);
    const chosen = new Int32Array(buffer, this.chosen, count);
    const peaks = new Float64Array(buffer, this.peaks, 2 * count);
    const moments = new Int32Array(buffer, this.moments, 2 * count);
    const out = {
      count,
      octave,
      x: new Float32Array(count),
      y: new Float32Array(count),
      column: new Int32Array(count),
      row: new Int32Array(count),
      angle: new Float32Array(count),
    };
    for (let i = 0; i < count; i++) {
      const [column, row] = [corners[3 * chosen[i]], corners[3 * chosen[i] + 1]];
      out.x[i] = toFull(column + peaks[2 * i], width, this.options.width);
      out.y[i] = toFull(row + peaks[2 * i + 1], height, this.options.height);
      out.column[i] = column;
      out.row[i] = row;
      out.angle[i] = Math.atan2(moments[2 * i + 1], moments[2 * i]);
    }
    return out;
  }

  /** All levels in one; what stereo needs of them is also put where it looks for it. */
  private gather(levels: readonly LevelKeypoints[], store: EyeStore): Keypoints {
    const { buffer } = this.run.memory;
    const { count } = store;
    const floats = new Float32Array(buffer, store.keypoints, (KEYPOINT_BYTES / 4) * count);
    const integers = new Int32Array(buffer, store.keypoints, (KEYPOINT_BYTES / 4) * count);
    const out = {
      count,
      x: new Float32Array(count),
      y: new Float32Array(count),
      octave: new Uint8Array(count),
      column: new Int32Array(count),
      row: new Int32Array(count),
      angle: new Float32Array(count),
      descriptors: new Uint8Array(buffer, store.descriptors, DESCRIPTOR_BYTES * count).slice(),
    };
    let first = 0;
    for (const level of levels) {
      for (const key of ['x', 'y', 'column', 'row', 'angle'] as const) out[key].set(level[key], first);
      out.octave.fill(level.octave, first, first + level.count);
      first += level.count;
    }
    for (let k = 0, at = 0; k < count; k++, at += KEYPOINT_BYTES / 4) {
      floats[at] = out.x[k];
      floats[at + 1] = out.y[k];
      integers[at + 2] = out.octave[k];
      integers[at + 3] = out.column[k];
      integers[at + 4] = out.row[k];
    }
    return out;
  }

  private fillTables(): void {
    const { buffer } = this.run.memory;
    this.levels.forEach((to, i) => {
      if (i > 0) fillShrinking(buffer, this.levels[i - 1], to);
    });
    fillPattern(new Float32Array(buffer, this.pattern, PATTERN.length));
    const entries = 32 * (2 * PATCH_RADIUS + 1);
    fillMasks(
      new Int16Array(buffer, this.masks, entries),
      new Int16Array(buffer, this.maskedColumns, entries),
    );
    let scale = 1;
    this.levels.forEach(({ image, width, height }, i) => {
      const at = this.stereoLevels + 24 * i;
      new Int32Array(buffer, at, 4).set([image.left, image.right, width, height]);
      new Float64Array(buffer, at + 16, 1)[0] = 2 * scale;
      scale *= this.options.scaleFactor;
    });
  }

  private take(bytes: number): number {
    const address = align(this.next);
    this.next = address + bytes + SPARE;
    return address;
  }

  private reserve(end: number): void {
    const missing = end + SPARE - this.run.memory.buffer.byteLength;
    if (missing > 0) this.run.memory.grow(Math.ceil(missing / PAGE));
  }
}

type LevelKeypoints = Omit<Keypoints, 'octave' | 'descriptors'> & { readonly octave: number };

const NONE: LevelKeypoints = {
  count: 0,
  octave: 0,
  x: new Float32Array(0),
  y: new Float32Array(0),
  column: new Int32Array(0),
  row: new Int32Array(0),
  angle: new Float32Array(0),
};

function align(address: number): number {
  return (address + 15) & -16;
}

function fillShrinking(buffer: ArrayBuffer, from: Level, to: Level): void {
  const columns = new Int32Array(buffer, to.columns, to.width);
  const weights = new Int16Array(buffer, to.weights, 2 * to.width);
  const rows = new Int32Array(buffer, to.rows, 2 * to.height);
  for (let x = 0; x < to.width; x++) {
    const { before, weight } = sourceOf(x, from.width, to.width);
    columns[x] = before;
    weights[2 * x] = 128 - weight;
    weights[2 * x + 1] = weight;
  }
  for (let y = 0; y < to.height; y++) {
    const { before, weight } = sourceOf(y, from.height, to.height);
    rows[2 * y] = before;
    rows[2 * y + 1] = weight;
  }
}

/** Tests in fours: x of the four first points, their y, x of the second points, their y. */
function fillPattern(out: Float32Array): void {
  for (let test = 0; test < 256; test++) {
    const group = 16 * (test >> 2) + (test & 3);
    for (let i = 0; i < 4; i++) out[group + 4 * i] = PATTERN[4 * test + i];
  }
}

/** The round patch, row by row: 1 inside and 0 outside; and the column inside and 0 outside. */
function fillMasks(masks: Int16Array, columns: Int16Array): void {
  for (let v = -PATCH_RADIUS; v <= PATCH_RADIUS; v++) {
    const end = Math.floor(Math.sqrt(PATCH_RADIUS * PATCH_RADIUS - v * v) + 0.5);
    for (let u = -end; u <= end; u++) {
      const at = 32 * (v + PATCH_RADIUS) + u + PATCH_RADIUS;
      masks[at] = 1;
      columns[at] = u;
    }
  }
}
