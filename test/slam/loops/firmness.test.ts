import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { identity } from '../../../base/se3.ts';
import type { CameraRig, FeatureFrame } from '../../../base/sensors.ts';
import { loadKernels } from '../../../slam/kernels/load.ts';
import { isFirm } from '../../../slam/loops/firmness.ts';
import { MapPoint } from '../../../slam/map/map-point.ts';
import { cameraModel } from '../../../slam/map/view.ts';
import { PoseEstimator } from '../../../slam/optimize/pose-estimator.ts';
import { Frame } from '../../../slam/tracking/frame.ts';

const kernels = await loadKernels(readFileSync('slam/kernels/build/kernels.wasm'));
const rig: CameraRig = {
  kind: 'mono',
  width: 640,
  height: 480,
  fx: 400,
  fy: 400,
  cx: 320,
  cy: 240,
  baseline: 0,
  closeDepth: 1,
  bodyFromCamera: identity(),
  pyramid: { levels: 8, scaleFactor: 1.2 },
};

/** Forty matches at pixels within `spread` of the middle on a wall so far away, in lengths of the map. */
function firm(spread: number, near: number): boolean {
  const count = 40;
  const random = new Random('firmness');
  const features: FeatureFrame = {
    kind: 'features',
    count,
    x: Float32Array.from({ length: count }, () => rig.cx + random.uniform(-spread, spread)),
    y: Float32Array.from({ length: count }, () => rig.cy + random.uniform(-spread, spread)),
    octave: new Uint8Array(count),
    angle: new Float32Array(count),
    depth: new Float32Array(count),
    descriptors: new Uint8Array(32 * count),
  };
  const frame = new Frame(0, features, rig, identity());
  for (let k = 0; k < count; k++) {
    const z = near * random.uniform(1, 1.05);
    const [x, y] = [(features.x[k] - rig.cx) / rig.fx, (features.y[k] - rig.cy) / rig.fy];
    frame.points[k] = new MapPoint(k, x * z, y * z, z, 0);
  }
  const { inliers, information } = new PoseEstimator(kernels, cameraModel(rig)).refine(frame);
  expect(inliers).toBe(count);
  return isFirm(frame, information);
}

describe('a firm pose', () => {
  it('has matches all over the image, not as many in one corner of it', () => {
    expect(firm(200, 3)).toBe(true);
    expect(firm(15, 3)).toBe(false);
  });

  it('is firm on any scale, since a single camera knows none', () => {
    for (const near of [0.03, 300]) {
      expect(firm(200, near)).toBe(true);
      expect(firm(15, near)).toBe(false);
    }
  });

  it('needs matches', () => {
    const frame = new Frame(0, emptyFeatures, rig, identity());
    expect(isFirm(frame, new Float64Array(36))).toBe(false);
  });
});

const emptyFeatures: FeatureFrame = {
  kind: 'features',
  count: 0,
  x: new Float32Array(0),
  y: new Float32Array(0),
  octave: new Uint8Array(0),
  angle: new Float32Array(0),
  depth: new Float32Array(0),
  descriptors: new Uint8Array(0),
};
