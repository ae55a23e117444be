import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { between, compose, distance, identity, log } from '../../base/se3.ts';
import { WheelOdometry } from '../../sim/sensors/odometry.ts';
import { hall, makeWorld, QUIET, robot, run } from './worlds.ts';

/** Of the planar part (x, y, heading): 3 is what an honest covariance gives on average. */
function nees(error: Float64Array, covariance: Float64Array): number {
  const at = (i: number, j: number) => covariance[6 * i + j];
  const e = [error[0], error[1], error[5]];
  const [a, b, c] = [at(0, 0), at(0, 5), at(5, 5)];
  const determinant = a * c - b * b;
  const coupled = (c * e[0] * e[0] - 2 * b * e[0] * e[2] + a * e[2] * e[2]) / determinant;
  return coupled + (e[1] * e[1]) / at(1, 1);
}

describe('wheel odometry', () => {
  it('errs as its covariance says, driving, turning and both', () => {
    const world = makeWorld(
      hall([], { texture: 0 }),
      [robot(0, [4, 3, 0]), robot(1, [8, 3, 1]), robot(2, [4, 7, 2]), robot(3, [8, 7, 3])],
      { wheels: { ...QUIET.wheels, calibration: 0 } },
    );
    const commands = [
      [0.3, 0.6],
      [0.4, -0.9],
      [0, 0.7],
      [0.5, 1.1],
    ];
    let sum = 0;
    let count = 0;
    let before = [0, 1, 2, 3].map((id) => world.truth.sceneFromBody(id));
    for (let i = 0; i < 250; i++) {
      world.bodies.forEach((body, id) => {
        body.drive({ linear: commands[id][0], angular: commands[id][1] });
      });
      for (const { agent, odometry } of world.step()) {
        const now = world.truth.sceneFromBody(agent);
        const error = log(between(odometry.delta, between(before[agent], now)));
        before = before.with(agent, now);
        if (i < 20) continue;
        sum += nees(error, odometry.covariance);
        count++;
      }
    }
    expect(sum / count).toBeGreaterThan(2);
    expect(sum / count).toBeLessThan(4);
  });

  it('drifts by 1 to 3.5 % of the way', () => {
    let share = 0;
    const robots = 60;
    for (let i = 0; i < robots; i++) {
      const odometry = new WheelOdometry(QUIET.wheels, new Random(i));
      let pose = identity();
      for (let k = 0; k < 400; k++) {
        for (let step = 0; step < 5; step++) odometry.count(0.01, 0.01);
        pose = compose(pose, odometry.take().delta);
      }
      const error = Math.hypot(pose[0] - 20, pose[1]);
      share += error / 20 / robots;
    }
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.035);
  });

  it('says how heading and way err together when one wheel does all the work', () => {
    const odometry = new WheelOdometry({ ...QUIET.wheels, calibration: 0 }, new Random(1));
    const exact = new WheelOdometry({ ...QUIET.wheels, calibration: 0, slip: 0 }, new Random(1));
    let sum = 0;
    let told = 0;
    for (let i = 0; i < 3000; i++) {
      odometry.count(0, 0.05);
      exact.count(0, 0.05);
      const { delta, covariance } = odometry.take();
      const error = log(between(exact.take().delta, delta));
      sum += error[0] * error[5];
      told += covariance[5];
    }
    expect(sum / told).toBeGreaterThan(0.85);
    expect(sum / told).toBeLessThan(1.15);
  });

  it('tells the motion since the packet before, and none when standing', () => {
    const world = makeWorld(hall([], { texture: 0 }), [robot(0, [2, 5, 0])]);
    const start = world.truth.sceneFromBody(0);
    let pose = start;
    for (let i = 0; i < 50; i++) pose = compose(pose, run(world, 0.1, 0.5, 0.1)[0].odometry.delta);
    expect(distance(pose, world.truth.sceneFromBody(0))).toBeLessThan(0.15);
    run(world, 2, 0, 0);
    const { delta, covariance } = run(world, 0.1, 0, 0)[0].odometry;
    expect(distance(delta, identity())).toBeLessThan(1e-3);
    for (let i = 0; i < 6; i++) expect(covariance[7 * i]).toBeGreaterThan(0);
  });
});
