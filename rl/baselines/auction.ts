import type { Allocator } from '../../base/allocation.ts';
import type { Values } from '../parameters.ts';
import { bestAssignment } from './assignment.ts';
import { dropOf, type JointCovariance } from './covariance.ts';
import { costOf, PRICE } from './price.ts';
import { DRIFT, lookedAhead, SIGHTING, type Team } from './team.ts';
import { type TeamPlan, TeamRule } from './team-rule.ts';

export const AUCTION = { ...DRIFT, ...PRICE } as const;

/**
 * *Auction*: every robot that may bids for every other the variance that a watch would take from the team's positions, m², less its cost;
 * they go to the highest bidders so that the sum of the bids is greatest. To map is a bid of 0.
 */
export function auction(values: Values<typeof AUCTION>): Allocator {
  return new TeamRule('auction', values, (team) => planOf(team, values));
}

function planOf(team: Team, values: Values<typeof AUCTION>): TeamPlan {
  const { size, may } = team;
  const ahead = lookedAhead(team, values.dark);
  const bid = (i: number, j: number) => bidOf(team, ahead, values, i, j);
  const bids = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) if (may[size * i + j]) bids[size * i + j] = Math.max(0, bid(i, j));
  const won = bestAssignment(bids, size);
  const watches = Array.from(won, (peer, observer) => ({ observer, peer })).filter(
    ({ observer, peer }) => bids[size * observer + peer] > 0,
  );
  return { watches: watches.filter((watch) => !isReturned(watch, won, bids, size)), value: bid };
}

/** Two who won each other cannot both watch: the higher bid stands, of equal ones the lower row's. */
function isReturned(
  { observer, peer }: { readonly observer: number; readonly peer: number },
  won: Int32Array,
  bids: Float64Array,
  size: number,
): boolean {
  if (won[peer] !== observer) return false;
  const [own, other] = [bids[size * observer + peer], bids[size * peer + observer]];
  return other > own || (other === own && peer < observer);
}

function bidOf(
  team: Team,
  ahead: JointCovariance,
  values: Values<typeof AUCTION>,
  i: number,
  j: number,
): number {
  const { size, chance, underWay } = team;
  let drop = 0;
  for (let k = 0; k < size; k++) drop += dropOf(ahead, size, i, j, SIGHTING, k);
  const keep = underWay[size * i + j] ? values.keep : 1;
  return keep * chance[size * i + j] * drop - costOf(team, values, i, j);
}
