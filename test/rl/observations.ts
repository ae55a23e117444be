import type { Random } from '../../base/random.ts';
import type { FeatureSizes } from '../../rl/network/layers.ts';
import type { Observation } from '../../rl/observation/observation.ts';

/** Any numbers at all, in the form of an observation. */
export function someObservation(random: Random, sizes: FeatureSizes, team: number): Observation {
  const numbers = (length: number) => Float32Array.from({ length }, () => random.uniform(-1, 1));
  const self = random.int(team);
  return {
    team,
    ids: Int32Array.from({ length: team }, (_, i) => 3 * i + 1),
    self,
    agents: numbers(team * sizes.agent),
    pairs: numbers(team * team * sizes.pair),
    mission: numbers(sizes.mission),
    allowed: Uint8Array.from({ length: 1 + team }, (_, i) =>
      i === 0 || (i !== 1 + self && random.chance(0.7)) ? 1 : 0,
    ),
  };
}

/** The same knowledge with its robots in another order. @param order row of the old order in each new row */
export function reordered(
  observation: Observation,
  sizes: FeatureSizes,
  order: readonly number[],
): Observation {
  const { ids, self, agents, pairs, allowed, team } = observation;
  const block = (from: Float32Array, i: number, size: number) => [...from.subarray(i * size, (i + 1) * size)];
  return {
    ...observation,
    ids: Int32Array.from(order, (i) => ids[i]),
    self: order.indexOf(self),
    agents: Float32Array.from(order.flatMap((i) => block(agents, i, sizes.agent))),
    pairs: Float32Array.from(
      order.flatMap((i) => order.flatMap((j) => block(pairs, i * team + j, sizes.pair))),
    ),
    allowed: Uint8Array.from([allowed[0], ...order.map((i) => allowed[1 + i])]),
  };
}
