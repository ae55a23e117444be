import type { GreyImage } from './pyramid.ts';

/** FAST-9/16 corners (Rosten, Drummond, "Machine learning for high-speed corner detection", ECCV 2006). */

/** The Bresenham circle of radius 3, clockwise from the top: x, y. */
const CIRCLE = [
  [0, -3],
  [1, -3],
  [2, -2],
  [3, -1],
  [3, 0],
  [3, 1],
  [2, 2],
  [1, 3],
  [0, 3],
  [-1, 3],
  [-2, 2],
  [-3, 1],
  [-3, 0],
  [-3, -1],
  [-2, -2],
  [-1, -3],
] as const;

const ARC = 9;

/** Whether a 16-bit ring holds nine set bits in a row, round the corner too. */
const HAS_ARC = Uint8Array.from({ length: 65536 }, (_, ring) => {
  const twice = ring | (ring << 16);
  for (let start = 0; start < 16; start++) if (((twice >>> start) & 0x1ff) === 0x1ff) return 1;
  return 0;
});

/** Corners of one image: pixel and score. Arrays grow as needed and are kept. */
export class Corners {
  count = 0;
  x = new Int32Array(4096);
  y = new Int32Array(4096);
  score = new Int32Array(4096);

  push(x: number, y: number, score: number): void {
    if (this.count === this.x.length) {
      for (const key of ['x', 'y', 'score'] as const) {
        const larger = new Int32Array(2 * this.count);
        larger.set(this[key]);
        this[key] = larger;
      }
    }
    this.x[this.count] = x;
    this.y[this.count] = y;
    this.score[this.count++] = score;
  }
}

/** Side of the cells that may each fall back to the lower threshold, pixels. */
const CELL = 32;

/** Scores pixels by the highest threshold at which they are still a corner, and keeps the local maxima. */
export class FastDetector {
  private scores = new Uint8Array(0);
  private readonly ring = new Int32Array(16);
  private readonly differences = new Int32Array(32);

  /**
   * Finds corners at threshold `high`, and at `low` in the cells that have none such; each is the best of its 3×3
   * neighbourhood and `border` (≥ 4) pixels or more from the edge.
   */
  detect(image: GreyImage, high: number, low: number, border: number, corners: Corners): void {
    const { width, height } = image;
    if (this.scores.length < width * height) this.scores = new Uint8Array(width * height);
    this.scores.fill(0, 0, width * height);
    CIRCLE.forEach(([x, y], i) => {
      this.ring[i] = y * width + x;
    });
    const [left, right, bottom] = [border - 1, width - border + 1, height - border + 1];
    for (let y = left; y < bottom; y += CELL) {
      for (let x = left; x < right; x += CELL) {
        const [x1, y1] = [Math.min(x + CELL, right), Math.min(y + CELL, bottom)];
        if (!this.score(image, high, x, y, x1, y1)) this.score(image, low, x, y, x1, y1);
      }
    }
    this.keepMaxima(width, height, border, corners);
  }

  /** Where the score peaks around a corner, to a fraction of a pixel: a parabola in x and one in y. */
  peak({ data, width }: GreyImage, x: number, y: number): [number, number] {
    const i = y * width + x;
    const here = this.cornerScore(data, i);
    const across = (step: number) => {
      const before = this.cornerScore(data, i - step);
      const after = this.cornerScore(data, i + step);
      const curvature = before + after - 2 * here;
      return curvature < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * curvature))) : 0;
    };
    return [across(1), across(width)];
  }

  private keepMaxima(width: number, height: number, border: number, corners: Corners): void {
    corners.count = 0;
    const { scores } = this;
    for (let y = border; y < height - border; y++) {
      for (let x = border; x < width - border; x++) {
        const i = y * width + x;
        const s = scores[i];
        if (s === 0) continue;
        // Of equals the first in reading order stays.
        if (s <= scores[i - width - 1] || s <= scores[i - width] || s <= scores[i - width + 1]) continue;
        if (s <= scores[i - 1] || s < scores[i + 1]) continue;
        if (s < scores[i + width - 1] || s < scores[i + width] || s < scores[i + width + 1]) continue;
        corners.push(x, y, s);
      }
    }
  }

  /** Scores the pixels of a rectangle; says whether any is a corner. */
  private score(
    image: GreyImage,
    threshold: number,
    x0: number,
    y0: number,
    x1: number,
    y1: number,
  ): boolean {
    const { width, data } = image;
    const { ring, scores } = this;
    const [top, right, bottom, left] = [ring[0], ring[4], ring[8], ring[12]];
    let found = false;
    for (let y = y0; y < y1; y++) {
      const end = y * width + x1;
      for (let i = y * width + x0; i < end; i++) {
        const high = data[i] + threshold;
        const low = data[i] - threshold;
        // An arc of nine covers one of each opposite pair.
        const n = data[i + top];
        const s = data[i + bottom];
        const e = data[i + right];
        const w = data[i + left];
        const brighter = (n > high || s > high) && (e > high || w > high);
        const darker = (n < low || s < low) && (e < low || w < low);
        if (!brighter && !darker) continue;
        let bright = 0;
        let dark = 0;
        for (let k = 0; k < 16; k++) {
          const value = data[i + ring[k]];
          if (value > high) bright |= 1 << k;
          else if (value < low) dark |= 1 << k;
        }
        if (!HAS_ARC[bright] && !HAS_ARC[dark]) continue;
        scores[i] = this.cornerScore(data, i);
        found = true;
      }
    }
    return found;
  }

  private cornerScore(data: Uint8Array, i: number): number {
    const { differences, ring } = this;
    for (let k = 0; k < 16; k++) {
      differences[k] = data[i + ring[k]] - data[i];
      differences[k + 16] = differences[k];
    }
    let best = -255;
    for (let start = 0; start < 16; start++) {
      let least = 255;
      let most = -255;
      for (let k = start; k < start + ARC; k++) {
        const d = differences[k];
        if (d < least) least = d;
        if (d > most) most = d;
      }
      if (least > best) best = least;
      if (-most > best) best = -most;
    }
    return best - 1;
  }
}
