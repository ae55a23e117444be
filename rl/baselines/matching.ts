import type { Team } from './team.ts';
import type { TeamPlan, Watch } from './team-rule.ts';

/** Watches that are worth it, the best first (of equals, the one with the lowest rows), no robot twice. */
export function greedyPlan({ size, may }: Team, value: TeamPlan['value']): TeamPlan {
  const offers: (Watch & { readonly worth: number })[] = [];
  for (let observer = 0; observer < size; observer++) {
    for (let peer = 0; peer < size; peer++) {
      if (!may[size * observer + peer]) continue;
      const worth = value(observer, peer);
      if (worth > 0) offers.push({ observer, peer, worth });
    }
  }
  offers.sort((a, b) => b.worth - a.worth || a.observer - b.observer || a.peer - b.peer);
  const busy = new Set<number>();
  const watches = offers.filter(({ observer, peer }) => {
    if (busy.has(observer) || busy.has(peer)) return false;
    busy.add(observer).add(peer);
    return true;
  });
  return { watches, value };
}
