import { beforeAll, describe, expect, it } from 'vitest';
import {
  angleBetween,
  between,
  compose,
  distance,
  exp,
  identity,
  inverse,
  type Pose,
  planarPose,
  transformPoint,
} from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import type { Keyframe } from '../../../slam/map/keyframe.ts';
import { positionSigma } from '../../../slam/optimize/covariance.ts';
import type { Slam } from '../../../slam/slam.ts';
import { Drive } from '../drive.ts';
import { CorridorWorld } from '../synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const world = new CorridorWorld({ seed: 'c', block: [12, 8], density: 10, maxFeatures: 250 });
const ELSEWHERE = exp([3, -5, 0.2, 0.02, -0.01, 1.3]);

/** Where each keyframe that lives is if the world is carried elsewhere. */
function carried(slam: Slam, by: (keyframe: Keyframe) => Pose, which = (_: Keyframe) => true) {
  const told = [...slam.map.keyframes()].filter(which);
  return new Map(told.map((keyframe) => [keyframe.id, compose(by(keyframe), keyframe.worldFromBody)]));
}

/** A correction that grows on the way since a keyframe: as of a heading that drifted. */
function bend(slam: Slam, since: number, radians: number): (keyframe: Keyframe) => Pose {
  const from = slam.map.standing(since).worldFromBody.slice();
  const newest = slam.map.newestKeyframes(1)[0].id;
  return ({ id }) => {
    const share = Math.max(0, (id - since) / (newest - since));
    return compose(compose(from, planarPose(0, 0, share * radians)), inverse(from));
  };
}

/** What the newest keyframes see where, in pixels off where they should. */
function reprojection(slam: Slam): number {
  const { rig } = slam.map.camera;
  const errors: number[] = [];
  for (const keyframe of slam.map.newestKeyframes(8)) {
    keyframe.points.forEach((point, k) => {
      if (!point) return;
      const [x, y, z] = transformPoint(keyframe.cameraFromWorld, [point.x, point.y, point.z]);
      const u = (rig.fx * x) / z + rig.cx - keyframe.features.x[k];
      const v = (rig.fy * y) / z + rig.cy - keyframe.features.y[k];
      errors.push(Math.hypot(u, v));
    });
  }
  return errors.sort((a, b) => a - b)[errors.length >> 1];
}

describe('a map carried as it is into another frame', () => {
  it('is the same map there: points, culled keyframes, way and body', () => {
    const { slam, last } = new Drive(world, kernels, true, { mostKeyframes: 12 }).go(8);
    const { map } = slam;
    const points = [...map.points()].map(({ x, y, z }) => [x, y, z]);
    const before = slam.trajectory();
    expect(map.contents().graves.size).toBeGreaterThan(0);
    slam.reshape(carried(slam, () => ELSEWHERE));
    [...map.points()].forEach(({ x, y, z }, i) => {
      const [ex, ey, ez] = transformPoint(ELSEWHERE, points[i]);
      expect(Math.hypot(x - ex, y - ey, z - ez)).toBeLessThan(1e-9);
    });
    const after = slam.trajectory();
    expect([...after.times]).toEqual([...before.times]);
    for (let at = 0; at < after.poses.length; at += 7) {
      const expected = compose(ELSEWHERE, before.poses.subarray(at, at + 7));
      expect(distance(expected, after.poses.subarray(at, at + 7))).toBeLessThan(1e-9);
      expect(angleBetween(expected, after.poses.subarray(at, at + 7))).toBeLessThan(1e-7);
    }
    expect(distance(after.poses.subarray(-7), compose(ELSEWHERE, last.worldFromBody))).toBeLessThan(1e-9);
  });

  it('is gone on with as if nothing had happened', () => {
    const [stayed, moved] = [0, 1].map(() => new Drive(world, kernels, true).go(6));
    moved.slam.reshape(carried(moved.slam, () => ELSEWHERE));
    for (const drive of [stayed, moved]) drive.go(4);
    stayed.reports.slice(120).forEach((report, i) => {
      const there = moved.reports[120 + i];
      expect(there.state).toBe('tracking');
      expect(there.createdKeyframe).toBe(report.createdKeyframe);
      expect(distance(there.worldFromBody, compose(ELSEWHERE, report.worldFromBody))).toBeLessThan(0.005);
    });
  });

  it('takes a way along that began blind', () => {
    const drive = new Drive(world, kernels, true).go(1, true).go(2);
    const before = drive.slam.trajectory();
    drive.slam.reshape(carried(drive.slam, () => ELSEWHERE));
    const after = drive.slam.trajectory();
    for (let at = 0; at < after.poses.length; at += 7) {
      const expected = compose(ELSEWHERE, before.poses.subarray(at, at + 7));
      expect(distance(expected, after.poses.subarray(at, at + 7))).toBeLessThan(1e-9);
    }
  });

  it('takes a blind body along', () => {
    const drive = new Drive(world, kernels, true).go(4).go(1, true);
    const before = drive.last.worldFromBody;
    drive.slam.reshape(carried(drive.slam, () => ELSEWHERE));
    drive.go(0.05, true);
    const step = between(compose(ELSEWHERE, before), drive.last.worldFromBody);
    expect(distance(step, identity())).toBeLessThan(0.06);
  });
});

