import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { compose, identity, type Pose, planarPose, yawOf } from '../../base/se3.ts';
import { WheelCalibration } from '../../slam/tracking/wheel-calibration.ts';

const FARTHER = 0.015;
const MORE = -0.02;
const BEND = 0.004;

/** Drives about in bends and on the spot; wheels tell too little of it by the shares above, and slip. */
function drive(wheels: WheelCalibration, steps: number, inliers: number, slip = 0.001): Pose {
  const random = new Random('wheels');
  let pose: Pose = identity();
  for (let i = 0; i < steps; i++) {
    const x = i % 40 < 25 ? 0.05 : 0;
    const told = i % 40 < 25 ? 0.03 : -0.06;
    const yaw = (1 + MORE) * told + BEND * x;
    const delta = planarPose(x, 0, told + random.normal(slip));
    wheels.correct({ delta, covariance: new Float64Array(36) });
    pose = compose(pose, planarPose((1 + FARTHER) * x, 0, yaw));
    wheels.see(pose, inliers);
  }
  return pose;
}

describe('calibration of wheels by the camera', () => {
  const told = { delta: planarPose(1, 0, 0.5), covariance: new Float64Array(36) };
  const truly = { x: 1 + FARTHER, yaw: (1 + MORE) * 0.5 + BEND };

  it('learns how much farther it drives and turns than the wheels tell, within a few minutes', () => {
    const wheels = new WheelCalibration();
    drive(wheels, 1200, 100);
    const { delta } = wheels.correct(told);
    expect(delta[0]).toBeCloseTo(truly.x, 2);
    expect(Math.abs(delta[0] - truly.x)).toBeLessThan(0.3 * FARTHER);
    expect(Math.abs(yawOf(delta) - truly.yaw)).toBeLessThan(0.2 * Math.abs(0.5 - truly.yaw));
  });

  it('learns nothing of a camera that follows only a few points', () => {
    const wheels = new WheelCalibration();
    drive(wheels, 1200, 12);
    expect(yawOf(wheels.correct(told).delta)).toBeCloseTo(0.5, 9);
  });

  it('learns nothing of wheels that spin, nor of a map that is put elsewhere', () => {
    const wheels = new WheelCalibration();
    drive(wheels, 1200, 100);
    const before = yawOf(wheels.correct(told).delta);
    const spin = () => wheels.correct({ delta: planarPose(0.5, 0, 0), covariance: new Float64Array(36) });
    wheels.see(identity(), 100);
    spin();
    wheels.see(planarPose(0.1, 0, 0), 100);
    spin();
    wheels.drop();
    wheels.see(planarPose(0.7, 0.3, 0.4), 100);
    expect(yawOf(wheels.correct(told).delta)).toBeCloseTo(before, 9);
    expect(wheels.correct(told).delta[0]).toBeCloseTo(truly.x, 2);
  });
});
