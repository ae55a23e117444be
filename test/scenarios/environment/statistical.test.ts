import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTables } from '../../../bin/resources.ts';
import { POLICIES } from '../../../rl/policies.ts';
import { statisticalEnvironment } from '../../../scenarios/environment/statistical.ts';
import { parseScenario } from '../../../scenarios/load.ts';
import { runStatistical } from '../../../scenarios/statistical/run.ts';
import type { Tables } from '../../../scenarios/statistical/tables.ts';
import { byLot, checkConformance, mapOn, play } from './conformance.ts';

const WHERE = 'scenarios/corridors.yaml';
const scenario = parseScenario(readFileSync(WHERE, 'utf8'), WHERE);
const DURATION = 60;
let tables: Tables;

beforeAll(async () => {
  tables = await readTables();
});

const environmentOf = (duration: number, changes = {}) =>
  statisticalEnvironment({ scenario: { ...scenario, ...changes }, where: WHERE, tables, duration });

describe('missions without frames as an environment', () => {
  it('keep to the contract', async () => {
    await checkConformance(environmentOf(DURATION), scenario.decision.epoch, DURATION);
  });

  it('earn what a run without an environment scores', async () => {
    const { steps } = await play(environmentOf(DURATION), 4, mapOn);
    const { metrics } = runStatistical({
      scenario,
      where: WHERE,
      tables,
      seed: 4,
      policy: 'independent',
      allocator: POLICIES.independent,
      duration: DURATION,
    });
    const earned = steps.reduce((sum, { reward }) => sum + reward, 0);
    expect(earned).toBeCloseTo(metrics.team.accurateCoverageAuc, 12);
    expect(steps.at(-1)!.info.ateRmse).toBeCloseTo(metrics.team.ateRmse!, 12);
    expect(earned).toBeGreaterThan(0.03);
  });

  it('lose robots that die, and end with the last', async () => {
    const robots = [{ diesAt: 12 }, { diesAt: 22 }, { diesAt: 2 }, { diesAt: 2 }];
    const { first, steps } = await play(
      environmentOf(DURATION, { team: { ...scenario.team, robots } }),
      1,
      mapOn,
    );
    expect([...first.keys()]).toEqual([0, 1, 2, 3]);
    expect([...steps[0].views.keys()]).toEqual([0, 1]);
    const last = steps.at(-1)!;
    expect([...last.views.keys()]).toEqual([]);
    expect([last.terminated, last.truncated]).toEqual([true, false]);
    expect(last.time).toBeCloseTo(22, 6);
  });

  it('let nobody watch beyond the budget', async () => {
    const decision = { ...scenario.decision, observeBudget: 5 };
    const { steps } = await play(environmentOf(DURATION, { decision }), 1, byLot);
    const { observeS } = steps.at(-1)!.info;
    expect(observeS).toBeGreaterThan(10);
    expect(observeS).toBeLessThanOrEqual(4 * 5.5);
  });
});
