import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { distance } from '../../base/se3.ts';
import type { FeatureFrame } from '../../base/sensors.ts';
import { readKernels } from '../../bin/resources.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { Keyframe } from '../../slam/map/keyframe.ts';
import { MapPoint } from '../../slam/map/map-point.ts';
import { Slam } from '../../slam/slam.ts';
import { Drive, NOTHING_SEEN, rmse } from './drive.ts';
import { CorridorWorld, RIG } from './synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});
const world = new CorridorWorld({ seed: 'corridor' });

describe('tracking', () => {
  for (const wheels of [true, false]) {
    it(`follows a robot round a block ${wheels ? 'with' : 'without'} wheel odometry`, () => {
      const drive = new Drive(world, kernels, wheels).go(world.lap);
      expect(drive.reports.slice(1).every(({ state }) => state === 'tracking')).toBe(true);
      expect(rmse(drive.errors)).toBeLessThan(0.1);
      const { times, poses } = drive.slam.trajectory();
      expect(times.length).toBe(drive.reports.length);
      const corrected = drive.errors.map((_, i) =>
        distance(poses.subarray(7 * i, 7 * i + 7), world.poseAt(0.05 * i)),
      );
      expect(rmse(corrected)).toBeLessThan(0.1);
    });
  }

  it('knows how far off it is: errors stay within five of its standard deviations', () => {
    const drive = new Drive(world, kernels, true).go(8);
    drive.reports.forEach(({ covariance }, i) => {
      const sigma = Math.sqrt(covariance[0] + covariance[7] + covariance[14]);
      expect(drive.errors[i]).toBeLessThan(5 * sigma + 0.01);
    });
  });

  it('takes blurred images for what they are instead of for wrong', () => {
    const random = new Random('blur');
    const blurred = (seen: FeatureFrame): FeatureFrame => ({
      ...seen,
      x: seen.x.map((x, k) => x + random.normal(2.5 * RIG.pyramid.scaleFactor * (1 + seen.octave[k] / 3))),
      y: seen.y.map((y, k) => y + random.normal(2.5 * RIG.pyramid.scaleFactor * (1 + seen.octave[k] / 3))),
    });
    const drive = new Drive(world, kernels, true).go(3).go(0.4, false, blurred);
    const { inliers, matched } = drive.last;
    expect(inliers).toBeGreaterThan(0.75 * matched);
    expect(drive.error).toBeLessThan(0.06);
  });

  it('maps what has no depth by triangulation', () => {
    const shallow = (seen: FeatureFrame): FeatureFrame => ({
      ...seen,
      depth: seen.depth.map((z) => (z < 3.5 ? z : 0)),
    });
    const { slam } = new Drive(world, kernels, true).go(2.5, false, shallow);
    const farthest = Math.max(...[...slam.map.points()].map(({ x, y }) => Math.hypot(x + 3, y + 3.2)));
    // All it drove is within 2.5 m of (−3, −3.2), and what it saw with depth 3.5 m farther.
    expect(farthest).toBeGreaterThan(6.3);
    const off = [...slam.map.points()].map(({ x, y, z }) =>
      Math.min(...world.landmarks.map((l) => Math.hypot(l.x - x, l.y - y, l.z - z))),
    );
    expect(off.filter((metres) => metres < 0.15).length).toBeGreaterThan(0.7 * off.length);
  });

  it('gives the same bytes again', () => {
    const hashes = [0, 1].map(() => {
      const { slam } = new Drive(world, kernels, true).go(6);
      const hash = createHash('sha256');
      hash.update(new Uint8Array(slam.trajectory().poses.buffer));
      slam.map.hashInto((bytes) => hash.update(bytes));
      return hash.digest('hex');
    });
    expect(hashes[1]).toBe(hashes[0]);
  });

  it('refuses time that does not go on', () => {
    const slam = new Slam({ rig: RIG, kernels });
    slam.track({ time: 1, camera: NOTHING_SEEN });
    expect(() => slam.track({ time: 1, camera: NOTHING_SEEN })).toThrow(/time goes back: 1 s after 1 s/);
  });
});

