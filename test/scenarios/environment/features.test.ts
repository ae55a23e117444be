import { beforeAll, describe, expect, it } from 'vitest';
import { readKernels } from '../../../bin/resources.ts';
import { POLICIES } from '../../../rl/policies.ts';
import { featuresEnvironment } from '../../../scenarios/environment/features.ts';
import { parseScenario } from '../../../scenarios/load.ts';
import { runScenario } from '../../../scenarios/run.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { checkConformance, mapOn, play } from './conformance.ts';

/** A small room: quick to build. */
const WHERE = 'room';
const scenario = parseScenario(
  `
name: room
team: { agents: 2 }
decision: { epoch: 2 }
layout:
  kind: explicit
  bounds: [0, 0, 8, 6]
  starts: [[1, 2, 0], [1, 4, 0]]
  solids:
    - { kind: wall, x: 4, y: 0, hx: 4, hy: 0.1, hz: 1.5 }
    - { kind: wall, x: 4, y: 6, hx: 4, hy: 0.1, hz: 1.5 }
    - { kind: wall, x: 0, y: 3, hx: 0.1, hy: 3, hz: 1.5 }
    - { kind: wall, x: 8, y: 3, hx: 0.1, hy: 3, hz: 1.5 }
`,
  WHERE,
);
const DURATION = 5;
let kernels: Kernels;

beforeAll(async () => {
  kernels = await readKernels();
});

const environmentOf = (duration: number, changes = {}) =>
  featuresEnvironment({ scenario: { ...scenario, ...changes }, where: WHERE, kernels, duration });

describe('missions run in full as an environment', () => {
  it('keep to the contract', async () => {
    await checkConformance(environmentOf(DURATION), scenario.decision.epoch, DURATION);
  });

  it('earn what the evaluator counts', async () => {
    const { steps } = await play(environmentOf(DURATION), 1, mapOn);
    const { metrics } = await runScenario({
      scenario,
      where: WHERE,
      kernels,
      seed: 1,
      policy: 'independent',
      allocator: POLICIES.independent,
      duration: DURATION,
    });
    const earned = steps.reduce((sum, { reward }) => sum + reward, 0);
    expect(earned).toBeCloseTo(metrics.team.accurateCoverageAuc, 12);
    expect(earned).toBeGreaterThan(0.01);
    expect(steps.at(-1)!.info.ateRmse).toBeCloseTo(metrics.team.ateRmse!, 12);
  });

  it('lose robots that die, and end with the last', async () => {
    const robots = [{ diesAt: 5 }, { diesAt: 1 }];
    const environment = environmentOf(20, { team: { ...scenario.team, robots } });
    const { steps } = await play(environment, 1, mapOn);
    expect(steps.map(({ views }) => [...views.keys()])).toEqual([[0, 1], [0], []]);
    expect([steps.at(-1)!.terminated, steps.at(-1)!.truncated]).toEqual([true, false]);
  });
});
