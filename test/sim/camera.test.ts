import { describe, expect, it } from 'vitest';
import { compose, transformPoint } from '../../base/se3.ts';
import type { FeatureFrame } from '../../base/sensors.ts';
import type { AppearanceOptions } from '../../sim/options.ts';
import type { SimWorld } from '../../sim/world.ts';
import { box, features, hall, makeWorld, profile, QUIET, robot, run } from './worlds.ts';

/** A robot 3 m before the east wall, facing it. */
function facing(
  solids: Parameters<typeof hall>[0] = [],
  appearance: Partial<AppearanceOptions> = {},
): SimWorld {
  return makeWorld(hall(solids, appearance), [robot(0, [9, 5, 0])]);
}

/** Keypoints with depth, scene frame, as camera and truth together place them. */
function placed(world: SimWorld, frame: FeatureFrame): number[][] {
  const { rig } = world.bodies[0].profile;
  const sceneFromCamera = compose(world.truth.sceneFromBody(0), rig.bodyFromCamera);
  const points: number[][] = [];
  for (let k = 0; k < frame.count; k++) {
    const z = frame.depth[k];
    if (z === 0) continue;
    const ray = [((frame.x[k] - rig.cx) * z) / rig.fx, ((frame.y[k] - rig.cy) * z) / rig.fy, z];
    points.push([...transformPoint(sceneFromCamera, ray)]);
  }
  return points;
}

const EXACT = { ...QUIET.camera, pixelSigma: 0, depthSigma: [0, 0], bitFlip: 0 } as const;

/** Metres to the nearest of the hall's walls, floor and ceiling. */
function shellDistance([x, y, z]: number[]): number {
  return Math.min(...[11.94 - x, x - 0.06, y - 0.06, 9.94 - y, z, 2.7 - z].map(Math.abs));
}

