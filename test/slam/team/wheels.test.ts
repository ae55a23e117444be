import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { WheelIncrement } from '../../../slam/team/wheel-increment.ts';
import { type WheelCommands, WheelRecord } from '../../../slam/team/wheel-record.ts';
import { WHEELS } from './driven-team.ts';

const CALIBRATION = [0.93, 1.05, -0.08];

/** Forty pieces of a winding way. */
function wind(way: WheelIncrement, disturb = (_: number) => 0): void {
  for (let k = 0; k < 40; k++) {
    way.roll(0.15 + disturb(0), 0.6 * Math.sin(k / 5) + disturb(1), 0.1);
  }
}

describe('a way by wheels', () => {
  it('is an arc where both wheels turn evenly', () => {
    const way = new WheelIncrement(WHEELS);
    for (let k = 0; k < 300; k++) way.roll(0.2, 0.5, 0.01);
    expect(way.yaw).toBeCloseTo(1.5, 12);
    expect(way.x).toBeCloseTo(0.4 * Math.sin(1.5), 5);
    expect(way.y).toBeCloseTo(0.4 * (1 - Math.cos(1.5)), 5);
  });

  it('knows to first order where another calibration would lead', () => {
    const way = new WheelIncrement(WHEELS, CALIBRATION);
    wind(way);
    for (let k = 0; k < 3; k++) {
      const other = CALIBRATION.map((value, i) => value + (i === k ? 1e-4 : 0));
      const there = new WheelIncrement(WHEELS, other);
      wind(there);
      const foretold = way.under(other, new Float64Array(3));
      [there.x, there.y, there.yaw].forEach((value, i) => {
        expect(foretold[i]).toBeCloseTo(value, 7);
      });
      expect(Math.hypot(there.x - way.x, there.y - way.y, there.yaw - way.yaw)).toBeGreaterThan(1e-6);
    }
  });

  it('has the covariance that noisy ways have', () => {
    const random = new Random('ways');
    const ideal = new WheelIncrement(WHEELS, CALIBRATION);
    wind(ideal);
    const samples = 4000;
    const sum = new Float64Array(9);
    const noisy = { ahead: 0, sideways: 0, turn: 0 };
    for (let k = 0; k < samples; k++) {
      const way = new WheelIncrement(noisy, CALIBRATION);
      // Noise of a rate over 0.1 s that is so much a √s.
      const sigmas = [
        WHEELS.ahead / Math.sqrt(0.1) / CALIBRATION[0],
        WHEELS.turn / Math.sqrt(0.1) / CALIBRATION[1],
      ];
      wind(way, (which) => random.normal(sigmas[which]));
      const error = [way.x - ideal.x, way.y - ideal.y, way.yaw - ideal.yaw];
      for (let i = 0; i < 9; i++) sum[i] += (error[Math.floor(i / 3)] * error[i % 3]) / samples;
    }
    const straight = new WheelIncrement({ ...WHEELS, sideways: 0 }, CALIBRATION);
    wind(straight);
    for (const i of [0, 1, 4, 5, 8]) {
      const scale = Math.sqrt(sum[4 * Math.floor(i / 3)] * sum[4 * (i % 3)]);
      expect(Math.abs(straight.covariance[i] - sum[i]) / scale).toBeLessThan(0.1);
    }
  });

  it('is uncertain only while it drives', () => {
    const way = new WheelIncrement(WHEELS);
    way.roll(0, 0, 100);
    expect([way.x, way.y, way.yaw, ...way.covariance]).toEqual(new Array(12).fill(0));
  });
});

describe('a record of wheels', () => {
  const commands: WheelCommands = {
    times: Float64Array.of(1, 2, 2, 4),
    forward: Float64Array.of(1, 5, 2, 9),
    turning: Float64Array.of(0, 0, 0, 0),
  };
  const driven = (from: number, to: number, delay = 0) => {
    const way = new WheelIncrement(WHEELS);
    new WheelRecord(commands, delay).drive(from, to, way);
    return way.x;
  };

  it('holds each velocity until the next, stands before the first and after the last', () => {
    expect(driven(0, 1)).toBe(0);
    expect(driven(0, 1.5)).toBeCloseTo(0.5, 12);
    expect(driven(0, 3)).toBeCloseTo(1 + 2, 12);
    expect(driven(0, 99)).toBeCloseTo(1 + 4, 12);
    expect(driven(3, 99)).toBeCloseTo(2, 12);
  });

  it('does late what it was told', () => {
    expect(driven(0, 1.5, 0.25)).toBeCloseTo(0.25, 12);
    expect(driven(0, 99, 0.25)).toBeCloseTo(5, 12);
  });

  it('gives the same way in pieces', () => {
    const record = new WheelRecord(commands, 0.1);
    const way = new WheelIncrement(WHEELS);
    for (let k = 0; k < 50; k++) record.drive(k / 10, (k + 1) / 10, way);
    expect(way.x).toBeCloseTo(5, 9);
  });
});
