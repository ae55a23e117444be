import type { CameraRig } from '../../base/sensors.ts';
import { align, RawView, type StereoPair } from './rectification.ts';

/** Bilinear weights are in 1/128, so that a weighted sum of four bytes stays an integer. */
const WEIGHT_BITS = 7;
const WEIGHT_ONE = 1 << WEIGHT_BITS;
const HALF = 1 << (2 * WEIGHT_BITS - 1);

/** Warps the images of a raw pair into those of its rectified rig. */
export class Rectifier {
  private readonly leftMap: PixelMap;
  private readonly rightMap: PixelMap;

  constructor(pair: StereoPair, rig: CameraRig) {
    const { rectifiedFromLeft, rectifiedFromRight } = align(pair);
    this.leftMap = new PixelMap(pair.left, new RawView(pair.left, rectifiedFromLeft), rig);
    this.rightMap = new PixelMap(pair.right, new RawView(pair.right, rectifiedFromRight), rig);
  }

  left(raw: Uint8Array): Uint8Array {
    return this.leftMap.warp(raw);
  }

  right(raw: Uint8Array): Uint8Array {
    return this.rightMap.warp(raw);
  }
}

/** Where each pixel of the rectified image comes from: the top left of four raw pixels, and the weights of the right and lower ones. */
class PixelMap {
  private readonly stride: number;
  private readonly source: Int32Array;
  private readonly weights: Uint8Array;

  constructor(raw: CameraRig, view: RawView, rig: CameraRig) {
    const count = rig.width * rig.height;
    this.stride = raw.width;
    this.source = new Int32Array(count);
    this.weights = new Uint8Array(2 * count);
    for (let v = 0, i = 0; v < rig.height; v++) {
      for (let u = 0; u < rig.width; u++, i++) {
        const [rawU, rawV] = view.project((u - rig.cx) / rig.fx, (v - rig.cy) / rig.fy);
        const [column, columnWeight] = split(rawU, raw.width);
        const [row, rowWeight] = split(rawV, raw.height);
        this.source[i] = row * raw.width + column;
        this.weights[2 * i] = columnWeight;
        this.weights[2 * i + 1] = rowWeight;
      }
    }
  }

  warp(raw: Uint8Array): Uint8Array {
    const { source, weights, stride } = this;
    const out = new Uint8Array(source.length);
    for (let i = 0; i < out.length; i++) {
      const at = source[i];
      const right = weights[2 * i];
      const lower = weights[2 * i + 1];
      const above = raw[at] * (WEIGHT_ONE - right) + raw[at + 1] * right;
      const below = raw[at + stride] * (WEIGHT_ONE - right) + raw[at + stride + 1] * right;
      out[i] = (above * (WEIGHT_ONE - lower) + below * lower + HALF) >> (2 * WEIGHT_BITS);
    }
    return out;
  }
}

/** A coordinate as pixel and weight of the next one, kept within the image. */
function split(coordinate: number, size: number): [number, number] {
  const within = Math.min(Math.max(coordinate, 0), size - 1);
  const pixel = Math.min(Math.floor(within), size - 2);
  return [pixel, Math.round((within - pixel) * WEIGHT_ONE)];
}
