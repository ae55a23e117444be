import { CODE_CELLS, MARKER_CELLS, readCode } from './codes.ts';
import { bilinear, EdgeFitter, type Grey } from './edges.ts';
import { QuadFinder } from './quads.ts';

/** Wrong cells mended at most (two codes differ in 11), and cells of the black frame allowed to look white. */
const MENDABLE = 2;
const FRAME_ERRORS = 2;
/** Samples along a side of a cell. */
const SAMPLES = 2;

/** A marker in an image. */
export interface Marker {
  readonly code: number;
  /** 4 × 2 pixels: the black square's corners, from the code's top left clockwise as seen in the picture. */
  readonly corners: Float64Array;
  /** σ of a corner along either axis, pixels. */
  readonly sigma: number;
  readonly mended: number;
}

/** Finds markers (AprilTag 36h11) in grey images of one size. */
export class MarkerDetector {
  private readonly quads: QuadFinder;
  private readonly edges = new EdgeFitter();
  private readonly levels = new Float64Array(MARKER_CELLS * MARKER_CELLS);
  private readonly bits = new Uint8Array(CODE_CELLS * CODE_CELLS);

  constructor(width: number, height: number) {
    this.quads = new QuadFinder(width, height);
  }

  /** By rising code; of one found twice, the one read best. */
  detect(image: Grey): Marker[] {
    const found = new Map<number, Marker>();
    for (const quad of this.quads.find(image.data)) {
      const marker = this.read(image, quad);
      if (!marker) continue;
      const before = found.get(marker.code);
      if (!before || better(marker, before)) found.set(marker.code, marker);
    }
    return [...found.values()].sort((a, b) => a.code - b.code);
  }

  private read(image: Grey, corners: Float64Array): Marker | undefined {
    const sigma = this.edges.refine(image, corners, MARKER_CELLS);
    if (Number.isNaN(sigma) || !isInside(image, corners) || !this.sample(image, corners)) return undefined;
    const threshold = this.threshold();
    if (!this.digitise(threshold)) return undefined;
    const reading = readCode(this.bits, MENDABLE);
    if (!reading) return undefined;
    // Turning the picture clockwise brings its corner `4 − turns` to the top left.
    const first = (4 - reading.turns) % 4;
    const upright = corners.map((_, i) => corners[(2 * first + i) % 8]);
    return { code: reading.code, corners: upright, sigma, mended: reading.mended };
  }

  /** Mean grey of every cell, frame included. */
  private sample(image: Grey, corners: Float64Array): boolean {
    const h = homography(corners);
    for (let row = 0; row < MARKER_CELLS; row++) {
      for (let column = 0; column < MARKER_CELLS; column++) {
        let sum = 0;
        for (let i = 0; i < SAMPLES; i++) {
          for (let j = 0; j < SAMPLES; j++) {
            const u = (column + within(i)) / MARKER_CELLS;
            const v = (row + within(j)) / MARKER_CELLS;
            const w = h[6] * u + h[7] * v + 1;
            sum += bilinear(image, (h[0] * u + h[1] * v + h[2]) / w, (h[3] * u + h[4] * v + h[5]) / w);
          }
        }
        if (Number.isNaN(sum)) return false;
        this.levels[row * MARKER_CELLS + column] = sum / (SAMPLES * SAMPLES);
      }
    }
    return true;
  }

  /** Halfway between the means of dark and light cells (Ridler and Calvard's iteration). */
  private threshold(): number {
    let threshold = this.levels.reduce((sum, level) => sum + level, 0) / this.levels.length;
    for (let round = 0; round < 4; round++) {
      const sums = [0, 0];
      const counts = [0, 0];
      for (const level of this.levels) {
        const side = level > threshold ? 1 : 0;
        sums[side] += level;
        counts[side]++;
      }
      if (counts[0] === 0 || counts[1] === 0) break;
      threshold = (sums[0] / counts[0] + sums[1] / counts[1]) / 2;
    }
    return threshold;
  }

  /** Fills `bits`; whether the frame around them is dark. */
  private digitise(threshold: number): boolean {
    let errors = 0;
    const last = MARKER_CELLS - 1;
    for (let row = 0; row <= last; row++) {
      for (let column = 0; column <= last; column++) {
        const white = this.levels[row * MARKER_CELLS + column] > threshold;
        if (row === 0 || column === 0 || row === last || column === last) errors += white ? 1 : 0;
        else this.bits[(row - 1) * CODE_CELLS + column - 1] = white ? 1 : 0;
      }
    }
    return errors <= FRAME_ERRORS;
  }
}

/** A marker that the image's border cuts off has a corner that nobody saw. */
function isInside({ width, height }: Grey, corners: Float64Array): boolean {
  return corners.every((value, i) => value >= 1 && value <= (i % 2 === 0 ? width : height) - 2);
}

/** Sampled a little inside of a cell, where its neighbours blur it least. */
function within(i: number): number {
  return 0.5 + 0.4 * ((i + 0.5) / SAMPLES - 0.5);
}

function better(a: Marker, b: Marker): boolean {
  return a.mended !== b.mended ? a.mended < b.mended : a.sigma < b.sigma;
}

/** From the unit square (y down) to a quad, clockwise from the square's (0, 0); the last of nine is 1 (Heckbert 1989). */
function homography([x0, y0, x1, y1, x2, y2, x3, y3]: Float64Array): number[] {
  const [sx, sy] = [x0 - x1 + x2 - x3, y0 - y1 + y2 - y3];
  const [ax, ay, bx, by] = [x1 - x2, y1 - y2, x3 - x2, y3 - y2];
  const det = ax * by - bx * ay;
  const g = (sx * by - bx * sy) / det;
  const k = (ax * sy - sx * ay) / det;
  return [x1 - x0 + g * x1, x3 - x0 + k * x3, x0, y1 - y0 + g * y1, y3 - y0 + k * y3, y0, g, k];
}
