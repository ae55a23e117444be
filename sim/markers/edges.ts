/** Steps of a profile across an edge, pixels, and how far it reaches to either side, in cells of the marker. */
const STEP = 0.5;
const REACH = 0.9;
const [LEAST_REACH, MOST_REACH] = [1, 4];
/** Left out near either end of a side, where the neighbour's blur bends the profile: a share, and pixels up to another share. */
const ENDS = 0.12;
const [END_PIXELS, MOST_ENDS] = [1.5, 0.25];
const [FEWEST, MOST] = [6, 32];
/** Grey levels by which the margin must be brighter than the frame. */
const CONTRAST = 12;
const PASSES = 3;
/** Points of an edge farther than this from its line, in σ, are left out of the second fit. */
const OUTLYING = 2.5;
/** What neighbouring points share of their noise: it counts for so much more. */
const CORRELATION = 3;
/**
 * σ of a corner that more pixels do not reduce, pixels: what the lens and the print bend, and what a frame of few pixels a
 * cell takes from the white on its other side, which falls by e with every pixel (measured on rendered boards).
 */
const FLOOR = 0.02;
const NARROW = 0.6;

export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The sides of a dark quad on a light margin, found to a fraction of a pixel: lines through where the grey changes most. */
export class EdgeFitter {
  private readonly along = new Float64Array(MOST);
  private readonly offset = new Float64Array(MOST);
  /** Each side: a point and a unit direction. */
  private readonly lines = new Float64Array(16);
  private used = 0;

  /**
   * Moves the corners to where the sides meet.
   * @param corners 4 × 2, clockwise in the picture, at most some pixels off; changed
   * @returns σ of a corner along either axis, pixels; NaN where a side has no edge
   */
  refine(image: Grey, corners: Float64Array, cells: number): number {
    let variance = 0;
    let cell = 0;
    for (let pass = 0; pass < PASSES; pass++) {
      variance = 0;
      cell = narrowest(corners) / cells;
      for (let side = 0; side < 4; side++) {
        const sideVariance = this.fit(image, corners, side, cells);
        if (Number.isNaN(sideVariance)) return Number.NaN;
        variance += sideVariance / 4;
      }
      for (let i = 0; i < 4; i++) if (!this.meet(i, corners)) return Number.NaN;
    }
    const narrow = NARROW * Math.exp(-cell);
    return Math.sqrt(variance + FLOOR * FLOOR + narrow * narrow);
  }

