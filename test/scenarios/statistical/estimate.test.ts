import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { JointEstimate } from '../../../scenarios/statistical/estimate.ts';

const PER_METRE = [1e-4, 2e-4] as const;
const SIGMAS = [0.01, 0.01, 0.005];

/** Robot 1 drives 20 m straight on with a heading that drifts, an anchor halfway; robot 0, 5 m beside its end, may then see it. */
function drive(seed: number, watched: boolean) {
  const random = new Random(seed);
  const estimate = new JointEstimate(2);
  let anchor = -1;
  for (let metre = 1; metre <= 20; metre++) {
    const noise = [PER_METRE[0], PER_METRE[0], PER_METRE[1]].map((variance) =>
      random.normal(Math.sqrt(variance)),
    );
    estimate.move(1, 1, 0, noise, PER_METRE);
    if (metre === 10) anchor = estimate.clone(1);
  }
  const before = { robot: estimate.variance(1)[0], anchor: estimate.variance(anchor)[0] };
  const noise = SIGMAS.map((sigma) => random.normal(sigma));
  if (watched) estimate.measure(0, 1, 0, 5, SIGMAS, noise);
  const { error } = estimate;
  const square = (pose: number) =>
    error[3 * pose] * error[3 * pose] + error[3 * pose + 1] * error[3 * pose + 1];
  return {
    before,
    robot: { square: square(1), variance: estimate.variance(1)[0] },
    anchor: { square: square(anchor), variance: estimate.variance(anchor)[0] },
  };
}

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the joint estimate', () => {
  it('errs as much as it believes, before and after a watch, on the way as at its end', () => {
    for (const watched of [false, true]) {
      const runs = SEEDS.map((seed) => drive(seed, watched));
      for (const of of ['robot', 'anchor'] as const) {
        const ratio = mean(runs.map((run) => run[of].square)) / runs[0][of].variance;
        expect(ratio).toBeGreaterThan(0.85);
        expect(ratio).toBeLessThan(1.15);
      }
    }
  });

  it('puts right the way back from where a robot was seen', () => {
    const { before, robot, anchor } = drive(1, true);
    expect(robot.variance).toBeLessThan(0.01 * before.robot);
    expect(anchor.variance).toBeLessThan(0.5 * before.anchor);
  });

  it('leaves alone who was neither seen nor saw', () => {
    const estimate = new JointEstimate(3);
    const noise = [0.1, -0.2, 0.05];
    for (const robot of [0, 1, 2]) estimate.move(robot, 1, 0, noise, PER_METRE);
    const before = Array.from(estimate.error.slice(6, 9));
    estimate.measure(0, 1, 3, 0, SIGMAS, [0, 0, 0]);
    expect(Array.from(estimate.error.slice(6, 9))).toEqual(before);
    expect(Array.from(estimate.error.slice(3, 6))).not.toEqual(before);
  });

  it('keeps what it has when it grows', () => {
    const estimate = new JointEstimate(1);
    estimate.move(0, 1, 0, [0.1, 0.2, 0.3], PER_METRE);
    const first = estimate.clone(0);
    for (let k = 0; k < 100; k++) estimate.clone(0);
    expect(Array.from(estimate.error.slice(3 * first, 3 * first + 3))).toEqual([0.1, 0.2, 0.3]);
    const [position, heading] = estimate.variance(first);
    expect(position).toBeCloseTo(2 * PER_METRE[0], 12);
    expect(heading).toBeCloseTo(PER_METRE[1], 12);
  });
});
