import type { Random } from '../../base/random.ts';
import { AGENT_COLUMNS, type Column, PAIR_COLUMNS, WIDTH } from './columns.ts';
import type { Observation } from './observation.ts';

/**
 * The same observation as a robot would have it that lacks some of its features: each robot, and each robot as an observer, lacks
 * every feature with probability `share`, and its averages with it. What no robot can lack stays.
 */
export function dropFeatures(observation: Observation, random: Random, share: number): Observation {
  const { team } = observation;
  const agents = observation.agents.slice();
  const pairs = observation.pairs.slice();
  for (let row = 0; row < team; row++) {
    dropFrom(agents, row, 1, AGENT_COLUMNS, random, share);
    dropFrom(pairs, row * team, team, PAIR_COLUMNS, random, share);
  }
  return { ...observation, agents, pairs };
}

/** From `count` rows on from `first`, the same features. */
function dropFrom(
  numbers: Float32Array,
  first: number,
  count: number,
  columns: readonly Column[],
  random: Random,
  share: number,
): void {
  let lacks = false;
  columns.forEach(({ span, always }, column) => {
    if (always) return;
    if (!span) lacks = random.chance(share);
    if (!lacks) return;
    for (let row = first; row < first + count; row++) {
      const at = WIDTH * (row * columns.length + column);
      numbers.fill(0, at, at + WIDTH);
    }
  });
}
