import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { angleBetween, compose, distance, exp, identity, type Pose, planarPose } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { conjugate, isPositive, positionSigma } from '../../../slam/optimize/covariance.ts';
import { intersect } from '../../../slam/optimize/intersection.ts';
import { Drive } from '../drive.ts';
import { CorridorWorld } from '../synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const world = new CorridorWorld({ seed: 'c', block: [12, 8], density: 10, maxFeatures: 250 });
const ELSEWHERE = 24;

function diagonal(metres: number, radians: number): Float64Array {
  const out = new Float64Array(36);
  for (let i = 0; i < 6; i++) out[7 * i] = i < 3 ? metres * metres : radians * radians;
  return out;
}

/** As a teammate would see the robot. */
const sighted = (truth: Pose) => compose(truth, exp([0.03, -0.02, 0, 0, 0, 0.01]));
const SURE = diagonal(0.05, 0.02);

describe('a lost robot that a teammate sees', () => {
  it('goes on with its map without wheels too, instead of beginning another', () => {
    const drive = new Drive(world, kernels, false).go(10).go(0.5, true).carryTo(ELSEWHERE);
    expect(drive.last.state).toBe('lost');
    expect(drive.slam.reseed(sighted(world.poseAt(ELSEWHERE)), SURE)).toBe(true);
    drive.go(3);
    const { slam, reports } = drive;
    expect(reports.at(-60)!.state).toBe('tracking');
    expect(drive.last.state).toBe('tracking');
    expect([...slam.map.partSizes().keys()]).toEqual([0]);
    expect(drive.error).toBeLessThan(0.15);
    expect(positionSigma(drive.last.covariance)).toBeLessThan(0.15);
    const { times } = slam.trajectory();
    expect(times.length).toBe(reports.filter(({ state }) => state !== 'lost').length);
  });

  it('is lost again where it saw too little in that moment', () => {
    const drive = new Drive(world, kernels, false).go(5).go(0.5, true).carryTo(ELSEWHERE);
    drive.slam.reseed(sighted(world.poseAt(ELSEWHERE)), SURE);
    drive.go(0.1, true);
    expect(drive.reports.at(-2)!.state).toBe('blind');
    expect(drive.last.state).toBe('lost');
    drive.go(2);
    expect(drive.slam.map.partSizes().size).toBe(2);
  });

  it('is carried on by its wheels, and hangs on what it knew no more surely than both are known', () => {
    const drive = new Drive(world, kernels, true).go(6).go(9, true).carryTo(ELSEWHERE).go(0.05, true);
    const { slam } = drive;
    const newest = slam.map.newestKeyframes(1)[0];
    slam.reseed(sighted(world.poseAt(ELSEWHERE)), diagonal(0.05, 0.02));
    drive.go(0.5, true);
    expect(drive.last.state).toBe('blind');
    expect(drive.error).toBeLessThan(0.12);
    drive.go(2);
    expect(drive.last.state).toBe('tracking');
    expect(drive.error).toBeLessThan(0.15);
    const next = [...slam.map.keyframes()].find(({ id }) => id > newest.id)!;
    expect(next.part).toBe(0);
    expect(next.odometry!.from).toBe(newest);
    expect(positionSigma(next.odometry!.covariance)).toBeGreaterThan(positionSigma(next.covariance));
  });

  it('keeps its way since then where it was seen, however the rest is put right', () => {
    const drive = new Drive(world, kernels, true).go(6).go(6, true).carryTo(ELSEWHERE).go(0.05, true);
    const { slam } = drive;
    slam.reseed(sighted(world.poseAt(ELSEWHERE)), SURE);
    drive.go(0.5, true);
    const { worldFromBody, time } = drive.last;
    const poses = new Map(
      [...slam.map.keyframes()].map(({ id, worldFromBody: at }) => [
        id,
        id === 0 ? at.slice() : compose(planarPose(0.4, 0, 0), at),
      ]),
    );
    slam.reshape(poses);
    drive.go(0.05, true);
    expect(distance(drive.last.worldFromBody, worldFromBody)).toBeLessThan(0.1);
    drive.go(1);
    const { times, poses: way } = slam.trajectory();
    const then = times.indexOf(time);
    expect(distance(way.subarray(7 * then, 7 * then + 7), worldFromBody)).toBeLessThan(0.1);
  });
});

describe('a robot that was seen by a teammate and has seen nothing since', () => {
  it('goes along where its frame becomes another', () => {
    const drive = new Drive(world, kernels, true).go(6).go(6, true).carryTo(ELSEWHERE).go(0.05, true);
    const { slam } = drive;
    slam.reseed(sighted(world.poseAt(ELSEWHERE)), SURE);
    drive.go(0.5, true);
    const { worldFromBody, time } = drive.last;
    const carry = exp([3, -5, 0, 0, 0, 1.3]);
    slam.reshape(
      new Map([...slam.map.keyframes()].map(({ id, worldFromBody: at }) => [id, compose(carry, at)])),
    );
    drive.go(0.05, true);
    expect(distance(drive.last.worldFromBody, compose(carry, worldFromBody))).toBeLessThan(0.06);
    drive.go(1);
    const { times, poses: way } = slam.trajectory();
    const then = times.indexOf(time);
    expect(distance(way.subarray(7 * then, 7 * then + 7), compose(carry, worldFromBody))).toBeLessThan(0.1);
    expect(drive.last.state).toBe('tracking');
  });
});