  /**
   * Fits the line from corner `side` to the next through where the grey rises most along the neighbouring sides' way: square
   * to its own, a short side's profiles would run into a neighbour. @returns variance of its ends
   */
  private fit(image: Grey, corners: Float64Array, side: number, cells: number): number {
    const [ax, ay, bx, by] = [0, 1, 2, 3].map((i) => corners[(2 * side + i) % 8]);
    const [cx, cy, dx, dy] = [4, 5, 6, 7].map((i) => corners[(2 * side + i) % 8]);
    const length = Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay));
    const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
    const [outX, outY] = [(ax + bx - cx - dx) / 2, (ay + by - cy - dy) / 2];
    const depth = Math.sqrt(outX * outX + outY * outY);
    const [nx, ny] = [outX / depth, outY / depth];
    const reach = Math.max(LEAST_REACH, Math.min(MOST_REACH, (REACH * depth) / cells));
    const inner = length * (1 - 2 * Math.max(ENDS, Math.min(MOST_ENDS, END_PIXELS / length)));
    const points = Math.round(Math.max(FEWEST, Math.min(MOST, inner)));
    const [midX, midY] = [(ax + bx) / 2, (ay + by) / 2];
    this.used = 0;
    for (let i = 0; i < points; i++) {
      const t = ((i + 0.5) / points - 0.5) * inner;
      const offset = edgeOffset(image, midX + t * ux, midY + t * uy, nx, ny, reach);
      if (Number.isNaN(offset)) continue;
      this.along[this.used] = t;
      this.offset[this.used++] = offset;
    }
    if (this.used < FEWEST) return Number.NaN;
    const [level, slope, variance] = this.straight(length);
    const [x, y] = [ux + slope * nx, uy + slope * ny];
    const norm = Math.sqrt(x * x + y * y);
    this.lines.set([midX + level * nx, midY + level * ny, x / norm, y / norm], 4 * side);
    return variance;
  }

  /** Offset at the middle, slope and variance at the ends of the line through the points, outlying ones left out. */
  private straight(length: number): [number, number, number] {
    let [level, slope, variance] = [0, 0, 0];
    let limit = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 2; round++) {
      let [n, t, tt, o, to] = [0, 0, 0, 0, 0];
      for (let i = 0; i < this.used; i++) {
        const [a, b] = [this.along[i], this.offset[i]];
        if (Math.abs(b - level - slope * a) > limit) continue;
        n++;
        t += a;
        tt += a * a;
        o += b;
        to += a * b;
      }
      const spread = tt - (t * t) / n;
      slope = (to - (t * o) / n) / spread;
      level = (o - slope * t) / n;
      let squares = 0;
      for (let i = 0; i < this.used; i++) {
        const rest = this.offset[i] - level - slope * this.along[i];
        if (Math.abs(rest) <= limit) squares += rest * rest;
      }
      const noise = squares / Math.max(1, n - 2);
      const end = length / 2 + Math.abs(t / n);
      variance = CORRELATION * noise * (1 / n + (end * end) / spread);
      limit = Math.max(0.2, OUTLYING * Math.sqrt(noise));
    }
    return [level, slope, variance];
  }

  /** Puts corner i where the side that ends in it meets the one that starts there. */
  private meet(i: number, corners: Float64Array): boolean {
    const [p, q] = [4 * ((i + 3) % 4), 4 * i];
    const { lines } = this;
    const cross = lines[p + 2] * lines[q + 3] - lines[p + 3] * lines[q + 2];
    if (Math.abs(cross) < 0.1) return false;
    const t = ((lines[q] - lines[p]) * lines[q + 3] - (lines[q + 1] - lines[p + 1]) * lines[q + 2]) / cross;
    corners[2 * i] = lines[p] + t * lines[p + 2];
    corners[2 * i + 1] = lines[p + 1] + t * lines[p + 3];
    return true;
  }
}

/** The lesser of a quad's mean width and height, pixels. */
function narrowest(corners: Float64Array): number {
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => {
    const [x, y] = [corners[2 * i] - corners[(2 * i + 2) % 8], corners[2 * i + 1] - corners[(2 * i + 3) % 8]];
    return Math.sqrt(x * x + y * y);
  });
  return Math.min(a + c, b + d) / 2;
}

/** How far outward, along the unit (nx, ny), the grey rises most about (x, y): the centroid of its rise; NaN without one. */
function edgeOffset(image: Grey, x: number, y: number, nx: number, ny: number, reach: number): number {
  const steps = Math.floor(reach / STEP);
  let before = bilinear(image, x - steps * STEP * nx, y - steps * STEP * ny);
  let [rises, moments] = [0, 0];
  for (let k = 1 - steps; k <= steps; k++) {
    const value = bilinear(image, x + k * STEP * nx, y + k * STEP * ny);
    const rise = value - before;
    before = value;
    if (!(rise > 0)) continue;
    rises += rise;
    moments += rise * (k - 0.5) * STEP;
  }
  return rises >= CONTRAST ? moments / rises : Number.NaN;
}

/** Grey at a place between pixels; NaN outside the image. */
export function bilinear({ width, height, data }: Grey, x: number, y: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (!(column >= 0 && row >= 0 && column < width - 1 && row < height - 1)) return Number.NaN;
  const i = row * width + column;
  const [a, b] = [x - column, y - row];
  return (
    (1 - b) * ((1 - a) * data[i] + a * data[i + 1]) +
    b * ((1 - a) * data[i + width] + a * data[i + width + 1])
  );
}
