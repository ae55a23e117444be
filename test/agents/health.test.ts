import { beforeAll, describe, expect, it } from 'vitest';
import { Health } from '../../agents/health.ts';
import type { SlamHealth } from '../../base/allocation.ts';
import { planarPose } from '../../base/se3.ts';
import { readKernels } from '../../bin/resources.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { Drive } from '../slam/drive.ts';
import { CorridorWorld } from '../slam/synthetic.ts';

const STEP_M = 0.05;
const STEP_S = 0.1;
let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

/** A robot on the corridor's way and the health of its SLAM, told after each frame. */
class Patient {
  readonly drive = new Drive(new CorridorWorld({ seed: 'health' }), kernels, true);
  readonly history: SlamHealth[] = [];
  private readonly health = new Health(this.drive.slam.map);

  go(seconds: number, blind = false): this {
    this.drive.go((seconds * STEP_M) / STEP_S, blind, undefined, (odometry) => {
      const still = { delta: planarPose(0, 0, 0), covariance: new Float64Array(36) };
      this.health.follow(this.drive.last, odometry ?? still, this.drive.last.time);
      this.history.push(this.health.of(this.drive.last, 12));
    });
    return this;
  }

  get now(): SlamHealth {
    return this.history[this.history.length - 1];
  }

  get time(): number {
    return this.drive.last.time;
  }
}

describe("a SLAM's health", () => {
  it('is known in all its parts while the camera tracks', () => {
    const { now, drive, time } = new Patient().go(8);
    const { inliers, matched, residual, referenceKeyframe } = drive.last;
    expect(now.inlierRatio).toBe(inliers / matched);
    expect(now.inlierRatio).toBeGreaterThan(0.5);
    const reference = drive.slam.map.standing(referenceKeyframe);
    expect(now.referenceShare).toBeCloseTo(inliers / reference.points.filter(Boolean).length, 9);
    expect(now.covisibility).toBe(reference.covisible.size);
    expect(now.covisibility).toBeGreaterThan(1);
    expect(now.residual).toBe(residual);
    expect(now.sinceObserved).toBe(12);
    expect(now.speed).toBeGreaterThan(0.4);
    expect(now.speed).toBeLessThan(0.6);
    expect(now.sinceRelocalisation).toBeCloseTo(time, 6);
  });

  it('says how long ago the last keyframe was made, and that points were won lately', () => {
    const patient = new Patient().go(8);
    const made = patient.drive.reports.filter(({ createdKeyframe }) => createdKeyframe >= 0);
    expect(patient.now.sinceKeyframe).toBeCloseTo(patient.time - made[made.length - 1].time, 6);
    expect(patient.now.mapGrowth).toBeGreaterThan(5);
    patient.go(20, true);
    expect(patient.now.sinceKeyframe).toBeGreaterThan(19);
    expect(patient.now.mapGrowth).toBeLessThan(1);
  });

  it('does not know what only a camera that sees something can tell', () => {
    const { now } = new Patient().go(4).go(4, true);
    expect(now.inlierRatio).toBeNaN();
    expect(now.residual).toBeNaN();
    expect(now.referenceShare).toBe(0);
    expect(now.covisibility).toBeGreaterThan(0);
  });

  it('remembers when the camera found itself again', () => {
    const patient = new Patient().go(4).go(3, true).go(5);
    expect(patient.drive.last.state).toBe('tracking');
    expect(patient.now.sinceRelocalisation).toBeGreaterThan(3);
    expect(patient.now.sinceRelocalisation).toBeLessThan(5.2);
  });

  it('is well before there is any keyframe', () => {
    const patient = new Patient();
    patient.go(1, true);
    expect(patient.now.referenceShare).toBeNaN();
    expect(patient.now.sinceKeyframe).toBeLessThan(1);
  });
});
