import { describe, expect, it } from 'vitest';
import { TeammatesInView } from '../../agents/teammates-in-view.ts';
import { identity, planarPose } from '../../base/se3.ts';
import type { SensorPacket } from '../../base/sensors.ts';
import { withoutBoxes } from '../../slam/features/hidden.ts';
import { profile } from '../sim/worlds.ts';

const { rig } = profile(0);

function packet(time: number, peerAt: readonly [number, number] | null, delta = identity()): SensorPacket {
  const covariance = new Float64Array(36);
  return {
    agent: 0,
    time,
    odometry: { delta, covariance },
    sightings: peerAt ? [{ peer: 1, bodyFromPeer: planarPose(...peerAt, 1), covariance }] : [],
    bumped: false,
  };
}

/** Where a point of the body frame falls in the image; the camera looks along +x from (0.1, 0, 0.35). */
function pixel(x: number, y: number, z: number): { x: number; y: number } {
  return { x: rig.cx - (rig.fx * y) / (x - 0.1), y: rig.cy - (rig.fy * (z - 0.35)) / (x - 0.1) };
}

function covers(view: TeammatesInView, input: SensorPacket, at: { x: number; y: number }): boolean {
  return view
    .boxes(input)
    .some((box) => at.x >= box.minX && at.x <= box.maxX && at.y >= box.minY && at.y <= box.maxY);
}

describe('TeammatesInView', () => {
  it('covers a teammate from its wheels to its mast, and little beside it', () => {
    const view = new TeammatesInView(rig);
    for (const [y, z] of [
      [0.8, 0.02],
      [0.6, 0.4],
      [1, 0.4],
      [0.8, 1],
    ] as const)
      expect(covers(view, packet(1, [3, 0.8]), pixel(3, y, z))).toBe(true);
    for (const [y, z] of [
      [0.1, 0.4],
      [1.5, 0.4],
      [0.8, 1.8],
    ] as const)
      expect(covers(view, packet(1, [3, 0.8]), pixel(3, y, z))).toBe(false);
  });

  it('knows where one is that was missed for a moment, though it turns itself, and then forgets it', () => {
    const view = new TeammatesInView(rig);
    view.boxes(packet(1, [3, 0]));
    // It turns left, so the teammate is to its right.
    const turned = planarPose(0, 0, 0.3);
    const there = pixel(3 * Math.cos(0.3), -3 * Math.sin(0.3), 0.4);
    expect(covers(view, packet(1.3, null, turned), there)).toBe(true);
    expect(view.boxes(packet(1.7, null))).toEqual([]);
  });

  it('has no box for one behind, and none where nobody is', () => {
    expect(new TeammatesInView(rig).boxes(packet(1, [-2, 0]))).toEqual([]);
    expect(new TeammatesInView(rig).boxes(packet(1, null))).toEqual([]);
  });
});

describe('withoutBoxes', () => {
  const features = {
    kind: 'features' as const,
    count: 3,
    x: Float32Array.of(10, 50, 90),
    y: Float32Array.of(10, 50, 10),
    octave: Uint8Array.of(0, 1, 2),
    angle: Float32Array.of(0, 1, 2),
    depth: Float32Array.of(5, 6, 7),
    descriptors: Uint8Array.from({ length: 96 }, (_, i) => i),
  };

  it('drops keypoints inside, whole', () => {
    const left = withoutBoxes(features, [{ minX: 40, minY: 40, maxX: 60, maxY: 60 }]);
    expect(left.count).toBe(2);
    expect([...left.x, ...left.y, ...left.octave, ...left.angle, ...left.depth]).toEqual([
      10, 90, 10, 10, 0, 2, 0, 2, 5, 7,
    ]);
    expect([...left.descriptors]).toEqual([
      ...features.descriptors.slice(0, 32),
      ...features.descriptors.slice(64),
    ]);
  });

  it('gives back the very frame where nothing is hidden', () => {
    expect(withoutBoxes(features, [])).toBe(features);
    expect(withoutBoxes(features, [{ minX: 0, minY: 40, maxX: 40, maxY: 60 }])).toBe(features);
  });
});
