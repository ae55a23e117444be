import { readRenderKernels, readTables } from '../../bin/resources.ts';
import { POLICIES } from '../../rl/policies.ts';
import { type RunMetrics, runScenario } from '../../scenarios/run.ts';
import { runStatistical } from '../../scenarios/statistical/run.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import type { MissionPlan } from './plan.ts';

/** A mission by its plan, on whichever thread; what it comes to depends on the plan alone, but for its speed. */
export async function runMission(plan: MissionPlan, kernels: Kernels): Promise<RunMetrics> {
  const { scenario, policy, seed, fidelity, relative, duration } = plan;
  const allocator = POLICIES[policy];
  const where = scenario.name;
  if (fidelity === 'statistical') {
    const tables = await readTables();
    return runStatistical({ scenario, where, tables, seed, policy, allocator, relative, duration }).metrics;
  }
  const render = fidelity === 'images' ? await readRenderKernels() : undefined;
  const all = { scenario, where, kernels, render, seed, policy, allocator, relative, duration };
  return (await runScenario(all)).metrics;
}