describe('a blind robot that a teammate sees', () => {
  it('weighs what it is told against what it knows', () => {
    const drive = new Drive(world, kernels, true).go(6).go(9, true);
    const before = drive.last;
    expect(before.state).toBe('blind');
    const truth = world.poseAt(14.95);
    drive.slam.reseed(sighted(truth), SURE);
    drive.go(0.05, true);
    expect(drive.error).toBeLessThan(0.06);
    expect(positionSigma(drive.last.covariance)).toBeLessThan(0.6 * positionSigma(before.covariance));
  });

  it('keeps its heading where only its place was seen', () => {
    const drive = new Drive(world, kernels, true).go(6).go(2, true);
    const before = drive.last.worldFromBody;
    const place = diagonal(0.02, Number.POSITIVE_INFINITY);
    const told = compose(world.poseAt(7.95), planarPose(0, 0, 2));
    expect(drive.slam.reseed(told, place)).toBe(true);
    drive.go(0.05, true);
    expect(angleBetween(drive.last.worldFromBody, before)).toBeLessThan(0.1);
    expect(drive.error).toBeLessThan(0.06);
  });
});

describe('a robot that knows where it is', () => {
  it('is told nothing', () => {
    const drive = new Drive(world, kernels, true).go(2);
    expect(drive.slam.reseed(identity(), SURE)).toBe(false);
    const { worldFromBody } = drive.last;
    drive.go(0.05);
    expect(distance(drive.last.worldFromBody, worldFromBody)).toBeLessThan(0.1);
  });

  it('begins its map where it was seen, if it has none yet', () => {
    const drive = new Drive(world, kernels, true, undefined, { worldFromStart: identity() }).go(1, true);
    expect(drive.last.state).toBe('blind');
    drive.slam.reseed(sighted(world.poseAt(0.95)), diagonal(1e-3, 1e-3));
    drive.go(1);
    expect(drive.last.state).toBe('tracking');
    expect(drive.error).toBeLessThan(0.1);
    expect(drive.slam.map.standing(0).odometry).toBe(null);
  });

  it('refuses a covariance that is none', () => {
    const drive = new Drive(world, kernels, true).go(2).go(1, true);
    const flat = SURE.slice();
    flat[7] = -1;
    expect(() => drive.slam.reseed(identity(), flat)).toThrow(/covariance/);
  });
});

describe('covariance intersection', () => {
  const random = new Random('intersection');
  const vary = (sigma: number) => {
    const mix = Float64Array.from({ length: 36 }, (_, i) => random.normal(sigma) + (i % 7 ? 0 : 2 * sigma));
    return conjugate(mix, diagonal(1, 1));
  };

  it('is no surer than two estimates allow that are one and the same', () => {
    const covariance = vary(0.1);
    const same = { worldFromBody: planarPose(1, 2, 0.5), covariance };
    const fused = intersect(same, same);
    fused.covariance.forEach((value, i) => {
      expect(value).toBeCloseTo(covariance[i], 6);
    });
    expect(distance(fused.worldFromBody, same.worldFromBody)).toBeLessThan(1e-9);
  });

  it('is at least as sure as the surer of two, and never surer than both together', () => {
    for (let n = 0; n < 50; n++) {
      const [a, b] = [vary(0.1), vary(0.2)];
      const worldFromBody = planarPose(1, 2, 0.5);
      const { covariance } = intersect({ worldFromBody, covariance: a }, { worldFromBody, covariance: b });
      expect(isPositive(covariance)).toBe(true);
      expect(determinant(covariance)).toBeLessThan(1.0001 * Math.min(determinant(a), determinant(b)));
    }
  });

  it('takes each direction from the one that knows it', () => {
    const [wide, tall] = [diagonal(0.1, 0.1), diagonal(0.1, 0.1)];
    wide[0] = 100;
    tall[7] = 100;
    const a = { worldFromBody: planarPose(5, 1, 0), covariance: wide };
    const b = { worldFromBody: planarPose(2, 9, 0), covariance: tall };
    const { worldFromBody } = intersect(a, b);
    expect(worldFromBody[0]).toBeCloseTo(2, 2);
    expect(worldFromBody[1]).toBeCloseTo(1, 2);
  });
});

function determinant(matrix: Float64Array): number {
  const m = matrix.slice();
  let product = 1;
  for (let i = 0; i < 6; i++) {
    product *= m[7 * i];
    for (let j = i + 1; j < 6; j++) {
      const share = m[6 * j + i] / m[7 * i];
      for (let k = i; k < 6; k++) m[6 * j + k] -= share * m[6 * i + k];
    }
  }
  return product;
}
