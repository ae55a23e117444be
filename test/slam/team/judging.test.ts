import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { between, compose, planarPose } from '../../../base/se3.ts';
import { measure, PLACE_SIGMAS } from '../../../bench/outliers/simulated-team.ts';
import { Arrangement } from '../../../slam/team/arrangement.ts';
import { Chains } from '../../../slam/team/chains.ts';
import { Entries } from '../../../slam/team/entries.ts';
import { judge } from '../../../slam/team/judging.ts';
import { MANIFOLDS } from '../../../slam/team/manifold.ts';
import { Contacts, entriesOf } from '../../../slam/team/pairs.ts';
import { smallTeam } from './teams.ts';

const manifold = MANIFOLDS.se3;

describe('a pair with too few measurements to be joined by them', () => {
  it('keeps those that agree with what joins it through a third robot, though others agree with each other', () => {
    const team = smallTeam('outvoted');
    const random = new Random('judging');
    const own = team.between.filter(({ from, to }) => from.agent !== 2 && to.agent !== 2);
    const right = [own[2], own[own.length - 3]];
    const wrong = [20, 35, 50].map((i) => {
      const seen = between(team.truth[0][i], compose(planarPose(3, 2, 1), team.truth[1][i + 9]));
      return measure('place', { agent: 0, index: i }, { agent: 1, index: i + 9 }, seen, PLACE_SIGMAS, random);
    });
    const entries = new Entries(manifold);
    for (const node of team.nodes) entries.addNode(node);
    const others = team.between.filter((edge) => !own.includes(edge));
    for (const edge of [...team.chain, ...others, ...right, ...wrong]) entries.addEdge(edge);
    const arrangement = new Arrangement(entries);
    const chains = new Chains(arrangement, manifold, new WeakMap());
    const contacts = new Contacts(manifold).gather(arrangement, chains);
    const pair = judge(contacts, new Set(), arrangement, chains, manifold)[0];
    expect(new Set(entriesOf(pair.kept).map(({ edge }) => edge))).toEqual(new Set(right));
    expect(new Set(entriesOf(pair.dropped).map(({ edge }) => edge))).toEqual(new Set(wrong));
  });
});
