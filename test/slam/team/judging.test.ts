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
import { diagonal, node, smallTeam } from './teams.ts';

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
    for (const one of team.nodes) entries.addNode(one);
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

describe('measurements that fit the known starts only if the ways there are doubted', () => {
  /** Two robots drive side by side; robot 1 is in truth so many of its wheels' standard deviations further left. */
  const kept = (indices: readonly number[], off: number) => {
    const entries = new Entries(manifold);
    const sigma = 0.02;
    for (const agent of [0, 1]) {
      for (let i = 0; i < 40; i++) entries.addNode(node(agent, i));
      for (let i = 1; i < 40; i++)
        entries.addEdge({
          kind: 'wheels',
          from: { agent, index: i - 1 },
          to: { agent, index: i },
          fromFromTo: planarPose(1, 0, 0),
          covariance: diagonal([sigma, sigma, sigma, 1e-5, 1e-5, 1e-5]),
        });
      entries.addPrior({
        agent,
        teamFromBody: planarPose(0, agent, 0),
        covariance: diagonal(new Array(6).fill(1e-3)),
      });
    }
    for (const index of indices)
      entries.addEdge({
        kind: 'sighting',
        from: { agent: 0, index },
        to: { agent: 1, index },
        fromFromTo: planarPose(0, 1 + off * sigma * Math.sqrt(2 * index), 0),
        covariance: diagonal(new Array(6).fill(0.01)),
      });
    const arrangement = new Arrangement(entries);
    const chains = new Chains(arrangement, manifold, new WeakMap());
    const contacts = new Contacts(manifold).gather(arrangement, chains);
    return judge(contacts, new Set(), arrangement, chains, manifold)[0].kept.length;
  };

  it('are kept where they bear each other out, not alone, and not where it is too much', () => {
    expect(kept([35], 3)).toBe(1);
    expect(kept([35], 7)).toBe(0);
    expect(kept([35, 36], 7)).toBe(2);
    expect(kept([35, 36], 15)).toBe(0);
  });
});
