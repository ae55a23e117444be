import type { Random } from '../../base/random.ts';
import { decodeModel } from '../../rl/network/model-file.ts';
import { learned, POLICIES } from '../../rl/policies.ts';
import type { RenderKernels } from '../../sim/render/load.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { digest } from '../digest.ts';
import { type RunMetrics, runScenario } from '../run.ts';
import type { Scenario } from '../schema.ts';
import { runStatistical } from '../statistical/run.ts';
import type { Tables } from '../statistical/tables.ts';

/**
 * One mission of an experiment: all that decides what it comes to, but for the code. Plain data, so that it can be told to another
 * thread, or another machine.
 */
export interface Shard {
  readonly scenario: Scenario;
  readonly agents: number;
  readonly policy: string;
  /** The model file of a policy that was learned, base64. */
  readonly model?: string;
  /** Every number that the policy leaves open. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly fidelity: RunMetrics['fidelity'];
  /** False: nobody recognises a teammate. */
  readonly relative: boolean;
  /** Seconds. */
  readonly duration: number;
}

/** What a mission came to, without what a machine's speed decides: the same bytes wherever it is run. */
export type ShardMetrics = Omit<RunMetrics, 'wallS' | 'realTimeFactor' | 'agents'> & {
  readonly agents: readonly Omit<RunMetrics['agents'][number], 'trackMs'>[];
};

/**
 * What a shard is called: equal for equal shards of the same code, whoever asks.
 * @param code version of the program
 */
export function shardId(shard: Shard, code: string): string {
  return digest((update) => update(canonical({ code, ...shard }))).slice(0, 20);
}

/** What missions need of the disk; of the last two only what the shard's fidelity asks for. */
export interface ShardResources {
  readonly kernels: Kernels;
  readonly render?: RenderKernels;
  readonly tables?: Tables;
}

export async function runShard(
  shard: Shard,
  { kernels, render, tables }: ShardResources,
): Promise<RunMetrics> {
  const { scenario, policy, model, parameters, fidelity } = shard;
  const make =
    model === undefined ? POLICIES[policy] : learned(decodeModel(Buffer.from(model, 'base64'), policy));
  const allocator = (random: Random) => make(random, parameters);
  const where = scenario.name;
  if (fidelity === 'statistical')
    return runStatistical({ ...shard, where, tables: tables!, allocator }).metrics;
  const { metrics } = await runScenario({
    ...shard,
    where,
    kernels,
    render: fidelity === 'images' ? render : undefined,
    allocator,
  });
  return metrics;
}

export function withoutTimes(metrics: RunMetrics): ShardMetrics {
  const { wallS: _, realTimeFactor: __, agents, ...rest } = metrics;
  return { ...rest, agents: agents.map(({ trackMs: ___, ...agent }) => agent) };
}

/** JSON with keys in order at every depth. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner instanceof Object && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
