/** An 8-bit grey image, row-major, without padding. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Image pyramid: each level the one before shrunk bilinearly; buffers are kept from image to image. */
export class Pyramid {
  readonly levels: GreyImage[] = [];
  private readonly scaleFactor: number;
  private readonly count: number;

  constructor(levels: number, scaleFactor: number) {
    this.count = levels;
    this.scaleFactor = scaleFactor;
  }

  build(image: GreyImage): void {
    const fits = this.levels[0]?.width === image.width && this.levels[0]?.height === image.height;
    if (!fits) this.allocate(image.width, image.height);
    this.levels[0].data.set(image.data);
    for (let level = 1; level < this.count; level++) shrink(this.levels[level - 1], this.levels[level]);
  }

  /** Coordinates of a level's pixel in the full image: pixel centres align as `shrink` aligns them. */
  toFullX(level: number, x: number): number {
    return ((x + 0.5) * this.levels[0].width) / this.levels[level].width - 0.5;
  }

  toFullY(level: number, y: number): number {
    return ((y + 0.5) * this.levels[0].height) / this.levels[level].height - 0.5;
  }

  private allocate(width: number, height: number): void {
    this.levels.length = 0;
    let scale = 1;
    for (let level = 0; level < this.count; level++) {
      const w = Math.round(width / scale);
      const h = Math.round(height / scale);
      this.levels.push({ width: w, height: h, data: new Uint8Array(w * h) });
      scale *= this.scaleFactor;
    }
  }
}

/** Bilinear, pixel centres aligned as OpenCV aligns them. Weights are 11-bit fixed point. */
function shrink(from: GreyImage, to: GreyImage): void {
  const scaleX = from.width / to.width;
  const scaleY = from.height / to.height;
  const left = new Int32Array(to.width);
  const weight = new Int32Array(to.width);
  for (let x = 0; x < to.width; x++) {
    const source = Math.max(0, Math.min(from.width - 1.000001, (x + 0.5) * scaleX - 0.5));
    left[x] = Math.floor(source);
    weight[x] = Math.round((source - left[x]) * 2048);
  }
  for (let y = 0; y < to.height; y++) {
    const source = Math.max(0, Math.min(from.height - 1.000001, (y + 0.5) * scaleY - 0.5));
    const top = Math.floor(source);
    const down = Math.round((source - top) * 2048);
    const upper = top * from.width;
    const lower = upper + from.width;
    const row = y * to.width;
    for (let x = 0; x < to.width; x++) {
      const a = left[x];
      const w = weight[x];
      const above = from.data[upper + a] * (2048 - w) + from.data[upper + a + 1] * w;
      const below = from.data[lower + a] * (2048 - w) + from.data[lower + a + 1] * w;
      to.data[row + x] = (above * (2048 - down) + below * down + 2097152) / 4194304;
    }
  }
}

/** 7-tap Gaussian, σ = 2, in 1/256. */
const KERNEL = [18, 34, 49, 54, 49, 34, 18];

/** Gaussian blur into `out`, borders by reflection. `scratch` holds width·height values. */
export function blur(image: GreyImage, out: Uint8Array, scratch: Uint16Array): void {
  const { width, height, data } = image;
  const [a, b, c, d] = KERNEL;
  const mirrored = (i: number, n: number) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 3; x < width - 3; x++) {
      const i = row + x;
      scratch[i] =
        a * (data[i - 3] + data[i + 3]) +
        b * (data[i - 2] + data[i + 2]) +
        c * (data[i - 1] + data[i + 1]) +
        d * data[i];
    }
    for (const x of [0, 1, 2, width - 3, width - 2, width - 1]) {
      let sum = 0;
      for (let k = -3; k <= 3; k++) sum += KERNEL[k + 3] * data[row + mirrored(x + k, width)];
      scratch[row + x] = sum;
    }
  }
  for (let y = 0; y < height; y++) {
    const r0 = mirrored(y - 3, height) * width;
    const r1 = mirrored(y - 2, height) * width;
    const r2 = mirrored(y - 1, height) * width;
    const r3 = y * width;
    const r4 = mirrored(y + 1, height) * width;
    const r5 = mirrored(y + 2, height) * width;
    const r6 = mirrored(y + 3, height) * width;
    for (let x = 0; x < width; x++) {
      const sum =
        a * (scratch[r0 + x] + scratch[r6 + x]) +
        b * (scratch[r1 + x] + scratch[r5 + x]) +
        c * (scratch[r2 + x] + scratch[r4 + x]) +
        d * scratch[r3 + x];
      out[r3 + x] = (sum + 32768) >> 16;
    }
  }
}
