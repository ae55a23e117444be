import { runShards } from '../bin/shards/pool.ts';
import type { Shard } from '../scenarios/experiment/shard.ts';
import type { RunMetrics } from '../scenarios/run.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { type BenchContext, fixed } from './bench.ts';

/** Who faces a scenario, and how. */
export interface Facing extends Pick<Shard, 'policy' | 'relative' | 'fidelity'> {
  /** Seconds, instead of what the scenario says. */
  readonly duration?: number;
}

export interface MissionOutcome {
  readonly shard: Shard;
  readonly metrics: RunMetrics;
}

export function missionOf(scenario: Scenario, facing: Facing, seed: number): Shard {
  const { duration = scenario.duration, ...rest } = facing;
  return { scenario, agents: scenario.team.agents, parameters: {}, seed, duration, ...rest };
}

/**
 * Runs a bench's missions and says how they go; stopped early, it gives those that are over.
 * @throws Error for the first mission that fails: a table of the others would be none
 */
export async function runAll(
  shards: readonly Shard[],
  { workers, stop, say }: BenchContext,
): Promise<MissionOutcome[]> {
  const outcomes: (MissionOutcome | undefined)[] = shards.map(() => undefined);
  const failed = new AbortController();
  let done = 0;
  await runShards(shards, {
    workers,
    stop: AbortSignal.any([stop, failed.signal]),
    onDone(index, answer) {
      const shard = shards[index];
      if ('failure' in answer) return failed.abort(new Error(`${titleOf(shard)}: ${answer.failure}`));
      const { metrics } = answer;
      outcomes[index] = { shard, metrics };
      const { ateRmse, accurateCoverage } = metrics.team;
      const errors = `team ATE ${fixed(ateRmse, 3)} m, accurately covered ${fixed(100 * accurateCoverage, 1)} %`;
      say(`${++done} of ${shards.length}: ${titleOf(shard)}: ${errors}`);
    },
  });
  failed.signal.throwIfAborted();
  return outcomes.flatMap((outcome) => outcome ?? []);
}

function titleOf({ scenario, policy, seed, fidelity, relative }: Shard): string {
  const how = `${relative ? '' : ' without sightings'}${fidelity === 'features' ? '' : ` in ${fidelity}`}`;
  return `${scenario.name}, ${policy}${how}, seed ${seed}`;
}