describe('the camera', () => {
  it('places what it sees where it is, to two millimetres where nothing is noisy', () => {
    const world = makeWorld(hall(), [robot(0, [9, 5, 0.3])], { camera: EXACT });
    const points = placed(world, features(world.step()[0]));
    expect(points.length).toBeGreaterThan(80);
    for (const point of points) expect(shellDistance(point)).toBeLessThan(2e-3);
    expect(points.filter(([, , z]) => z < 0.01).length).toBeGreaterThan(3);
  });

  it('sees nothing behind an obstacle: wall, furniture, pushed box, robot', () => {
    const screens = [box('wall', 10.5, 5, 0.06, 3.5, 2.7), box('furniture', 10.5, 5, 0.2, 3.5, 2.6)];
    for (const screen of screens) {
      const world = facing([screen]);
      const points = placed(world, features(world.step()[0]));
      expect(points.length).toBeGreaterThan(20);
      expect(points.filter(([x, y]) => x > 11 && Math.abs(y - 5) < 2)).toEqual([]);
    }
    const others = [robot(0, [9, 5, 0]), robot(1, [9.7, 5, 0])];
    const hidden = ([x, y, z]: number[]) => x > 11.5 && Math.abs(y - 5) < 0.5 && z < 0.4 && z > 0.1;
    const count = (world: SimWorld) => {
      let total = 0;
      for (let i = 0; i < 10; i++) total += placed(world, features(world.step()[0])).filter(hidden).length;
      return total;
    };
    expect(count(facing())).toBeGreaterThan(15);
    expect(count(makeWorld(hall(), others))).toBe(0);
    expect(count(facing([box('clutter', 9.8, 5, 0.2, 0.3, 0.45, 3)]))).toBe(0);
  });

  it('loses features to motion blur, and more the longer the shutter is open', () => {
    const turning = (exposure: number, rate: number) => {
      const world = makeWorld(hall(), [robot(0, [6, 5, 0])], { camera: { ...QUIET.camera, exposure } });
      let total = 0;
      for (let i = 0; i < 40; i++) total += features(run(world, 0.1, 0, rate)[0]).count;
      return total / 40;
    };
    const still = turning(0.02, 0);
    const blurred = turning(0.02, 1.2);
    expect(blurred).toBeLessThan(0.5 * still);
    expect(turning(0.002, 1.2)).toBeGreaterThan(1.5 * blurred);
  });

  it('finds nothing on bare walls, and nothing at all in a bare area', () => {
    const desk = box('furniture', 11, 5, 0.4, 0.8, 0.8);
    const walls = facing([desk], { bareAreas: [], texture: 0 });
    expect(features(walls.step()[0]).count).toBe(0);
    const corner = facing([desk], { bareAreas: [[8, 0, 12, 10]] });
    expect(features(corner.step()[0]).count).toBe(0);
    expect(features(facing([desk]).step()[0]).count).toBeGreaterThan(80);
  });

  it('sees less in dim light', () => {
    const mean = (light: number) => {
      const world = facing([], { light });
      let total = 0;
      for (let i = 0; i < 10; i++) total += features(world.step()[0]).count;
      return total / 10;
    };
    expect(mean(0.2)).toBeLessThan(0.75 * mean(1));
  });

  it('delivers at most what it may, spread over the image', () => {
    const world = makeWorld(hall([], { texture: 200 }), [robot(0, [5, 5, 0])], {
      camera: { ...QUIET.camera, maxFeatures: 240 },
    });
    const frame = features(world.step()[0]);
    expect(frame.count).toBe(240);
    const quadrants = [0, 0, 0, 0];
    for (let k = 0; k < frame.count; k++) {
      quadrants[(frame.x[k] > 320 ? 1 : 0) + (frame.y[k] > 240 ? 2 : 0)]++;
    }
    expect(Math.min(...quadrants)).toBeGreaterThan(25);
  });

  it('knows no depth beyond its limit', () => {
    const world = makeWorld(hall(), [robot(0, [1, 5, 0])], { camera: { ...QUIET.camera, maxDepth: 4 } });
    const { depth, count } = features(world.step()[0]);
    expect(count).toBeGreaterThan(50);
    expect(Math.max(...depth)).toBeLessThanOrEqual(4);
    expect([...depth].filter((z) => z === 0).length).toBeGreaterThan(0.3 * count);
  });

  it('recognises a landmark again: near in the image, on a fitting octave, with a similar descriptor', () => {
    const world = facing();
    const first = features(world.step()[0]);
    const second = features(world.step()[0]);
    let again = 0;
    for (let k = 0; k < first.count; k++) {
      const j = nearest(second, first.x[k], first.y[k]);
      const near = Math.hypot(second.x[j] - first.x[k], second.y[j] - first.y[k]) < 6;
      if (!near || Math.abs(second.octave[j] - first.octave[k]) > 2) continue;
      if (hamming(first, k, second, j) < 50) again++;
    }
    expect(again / first.count).toBeGreaterThan(0.6);
  });

  it('finds a landmark on the coarser octaves the nearer it is, as a pyramid would', () => {
    const meanOctave = (x: number) => {
      const world = makeWorld(hall(), [robot(0, [x, 5, 0])]);
      const { octave } = features(world.step()[0]);
      return octave.reduce((sum, level) => sum + level, 0) / octave.length;
    };
    expect(meanOctave(10.5)).toBeGreaterThan(meanOctave(5));
  });

  it('changes descriptors with the point of view, gradually', () => {
    const views = [5, 4.5, 3].map((y) => {
      const world = makeWorld(hall(), [robot(0, [9, y, Math.atan2(5 - y, 3)])], { camera: EXACT });
      return { world, frame: features(world.step()[0]) };
    });
    const near = meanDistance(views[0], views[1]);
    const far = meanDistance(views[0], views[2]);
    expect(near).toBeGreaterThan(0.5);
    expect(far).toBeGreaterThan(near + 3);
    expect(far).toBeLessThan(60);
  });

  it('repeats descriptors where the pattern repeats', () => {
    const distances = (repeated: number) => {
      const frame = features(facing([], { repeated }).step()[0]);
      let alike = 0;
      for (let k = 0; k < frame.count; k++) {
        for (let j = 0; j < k; j++) if (hamming(frame, k, frame, j) < 45) alike++;
      }
      return alike;
    };
    expect(distances(1)).toBeGreaterThan(10 * (1 + distances(0)));
  });

  it('mixes in outliers at their share', () => {
    const world = makeWorld(hall(), [robot(0, [9, 5, 0])], {
      camera: { ...QUIET.camera, outlierShare: 0.3 },
    });
    let off = 0;
    let total = 0;
    for (let i = 0; i < 20; i++) {
      const points = placed(world, features(world.step()[0]));
      total += points.length;
      off += points.filter((point) => shellDistance(point) > 0.15).length;
    }
    expect(off / total).toBeGreaterThan(0.2);
    expect(off / total).toBeLessThan(0.33);
  });

  it('is misled by people who walk by', () => {
    const route = [
      [10.5, 3],
      [10.5, 7],
    ] as const;
    const scene = hall([], { texture: 0 }, [{ route, speed: 0.5, offset: 1 }]);
    const frame = features(makeWorld(scene, [robot(0, [9, 5, 0])]).step()[0]);
    expect(frame.count).toBeGreaterThan(5);
  });

  it('scans depth of walls, boxes and robots at its height, and says where nothing is', () => {
    const setups = [robot(0, [2, 5, 0]), robot(1, [5, 6, 0])];
    const low = { scan: { fov: 1.5, maxRange: 6 } };
    const world = makeWorld(
      hall([box('clutter', 5, 4, 0.2, 0.2, 0.5, 3), box('clutter', 4, 5, 0.1, 0.1, 0.2)]),
      [{ ...setups[0], profile: profile(0, low) }, setups[1]],
    );
    const scan = world.step()[0].scan!;
    const at = (angle: number) => scan.ranges[Math.round((angle - scan.angleMin) / scan.angleStep)];
    expect(scan.ranges).toHaveLength(64);
    expect(at(Math.atan2(-1, 3))).toBeCloseTo(Math.hypot(2.8, 2.8 / 3), 0);
    expect(at(Math.atan2(1, 3))).toBeCloseTo(Math.hypot(3, 1) - 0.22, 0);
    expect(at(0)).toBe(Number.POSITIVE_INFINITY);
  });
});