describe('a map bent into shape', () => {
  it('has its keyframes where it was told, is tracked on without loss, and stays there', () => {
    const drive = new Drive(world, kernels, true).go(10);
    const { slam } = drive;
    const told = carried(slam, bend(slam, 2, 0.04));
    const off = [...told].map(([id, pose]) => distance(slam.map.keyframePose(id), pose));
    expect(Math.max(...off)).toBeGreaterThan(0.3);
    const sharp = reprojection(slam);
    const newest = slam.map.newestKeyframes(1)[0];
    const before = between(newest.worldFromBody, drive.last.worldFromBody);
    slam.reshape(told);
    for (const [id, pose] of told) expect(distance(slam.map.keyframePose(id), pose)).toBeLessThan(1e-12);
    expect(reprojection(slam)).toBeLessThan(sharp + 6);
    const from = drive.reports.length;
    drive.go(2.5);
    const since = drive.reports.slice(from);
    expect(since.length).toBe(50);
    expect(since.every(({ state }) => state === 'tracking')).toBe(true);
    const step = between(compose(newest.worldFromBody, before), since[0].worldFromBody);
    expect(distance(step, planarPose(0.05, 0, 0))).toBeLessThan(0.1);
    const settled = [...told].slice(0, -10);
    expect(settled.length).toBeGreaterThan(5);
    for (const [id, pose] of settled) expect(distance(slam.map.keyframePose(id), pose)).toBeLessThan(1e-12);
    for (const [id, pose] of told) expect(distance(slam.map.keyframePose(id), pose)).toBeLessThan(0.2);
  });

  it('has culled keyframes where they were told too, and what they hang on goes along', () => {
    const { slam } = new Drive(world, kernels, true, { mostKeyframes: 12 }).go(8);
    const { map } = slam;
    const [culled] = map.contents().graves.keys();
    const standing = map.standing(culled);
    const [before, hangsOn] = [culled, standing.id].map((id) => map.keyframePose(id).slice());
    slam.reshape(new Map([[culled, compose(ELSEWHERE, before)]]));
    expect(distance(map.keyframePose(culled), compose(ELSEWHERE, before))).toBeLessThan(1e-9);
    expect(distance(standing.worldFromBody, compose(ELSEWHERE, hangsOn))).toBeLessThan(1e-9);
    const apart = compose(map.keyframePose(culled), planarPose(0.1, 0, 0));
    slam.reshape(
      new Map([
        [culled, apart],
        [standing.id, standing.worldFromBody.slice()],
      ]),
    );
    expect(distance(map.keyframePose(culled), apart)).toBeLessThan(1e-9);
    expect(distance(standing.worldFromBody, compose(ELSEWHERE, hangsOn))).toBeLessThan(1e-9);
  });

  it('takes no notice of keyframes that it does not know', () => {
    const { slam } = new Drive(world, kernels, true).go(2);
    const before = slam.trajectory();
    slam.reshape(new Map([[999, ELSEWHERE]]), new Map([[999, new Float64Array(36)]]));
    expect(slam.trajectory()).toEqual(before);
  });

  it('tells every keyframe and point that moved', () => {
    const drive = new Drive(world, kernels, true);
    drive.slam.map.recordChanges = true;
    const { map } = drive.go(4).slam;
    map.takeChanges();
    drive.slam.reshape(carried(drive.slam, () => ELSEWHERE));
    const { keyframesMoved, pointsMoved } = map.takeChanges();
    expect(keyframesMoved.ids.length).toBe(map.keyframeCount);
    expect(pointsMoved.ids.length).toBe(map.pointCount);
    const [{ id, worldFromBody }] = map.newestKeyframes(1);
    const at = keyframesMoved.ids.indexOf(id);
    expect([...keyframesMoved.poses.subarray(7 * at, 7 * at + 7)]).toEqual([...worldFromBody]);
  });

  it('leaves parts alone of which nothing is told', () => {
    const drive = new Drive(world, kernels, false).go(6).go(0.5, true).carryTo(24).go(3);
    const { map } = drive.slam;
    expect(map.partSizes().size).toBe(2);
    const other = [...map.keyframes()].filter(({ part }) => part === 0);
    const before = other.map(({ worldFromBody }) => worldFromBody.slice());
    const body = drive.last.worldFromBody;
    drive.slam.reshape(
      carried(
        drive.slam,
        () => ELSEWHERE,
        ({ part }) => part === 1,
      ),
    );
    other.forEach(({ worldFromBody }, i) => {
      expect(worldFromBody).toEqual(before[i]);
    });
    drive.go(0.05);
    expect(drive.last.state).toBe('tracking');
    expect(distance(drive.last.worldFromBody, compose(ELSEWHERE, body))).toBeLessThan(0.15);
  });
});

