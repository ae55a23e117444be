import type { FeatureFrame } from '../../base/sensors.ts';

/** Part of an image, pixels at full resolution. */
export interface PixelBox {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** The keypoints outside all boxes; the same frame where that is all of them. */
export function withoutBoxes(features: FeatureFrame, boxes: readonly PixelBox[]): FeatureFrame {
  const { x, y } = features;
  const kept: number[] = [];
  for (let k = 0; k < features.count; k++) if (!boxes.some((box) => holds(box, x[k], y[k]))) kept.push(k);
  if (kept.length === features.count) return features;
  const descriptors = new Uint8Array(32 * kept.length);
  kept.forEach((k, i) => {
    descriptors.set(features.descriptors.subarray(32 * k, 32 * k + 32), 32 * i);
  });
  return {
    kind: 'features',
    count: kept.length,
    x: Float32Array.from(kept, (k) => x[k]),
    y: Float32Array.from(kept, (k) => y[k]),
    octave: Uint8Array.from(kept, (k) => features.octave[k]),
    angle: Float32Array.from(kept, (k) => features.angle[k]),
    depth: Float32Array.from(kept, (k) => features.depth[k]),
    descriptors,
  };
}

function holds(box: PixelBox, x: number, y: number): boolean {
  return x >= box.minX && x <= box.maxX && y >= box.minY && y <= box.maxY;
}
