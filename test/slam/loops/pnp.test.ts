import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { distance, exp, inverse, transformPoint } from '../../../base/se3.ts';
import { locateRobustly, type Sightings } from '../../../slam/loops/pnp.ts';

const FOCAL = 500;
const PIXELS = 0.5;

/** Points seen from a pose with pixel noise, a share of them along rays that have nothing to do with them. */
function sightings(random: Random, count: number, outliers: number) {
  const pose = exp(Array.from({ length: 6 }, (_, i) => random.normal(i < 3 ? 2 : 1)));
  const worldFromCamera = inverse(pose);
  const rays: number[] = [];
  const points: number[] = [];
  for (let i = 0; i < count; i++) {
    const z = random.uniform(1, 8);
    const [x, y] = [random.uniform(-0.8, 0.8), random.uniform(-0.6, 0.6)];
    points.push(...transformPoint(worldFromCamera, [x * z, y * z, z]));
    const wrong = i < outliers * count;
    const u = wrong ? random.uniform(-0.8, 0.8) : x + random.normal(PIXELS / FOCAL);
    const v = wrong ? random.uniform(-0.6, 0.6) : y + random.normal(PIXELS / FOCAL);
    const norm = Math.hypot(u, v, 1);
    rays.push(u / norm, v / norm, 1 / norm);
  }
  const tolerance = new Float64Array(count).fill(((4 * PIXELS) / FOCAL) * ((4 * PIXELS) / FOCAL));
  const seen: Sightings = {
    count,
    rays: Float64Array.from(rays),
    points: Float64Array.from(points),
    tolerance,
  };
  return { pose, seen };
}

describe('perspective-n-point', () => {
  it('finds the pose though six of ten sightings are wrong', () => {
    const random = new Random('outliers');
    for (let n = 0; n < 20; n++) {
      const { pose, seen } = sightings(random, 150, 0.6);
      const found = locateRobustly(seen, random, 30);
      expect(found?.agreeing).toBeGreaterThan(40);
      expect(distance(inverse(found!.cameraFromWorld), inverse(pose))).toBeLessThan(0.1);
    }
  });

  it('believes nothing where nothing agrees', () => {
    const random = new Random('nothing');
    for (let n = 0; n < 5; n++) {
      expect(locateRobustly(sightings(random, 150, 1).seen, random, 15)).toBeUndefined();
    }
    expect(locateRobustly(sightings(random, 10, 0).seen, random, 12)).toBeUndefined();
  });

  it('takes no point behind the camera for seen', () => {
    const random = new Random('behind');
    const { seen } = sightings(random, 60, 0);
    const mirrored: Sightings = { ...seen, rays: seen.rays.map((value) => -value) };
    const found = locateRobustly(mirrored, random, 20);
    // Rays through the camera the other way: no rigid motion brings all points onto them but a point reflection.
    expect(found).toBeUndefined();
  });

  it('gives the same bytes again', () => {
    const twice = [0, 1].map(() => {
      const random = new Random('again');
      return locateRobustly(sightings(random, 100, 0.5).seen, random, 20)!.cameraFromWorld;
    });
    expect(twice[1]).toEqual(twice[0]);
  });
});