describe('keyframes that nobody tells of', () => {
  it('go in proportion to the way between those that are told of, and with the nearest beyond', () => {
    const { slam } = new Drive(world, kernels, true).go(8);
    const living = [...slam.map.keyframes()].map(({ id }) => id);
    const [low, high] = [living[3], living[living.length - 4]];
    const before = new Map(living.map((id) => [id, slam.map.keyframePose(id).slice()]));
    const up = (id: number) => slam.map.keyframePose(id)[2] - before.get(id)![2];
    const raised = compose(planarPose(0, 0, 0, 1), before.get(high)!);
    slam.reshape(
      new Map([
        [low, before.get(low)!],
        [high, raised],
      ]),
    );
    expect(up(low)).toBe(0);
    expect(up(high)).toBeCloseTo(1, 9);
    expect(up(living[0])).toBeCloseTo(0, 9);
    expect(up(living.at(-1)!)).toBeGreaterThan(0.8);
    const between = living.slice(living.indexOf(low) + 1, living.indexOf(high)).map(up);
    expect(between.some((share) => share > 0.2 && share < 0.8)).toBe(true);
    for (const share of between) {
      expect(share).toBeGreaterThan(-1e-9);
      expect(share).toBeLessThan(1 + 1e-9);
    }
  });
});

describe('how sure a robot is', () => {
  it('is as sure as the team makes it, and so are the keyframes about', () => {
    const drive = new Drive(world, kernels, true).go(8);
    const { slam } = drive;
    const [newest, before] = slam.map.newestKeyframes(2);
    const [sure, sureBefore] = [drive.last, before].map(({ covariance }) => positionSigma(covariance));
    const told = newest.covariance.map((value) => value / 100);
    slam.reshape(new Map(), new Map([[newest.id, told]]));
    drive.go(0.1);
    expect(positionSigma(drive.last.covariance)).toBeLessThan(0.4 * sure);
    expect(positionSigma(before.covariance)).toBeLessThan(0.8 * sureBefore);
    expect(positionSigma(slam.map.standing(0).covariance)).toBe(0);
  });

  it('is, blind, as sure as the team is of its body, though nothing moves', () => {
    const { slam, last } = new Drive(world, kernels, true).go(4).go(0.5, true);
    const { worldFromBody } = slam.whereabouts;
    expect(last.state).toBe('blind');
    const covariance = last.covariance.map((value) => value / 4);
    slam.reshape(new Map(), undefined, { worldFromBody, covariance });
    expect(positionSigma(slam.whereabouts.covariance)).toBeCloseTo(positionSigma(last.covariance) / 2, 9);
  });

  it('shares the doubt about where its frame stands', () => {
    const drive = new Drive(world, kernels, true).go(4).go(0.5, true);
    const { slam } = drive;
    const before = positionSigma(drive.last.covariance);
    const doubt = new Float64Array(36);
    for (let i = 0; i < 6; i++) doubt[7 * i] = i < 3 ? 0.04 : 1e-6;
    slam.reshape(new Map(), new Map([[0, doubt]]));
    drive.go(0.05, true);
    const { covariance } = drive.last;
    expect(positionSigma(covariance)).toBeGreaterThan(Math.sqrt(before * before + 0.11));
    expect(positionSigma(covariance)).toBeLessThan(Math.sqrt(before * before + 0.14));
  });
});
