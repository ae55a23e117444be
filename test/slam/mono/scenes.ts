import type { Random } from '../../../base/random.ts';
import { between, exp, type Pose, transformPoint } from '../../../base/se3.ts';
import type { FeatureFrame } from '../../../base/sensors.ts';
import type { RayPairs } from '../../../slam/initialise/ray-pairs.ts';
import { RIG } from '../synthetic.ts';

/** Points before a camera, and what two posed images of them have in common. */

export const MONO_RIG = { ...RIG, kind: 'mono' as const };
/** Half a pixel in ray coordinates; the two views are told that it is one. */
const NOISE = 0.5 / RIG.fx;

/** Scattered over depth, 2 to 8 m. */
export function cloud(random: Random, count: number): number[][] {
  return Array.from({ length: count }, () => {
    const z = random.uniform(2, 8);
    return [z * random.uniform(-0.6, 0.6), z * random.uniform(-0.4, 0.4), z];
  });
}

/** On a slanted plane. */
export function plane(random: Random, count: number): number[][] {
  return Array.from({ length: count }, () => {
    const [x, y] = [random.uniform(-2, 2), random.uniform(-1.4, 1.4)];
    return [x, y, 4 + 0.4 * x + 0.2 * y];
  });
}

/** @param outliers share of pairs whose second ray is anywhere */
export function pairUp(
  points: readonly number[][],
  secondFromFirst: Pose,
  random: Random,
  { noise = NOISE, outliers = 0 } = {},
): RayPairs {
  const first: number[] = [];
  const second: number[] = [];
  for (const point of points) {
    const moved = transformPoint(secondFromFirst, point);
    const [u, v] = random.chance(outliers)
      ? [random.uniform(-0.8, 0.8), random.uniform(-0.6, 0.6)]
      : [moved[0] / moved[2] + random.normal(noise), moved[1] / moved[2] + random.normal(noise)];
    first.push(point[0] / point[2] + random.normal(noise), point[1] / point[2] + random.normal(noise));
    second.push(u, v);
  }
  const information = new Float64Array(points.length).fill(1 / (4 * NOISE * NOISE));
  return {
    count: points.length,
    first: Float64Array.from(first),
    second: Float64Array.from(second),
    firstInformation: information,
    secondInformation: information,
  };
}

/** Degrees between the directions two poses move in, and between their rotations. */
export function motionError(estimate: Pose, truth: Pose): { direction: number; rotation: number } {
  const [a, b] = [estimate, truth].map((pose) => {
    const norm = Math.hypot(pose[0], pose[1], pose[2]);
    return [0, 1, 2].map((i) => pose[i] / norm);
  });
  const turn = between(estimate, truth);
  const degrees = 180 / Math.PI;
  return {
    direction: degrees * Math.acos(Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])),
    rotation: degrees * 2 * Math.asin(Math.min(1, Math.hypot(turn[3], turn[4], turn[5]))),
  };
}

/** What a camera at `cameraFromWorld` sees of described points, as a front end would deliver it. */
export class DescribedCloud {
  private readonly points: readonly number[][];
  private readonly descriptors: readonly Uint8Array[];
  private readonly random: Random;

  constructor(points: readonly number[][], random: Random) {
    this.points = points;
    this.random = random;
    this.descriptors = points.map(() => Uint8Array.from({ length: 32 }, () => random.int(256)));
  }

  observe(cameraFromWorld: Pose, sigma = 0.5): FeatureFrame {
    const seen: number[][] = [];
    const bytes: number[] = [];
    this.points.forEach((point, i) => {
      const [x, y, z] = transformPoint(cameraFromWorld, point);
      const u = (RIG.fx * x) / z + RIG.cx + this.random.normal(sigma);
      const v = (RIG.fy * y) / z + RIG.cy + this.random.normal(sigma);
      if (z < 0.2 || u < 0 || u >= RIG.width || v < 0 || v >= RIG.height) return;
      seen.push([u, v]);
      bytes.push(...this.descriptors[i]);
    });
    return {
      kind: 'features',
      count: seen.length,
      x: Float32Array.from(seen, ([u]) => u),
      y: Float32Array.from(seen, ([, v]) => v),
      octave: new Uint8Array(seen.length),
      angle: new Float32Array(seen.length),
      depth: new Float32Array(seen.length),
      descriptors: Uint8Array.from(bytes),
    };
  }
}

export const SIDEWAYS: Pose = exp([-0.5, 0.1, 0.05, 0.02, 0.06, -0.03]);
