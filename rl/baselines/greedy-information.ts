import type { Allocator } from '../../base/allocation.ts';
import type { Values } from '../parameters.ts';
import { dropOf, fuse, type JointCovariance } from './covariance.ts';
import { costOf, PRICE } from './price.ts';
import { DRIFT, lookedAhead, SIGHTING, type Team } from './team.ts';
import { type TeamPlan, TeamRule, type Watch } from './team-rule.ts';

export const GREEDY_INFORMATION = {
  ...DRIFT,
  price: { ...PRICE.price, unit: 'nat', default: 0.03, low: 0.003, high: 0.3 },
  thrift: { ...PRICE.thrift, unit: 'nat', default: 0.03, low: 0.003, high: 0.3 },
  grain: {
    about: 'σ of a position below which it makes no difference how small it is',
    unit: 'm',
    default: 0.1,
    low: 0.01,
    high: 0.5,
    scale: 'log',
  },
} as const;

/**
 * *Greedy by expected information gain*: takes the watch that tells most about where the robots are, learns from it as if it
 * had been, and goes on with what is then worth it; greedy choice of this kind is near the best (Krause and Guestrin, 2005).
 *
 * What a watch tells is the entropy that the team's positions lose, ½ Σₖ ln((σₖ² + g²) / (σₖ'² + g²)) nats over their joint
 * covariance. Each robot's own entropy counts, not the determinant of all: that would value most what two lost robots learn of each other,
 * which tells nobody where they are. The grain g keeps millimetres from counting like metres.
 */
export function greedyInformation(values: Values<typeof GREEDY_INFORMATION>): Allocator {
  return new TeamRule('greedy-information', values, (team) => planOf(team, values));
}

function planOf(team: Team, values: Values<typeof GREEDY_INFORMATION>): TeamPlan {
  const { size } = team;
  const first = lookedAhead(team, values.dark);
  const joint = first.slice();
  const free = new Uint8Array(size).fill(1);
  const watches: Watch[] = [];
  for (;;) {
    const best = bestWatch(team, joint, values, free);
    if (!best) break;
    const { observer, peer } = best;
    watches.push(best);
    free[observer] = free[peer] = 0;
    fuse(joint, size, observer, peer, SIGHTING);
  }
  return { watches, value: (i, j) => worth(team, first, values, i, j) };
}

function bestWatch(
  team: Team,
  joint: JointCovariance,
  values: Values<typeof GREEDY_INFORMATION>,
  free: Uint8Array,
): Watch | undefined {
  const { size, may } = team;
  let best: Watch | undefined;
  let most = 0;
  for (let observer = 0; observer < size; observer++) {
    for (let peer = 0; peer < size; peer++) {
      if (!may[size * observer + peer] || !free[observer] || !free[peer]) continue;
      const value = worth(team, joint, values, observer, peer);
      if (value <= most) continue;
      best = { observer, peer };
      most = value;
    }
  }
  return best;
}

/** Nats, less what it costs. */
function worth(
  team: Team,
  joint: JointCovariance,
  values: Values<typeof GREEDY_INFORMATION>,
  i: number,
  j: number,
): number {
  const { size, chance, underWay } = team;
  const grain = values.grain * values.grain;
  let nats = 0;
  for (let k = 0; k < size; k++) {
    const before = joint[size * k + k] + grain;
    nats -= Math.log(1 - dropOf(joint, size, i, j, SIGHTING, k) / before) / 2;
  }
  const keep = underWay[size * i + j] ? values.keep : 1;
  return keep * chance[size * i + j] * nats - costOf(team, values, i, j);
}
