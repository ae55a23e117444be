import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { compose, type Pose, planarPose } from '../../base/se3.ts';
import { sampleOf } from '../../bench/nees.ts';

const worldFromBody = planarPose(3, -2, Math.PI / 2);

/** σ ahead and to the left, metres, and how the two go together. */
function covarianceOf(ahead: number, left: number, correlation = 0): Float64Array {
  const covariance = new Float64Array(36);
  covariance[0] = ahead * ahead;
  covariance[7] = left * left;
  covariance[1] = covariance[6] = correlation * ahead * left;
  return covariance;
}

const offBy = (ahead: number, left: number): Pose => compose(worldFromBody, planarPose(ahead, left, 0.1));

describe('the bench of consistency', () => {
  it('holds an error against the covariance in the frame of the body, whatever its heading', () => {
    const covariance = covarianceOf(0.1, 0.5);
    const ahead = sampleOf({ worldFromBody, covariance }, offBy(0.2, 0));
    expect(ahead.nees).toBeCloseTo(4);
    expect(ahead.error).toBeCloseTo(0.2);
    expect(sampleOf({ worldFromBody, covariance }, offBy(0, 0.5)).nees).toBeCloseTo(1);
  });

  it('comes to 2 on average where the covariance is honest, correlations too, and more where it promises too much', () => {
    const random = new Random('nees');
    const mean = (covariance: Float64Array) => {
      let sum = 0;
      for (let i = 0; i < 4000; i++) {
        const [u, v] = [random.normal(), random.normal()];
        sum += sampleOf({ worldFromBody, covariance }, offBy(0.3 * u, 0.2 * (0.8 * u + 0.6 * v))).nees;
      }
      return sum / 4000;
    };
    expect(Math.abs(mean(covarianceOf(0.3, 0.2, 0.8)) - 2)).toBeLessThan(0.15);
    expect(Math.abs(mean(covarianceOf(0.15, 0.1, 0.8)) - 8)).toBeLessThan(0.6);
  });
});
