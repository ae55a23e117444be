import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { between, compose, exp, inverse, type Pose, planarPose } from '../../../base/se3.ts';
import { measure } from '../../../bench/outliers/simulated-team.ts';
import { Arrangement } from '../../../slam/team/arrangement.ts';
import { Chains } from '../../../slam/team/chains.ts';
import { agree, disagreement, type Hypothesis, hypothesisOf } from '../../../slam/team/consistency.ts';
import { Entries } from '../../../slam/team/entries.ts';
import { MANIFOLDS } from '../../../slam/team/manifold.ts';
import type { EdgeKind, NodeRef, TeamEdge, TeamNode } from '../../../slam/team/types.ts';
import { diagonal, node, smallTeam } from './teams.ts';

const manifold = MANIFOLDS.se3;

/** All that two robots measured of each other, as hypotheses of one pair. */
function hypothesesOf(nodes: readonly TeamNode[], edges: readonly TeamEdge[], a: number, b: number) {
  const entries = new Entries(manifold);
  for (const one of nodes) entries.addNode(one);
  for (const edge of edges) entries.addEdge(edge);
  const arrangement = new Arrangement(entries);
  const chains = new Chains(arrangement, manifold, new WeakMap());
  const list: Hypothesis[] = [];
  for (const link of arrangement.links) {
    const { from, to } = link.entry.edge;
    if (from.agent === a && to.agent === b) list.push(hypothesisOf(link, true, chains, manifold));
    if (from.agent === b && to.agent === a) list.push(hypothesisOf(link, false, chains, manifold));
  }
  return { list, chains };
}

describe('two right measurements of a pair', () => {
  it('disagree as much as their covariances and both robots’ ways between them say: χ² with six degrees of freedom', () => {
    const all: number[] = [];
    for (const seed of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6']) {
      const team = smallTeam(seed);
      const { list, chains } = hypothesesOf(team.nodes, [...team.chain, ...team.between], 0, 1);
      for (let i = 0; i < list.length; i++)
        for (let k = 0; k < i; k++) all.push(disagreement(list[k], list[i], chains, manifold));
    }
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    expect(all.length).toBeGreaterThan(300);
    expect(mean).toBeGreaterThan(4.5);
    expect(mean).toBeLessThan(7.5);
    expect(all.filter((value) => value > 22.458).length / all.length).toBeLessThan(0.02);
  });
});

describe('the squared distance of two hypotheses', () => {
  const ROUND = 400;
  /** Small enough to be linear, large and unlike along each axis: a covariance moved wrongly shows. */
  const SIGMAS = [0.0005, 0.01, 0.002, 0.004, 0.0003, 0.006];

  it('is χ² however the covariances lie: forwards and backwards, along ways that turn', () => {
    const random = new Random('axes');
    const turn = (x: number, y: number, z: number) => exp([2, 0.5, -0.3, x, y, z]);
    const ways = [0, 1].map((agent) =>
      [turn(0.3, 0, 1.4), turn(0, 1.1, 0.4), turn(-0.9, 0.2, 1)].map((pose, i) => ({ agent, i, pose })),
    );
    const places = ways.map((way) => {
      const poses = [turn(1, 1, 1)];
      for (const { pose } of way) poses.push(compose(poses.at(-1)!, pose));
      return poses;
    });
    const seen = (i: number, k: number) => between(places[0][i], places[1][k]);
    let sum = 0;
    for (let round = 0; round < ROUND; round++) {
      const draw = (kind: EdgeKind, from: NodeRef, to: NodeRef, pose: Pose) =>
        measure(kind, from, to, pose, SIGMAS, random);
      const at = (agent: number, index: number) => ({ agent, index });
      const chain = ways
        .flat()
        .map(({ agent, i, pose }) =>
          agent === 0
            ? draw('wheels', at(0, i), at(0, i + 1), pose)
            : draw('wheels', at(1, i + 1), at(1, i), inverse(pose)),
        );
      const meetings = [
        draw('sighting', at(0, 0), at(1, 0), seen(0, 0)),
        draw('sighting', at(1, 3), at(0, 3), inverse(seen(3, 3))),
      ];
      const { list, chains } = hypothesesOf(
        [0, 1].flatMap((agent) => [0, 1, 2, 3].map((i) => node(agent, i))),
        [...chain, ...meetings],
        0,
        1,
      );
      sum += disagreement(list[0], list[1], chains, manifold);
    }
    expect(sum / ROUND).toBeGreaterThan(5.3);
    expect(sum / ROUND).toBeLessThan(6.7);
  });
});

describe('the way between two measurements', () => {
  const sure = diagonal([0.01, 0.01, 0.01, 0.01, 0.01, 0.01]);
  const told = (
    kind: 'wheels' | 'sighting',
    from: [number, number],
    to: [number, number],
    pose = planarPose(1, 0, 0),
  ): TeamEdge => ({
    kind,
    from: { agent: from[0], index: from[1] },
    to: { agent: to[0], index: to[1] },
    fromFromTo: pose,
    covariance: sure,
  });
  const pair = (gap: number, shift: number) => {
    const entries = new Entries(manifold);
    for (const agent of [0, 1]) {
      for (let i = 0; i < 40; i++) entries.addNode(node(agent, i));
      for (let i = 1; i < 40; i++) entries.addEdge(told('wheels', [agent, i - 1], [agent, i]));
    }
    entries.addEdge(told('sighting', [0, 0], [1, 0]));
    entries.addEdge(
      told('sighting', [0, gap], [1, gap], compose(planarPose(1, 0, 0), planarPose(0, shift, 0))),
    );
    const arrangement = new Arrangement(entries);
    const chains = new Chains(arrangement, manifold, new WeakMap());
    const [first, second] = arrangement.links
      .filter(({ entry }) => entry.edge.kind === 'sighting')
      .map((link) => hypothesisOf(link, true, chains, manifold));
    return agree(first, second, chains, manifold);
  };

  it('excuses a difference the more, the longer it is', () => {
    expect(pair(2, 0.05)).toBe(true);
    expect(pair(2, 0.6)).toBe(false);
    expect(pair(38, 0.6)).toBe(true);
    expect(pair(38, 60)).toBe(false);
  });
});