describe('a blind camera', () => {
  it('is carried by the wheels, less surely as it goes, and finds its map again', () => {
    const drive = new Drive(world, kernels, true).go(4);
    const sure = drive.last.covariance[0];
    const known = drive.slam.map.keyframeCount;
    drive.go(1, true);
    expect(drive.last.state).toBe('blind');
    expect(drive.error).toBeLessThan(0.15);
    expect(drive.last.covariance[0]).toBeGreaterThan(4 * sure);
    expect(drive.slam.map.keyframeCount).toBe(known);
    drive.go(0.2);
    expect(drive.last.state).toBe('tracking');
    expect(drive.slam.map.keyframeCount).toBeLessThan(known + 3);
    expect(drive.go(2).error).toBeLessThan(0.1);
  });

  it('goes on with the map where odometry brought it when nothing there is known', () => {
    const drive = new Drive(world, kernels, true).go(3);
    const known = drive.slam.map.keyframeCount;
    drive.go(9, true).go(2);
    expect(drive.last.state).toBe('tracking');
    expect(drive.slam.map.keyframeCount).toBeGreaterThan(known);
    expect(drive.error).toBeLessThan(0.6);
  });

  it('leaves waypoints, by which what is learnt later bends the way it went', () => {
    const drive = new Drive(world, kernels, true).go(1.5).go(2, true);
    const { map } = drive.slam;
    const before = drive.slam.trajectory();
    const hung = drive.reports.map(({ referenceKeyframe }) => referenceKeyframe);
    expect(new Set(hung.slice(-40)).size).toBeGreaterThan(3);
    const last = hung[hung.length - 1];
    const moved = map.keyframePose(last).slice();
    moved[2] += 1;
    map.moveGrave(last, moved);
    const after = drive.slam.trajectory();
    hung.forEach((id, i) => {
      expect(after.poses[7 * i + 2] - before.poses[7 * i + 2]).toBeCloseTo(id === last ? 1 : 0, 9);
    });
  });

  it('may be so from the start: the wheels count from a first keyframe, and the map goes on from there', () => {
    const drive = new Drive(world, kernels, true).go(0.1, true).go(2, true);
    expect(drive.last.state).toBe('blind');
    expect(drive.slam.map.keyframeCount).toBe(1);
    expect(drive.last.referenceKeyframe).toBeGreaterThan(0);
    drive.go(2);
    expect(drive.last.state).toBe('tracking');
    expect(drive.slam.map.partSizes().size).toBe(1);
    expect(drive.error).toBeLessThan(0.3);
  });

  it('without wheels is lost, and stands still', () => {
    const drive = new Drive(world, kernels, false).go(3);
    const { worldFromBody } = drive.last;
    drive.go(0.5, true);
    expect(drive.last.state).toBe('lost');
    expect(distance(drive.last.worldFromBody, worldFromBody)).toBeLessThan(0.2);
  });
});

describe('relocalisation', () => {
  it('finds a robot that was carried to a place it has been to', () => {
    const drive = new Drive(world, kernels, false).go(10).go(0.3, true);
    expect(drive.last.state).toBe('lost');
    drive.carryTo(2.5).go(1.5);
    expect(drive.last.state).toBe('tracking');
    expect(drive.error).toBeLessThan(0.1);
  });

  it('does so within three frames anywhere in a large map, and without depth too', () => {
    const block = new CorridorWorld({ seed: 'large', block: [14, 10] });
    const drive = new Drive(block, kernels, false).go(0.8 * block.lap);
    expect(drive.slam.map.keyframeCount).toBeGreaterThan(60);
    const flat = (seen: FeatureFrame): FeatureFrame => ({ ...seen, depth: new Float32Array(seen.count) });
    for (const along of [3, 19, 33, 8, 26]) {
      for (const through of [flat, undefined]) {
        drive.go(0.1, true);
        expect(drive.last.state).toBe('lost');
        drive.carryTo(along).go(0.15, false, through);
        expect(drive.last.state, `at ${along} m`).toBe('tracking');
        expect(drive.error, `at ${along} m`).toBeLessThan(0.15);
      }
    }
  });

  it('believes no place that contradicts the wheels, however alike it looks', () => {
    const twins = new CorridorWorld({ seed: 'twins', repeat: 9, block: [30, 4] });
    const drive = new Drive(twins, kernels, true).go(3).go(12, true).go(2);
    expect(drive.last.state).toBe('tracking');
    expect(Math.max(...drive.errors)).toBeLessThan(0.8);
  });
});

