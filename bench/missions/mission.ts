import { readRenderKernels } from '../../bin/resources.ts';
import { POLICIES } from '../../rl/policies.ts';
import { type RunMetrics, runScenario } from '../../scenarios/run.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import type { MissionPlan } from './plan.ts';

/** A mission by its plan, on whichever thread; what it comes to depends on the plan alone, but for its speed. */
export async function runMission(plan: MissionPlan, kernels: Kernels): Promise<RunMetrics> {
  const { scenario, policy, seed, fidelity, relative, duration } = plan;
  const { metrics } = await runScenario({
    scenario,
    where: scenario.name,
    kernels,
    render: fidelity === 'images' ? await readRenderKernels() : undefined,
    seed,
    policy,
    allocator: POLICIES[policy],
    relative,
    duration,
  });
  return metrics;
}