function nearest(frame: FeatureFrame, x: number, y: number): number {
  let best = 0;
  for (let k = 1; k < frame.count; k++) {
    if (Math.hypot(frame.x[k] - x, frame.y[k] - y) < Math.hypot(frame.x[best] - x, frame.y[best] - y))
      best = k;
  }
  return best;
}

function hamming(a: FeatureFrame, i: number, b: FeatureFrame, j: number): number {
  let distance = 0;
  for (let k = 0; k < 32; k++) {
    for (let x = a.descriptors[32 * i + k] ^ b.descriptors[32 * j + k]; x; x &= x - 1) distance++;
  }
  return distance;
}

/** Mean descriptor distance of keypoints that two noiseless views place at the same point. */
function meanDistance(a: View, b: View): number {
  const [pointsA, pointsB] = [a, b].map(({ world, frame }) => placed(world, frame));
  const withDepth = ({ frame }: View) => [...frame.depth.keys()].filter((k) => frame.depth[k] > 0);
  const [indexA, indexB] = [withDepth(a), withDepth(b)];
  const distances: number[] = [];
  pointsA.forEach(([x, y, z], i) => {
    const j = pointsB.findIndex((p) => Math.hypot(p[0] - x, p[1] - y, p[2] - z) < 1e-3);
    if (j >= 0) distances.push(hamming(a.frame, indexA[i], b.frame, indexB[j]));
  });
  expect(distances.length).toBeGreaterThan(15);
  return distances.reduce((sum, d) => sum + d, 0) / distances.length;
}

interface View {
  readonly world: SimWorld;
  readonly frame: FeatureFrame;
}
