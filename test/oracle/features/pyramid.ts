import { sourceOf } from '../../../slam/kernels/feature-kernels.ts';

/** An 8-bit grey image, row-major, without padding. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Bilinear, pixel centres aligned as OpenCV aligns them: rows, then columns, each with 7-bit weights. */
export function shrink(from: GreyImage, width: number, height: number): GreyImage {
  const data = new Uint8Array(width * height);
  const columns = Array.from({ length: width }, (_, x) => sourceOf(x, from.width, width));
  for (let y = 0; y < height; y++) {
    const { before: top, weight: down } = sourceOf(y, from.height, height);
    const blended = (x: number) =>
      from.data[top * from.width + x] * (128 - down) + from.data[(top + 1) * from.width + x] * down;
    columns.forEach(({ before, weight }, x) => {
      data[y * width + x] = (blended(before) * (128 - weight) + blended(before + 1) * weight + 8192) >> 14;
    });
  }
  return { width, height, data };
}

/** 7-tap Gaussian, σ = 2, in 1/256. */
const KERNEL = [18, 34, 49, 54, 49, 34, 18];

/** Gaussian blur, columns first, six bits finer than a pixel in between, borders by reflection. */
export function blur({ width, height, data }: GreyImage): GreyImage {
  const mirrored = (i: number, n: number) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);
  const down = new Int16Array(width * height);
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 2;
      for (let k = -3; k <= 3; k++) sum += KERNEL[k + 3] * data[mirrored(y + k, height) * width + x];
      down[y * width + x] = sum >> 2;
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (k: number) => down[y * width + mirrored(x + k, width)];
      // Each product is rounded, those of a tap and its mirror image as one.
      const product = (value: number, weight: number) => (value * weight + 128) >> 8;
      let sum = 32 + product(at(0), KERNEL[3]);
      for (let k = 1; k <= 3; k++) sum += product(at(-k) + at(k), KERNEL[k + 3]);
      out[y * width + x] = sum >> 6;
    }
  }
  return { width, height, data: out };
}
