import type { RunMetrics } from '../../scenarios/run.ts';
import type { Scenario } from '../../scenarios/schema.ts';

/** One mission of many: plain data, so that it can be told to another thread. */
export interface MissionPlan {
  readonly scenario: Scenario;
  readonly policy: string;
  readonly seed: number;
  readonly fidelity: RunMetrics['fidelity'];
  /** False: nobody recognises a teammate. */
  readonly relative: boolean;
  /** Seconds, instead of what the scenario says. */
  readonly duration?: number;
}

/** What a thread makes of a plan; an error is a fault of ours, since scenarios are checked before. */
export type MissionAnswer = { readonly metrics: RunMetrics } | { readonly error: Error };

export function titleOf({ scenario, policy, seed, fidelity, relative }: MissionPlan): string {
  const how = `${relative ? '' : ' without sightings'}${fidelity === 'features' ? '' : ` in ${fidelity}`}`;
  return `${scenario.name}, ${policy}${how}, seed ${seed}`;
}
