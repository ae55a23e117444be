import type { RunMetrics } from '../../scenarios/run.ts';
import { type BenchContext, fixed } from '../bench.ts';
import { type MissionPlan, titleOf } from './plan.ts';
import { runMissions } from './pool.ts';

export interface MissionOutcome {
  readonly plan: MissionPlan;
  readonly metrics: RunMetrics;
}

/** Runs a bench's missions and says how they go; stopped early, it gives those that are over. */
export async function runAll(
  plans: readonly MissionPlan[],
  { workers, stop, say }: BenchContext,
): Promise<MissionOutcome[]> {
  const results = await runMissions(plans, {
    workers,
    stop,
    onDone(plan, { team }, done) {
      const errors = `team ATE ${fixed(team.ateRmse, 3)} m, accurately covered ${fixed(100 * team.accurateCoverage, 1)} %`;
      say(`${done} of ${plans.length}: ${titleOf(plan)}: ${errors}`);
    },
  });
  return results.flatMap((metrics, i) => (metrics ? [{ plan: plans[i], metrics }] : []));
}