describe('a map that lives long', () => {
  const drive = () => new Drive(world, kernels, true);

  it('stops growing once everything has been seen', () => {
    const robot = drive().go(world.lap);
    const { keyframeCount, pointCount } = robot.slam.map;
    robot.go(2 * world.lap);
    expect(robot.slam.map.keyframeCount).toBeLessThan(1.3 * keyframeCount);
    expect(robot.slam.map.pointCount).toBeLessThan(1.3 * pointCount);
    expect(rmse(robot.errors)).toBeLessThan(0.1);
  });

  it('keeps to its budget by thinning out, forgets what only one keyframe still sees, and goes on tracking', () => {
    const free = drive().go(world.lap).slam.map.keyframeCount;
    const budget = Math.round(free / 2);
    const robot = new Drive(world, kernels, true, { mostKeyframes: budget }).go(world.lap);
    const { map } = robot.slam;
    expect(map.keyframeCount).toBe(budget);
    const first = [...map.keyframes()].filter(({ id }) => id < budget);
    expect(first.length).toBeGreaterThan(0);
    const after = map.pointCount;
    robot.go(world.lap);
    expect(map.keyframeCount).toBe(budget);
    expect(map.pointCount).toBeLessThan(1.3 * after);
    const lonely = [...map.points()].filter(({ observers }) => observers.size === 1).length;
    expect(lonely).toBeLessThan(0.15 * map.pointCount);
    expect(robot.last.state).toBe('tracking');
    expect(robot.error).toBeLessThan(0.5);
  });

  it('holds on to nothing that was culled', () => {
    const { slam } = drive().go(1.3 * world.lap);
    const reached = reach(slam);
    const keyframes = [...reached].filter((object) => object instanceof Keyframe);
    const points = [...reached].filter((object) => object instanceof MapPoint);
    expect(keyframes.length).toBe(slam.map.keyframeCount);
    // The last frame may still show points that its own keyframe's mapping removed.
    expect(points.length - slam.map.pointCount).toBeLessThan(300);
    expect(keyframes.every((keyframe) => !keyframe.culled)).toBe(true);
  });

  it('tells of changes only who asked for them', () => {
    const asking = drive();
    asking.slam.map.recordChanges = true;
    const silent = drive().go(3).slam.map.takeChanges();
    expect(silent.keyframesAdded.ids.length + silent.pointsMoved.ids.length).toBe(0);
    const living = new Set<number>();
    for (let n = 0; n < 10; n++) {
      const changes = asking.go(0.6).slam.map.takeChanges();
      for (const id of changes.keyframesAdded.ids) living.add(id);
      for (const id of changes.keyframesRemoved) expect(living.delete(id), `keyframe ${id}`).toBe(true);
      for (const id of changes.keyframesMoved.ids) expect(living.has(id)).toBe(true);
    }
    expect([...living]).toEqual(Array.from(asking.slam.map.keyframes(), ({ id }) => id));
  });
});

/** Every object that can be reached from one, through fields, arrays, maps and sets. */
function reach(root: object): Set<object> {
  const seen = new Set<object>([root]);
  const queue: object[] = [root];
  for (let object = queue.pop(); object; object = queue.pop()) {
    if (ArrayBuffer.isView(object) || object instanceof Random) continue;
    const inside: unknown[] =
      object instanceof Map
        ? [...object.keys(), ...object.values()]
        : object instanceof Set
          ? [...object]
          : [];
    for (const value of [...inside, ...Object.values(object)]) {
      if (typeof value !== 'object' || value === null || seen.has(value)) continue;
      seen.add(value);
      queue.push(value);
    }
  }
  return seen;
}
