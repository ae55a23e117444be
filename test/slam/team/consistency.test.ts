import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { between, compose, exp, planarPose } from '../../../base/se3.ts';
import { measure } from '../../../bench/outliers/simulated-team.ts';
import { Arrangement } from '../../../slam/team/arrangement.ts';
import { Chains } from '../../../slam/team/chains.ts';
import { agreement, disagreement, type Hypothesis, hypothesisOf } from '../../../slam/team/consistency.ts';
import { Entries } from '../../../slam/team/entries.ts';
import { MANIFOLDS } from '../../../slam/team/manifold.ts';
import { relayed } from '../../../slam/team/relay.ts';
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
  const ROUNDS = 500;
  /** Small enough to be linear, large and unlike along each axis: a covariance moved wrongly shows. */
  const SIGMAS = [0.0005, 0.01, 0.002, 0.004, 0.0003, 0.006];
  const turn = (x: number, y: number, z: number) => exp([2, 0.5, -0.3, x, y, z]);
  const STEPS = [
    [turn(0.3, 0, 1.4), turn(0, 1.1, 0.4), turn(-0.9, 0.2, 1)],
    [turn(1.3, 0.4, 0), turn(-0.5, 0.7, 1.2), turn(0.2, -1.2, 0.1)],
    [turn(0, 0.8, -1.1), turn(0.6, 0.6, 0.6), turn(-1.4, 0.1, 0.3)],
  ];
  const WAYS = STEPS.map((steps, agent) => {
    const poses = [turn(1, agent, 1)];
    for (const step of steps) poses.push(compose(poses.at(-1)!, step));
    return poses;
  });
  const at = (agent: number, index: number) => ({ agent, index });
  const NODES = [0, 1, 2].flatMap((agent) => [0, 1, 2, 3].map((i) => node(agent, i)));

  /** Ways driven anew, robot 0's edges told forwards and all others' backwards; each robot's noise so many times the usual. */
  function drawn(
    random: Random,
    noise: readonly number[],
    meetings: readonly (readonly [NodeRef, NodeRef])[],
  ): TeamEdge[] {
    const draw = (kind: EdgeKind, from: NodeRef, to: NodeRef, times: number) => {
      const pose = between(WAYS[from.agent][from.index], WAYS[to.agent][to.index]);
      return measure(
        kind,
        from,
        to,
        pose,
        SIGMAS.map((sigma) => times * sigma),
        random,
      );
    };
    const chain = [0, 1, 2].flatMap((agent) =>
      [0, 1, 2].map((i) =>
        draw('wheels', at(agent, agent ? i + 1 : i), at(agent, agent ? i : i + 1), noise[agent]),
      ),
    );
    return [...chain, ...meetings.map(([from, to]) => draw('sighting', from, to, 1))];
  }

  it.each([
    ['mostly the first one’s way', [4, 1]],
    ['mostly the second one’s way', [1, 4]],
    ['mostly the measurements', [0.3, 0.3]],
  ])('is χ² however the covariances lie: %s', (_, noise) => {
    const random = new Random('axes');
    const meetings = [
      [at(0, 0), at(1, 0)],
      [at(1, 3), at(0, 3)],
    ] as const;
    let sum = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { list, chains } = hypothesesOf(NODES, drawn(random, [...noise, 1], meetings), 0, 1);
      sum += disagreement(list[0], list[1], chains, manifold);
    }
    expect(sum / ROUNDS).toBeGreaterThan(5.4);
    expect(sum / ROUNDS).toBeLessThan(6.6);
  });

  it.each([
    ['the first one’s way', [3, 1, 1]],
    ['the second one’s way', [1, 3, 1]],
    ['the third one’s way', [1, 1, 3]],
  ])('is χ² too for what a third robot tells: %s', (_, noise) => {
    const random = new Random('relay');
    const meetings = [
      [at(0, 3), at(1, 0)],
      [at(0, 1), at(2, 0)],
      [at(1, 2), at(2, 3)],
    ] as const;
    let sum = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const edges = drawn(random, noise, meetings);
      const [direct, a, b] = [
        [0, 1],
        [0, 2],
        [1, 2],
      ].map(([p, q]) => hypothesesOf(NODES, edges, p, q));
      const joints = [
        { a: 0, b: 8, best: a.list[0], support: 1 },
        { a: 4, b: 8, best: b.list[0], support: 1 },
      ];
      sum += disagreement(relayed(0, 4, joints, direct.chains, 1)!, direct.list[0], direct.chains, manifold);
    }
    expect(sum / ROUNDS).toBeGreaterThan(5.4);
    expect(sum / ROUNDS).toBeLessThan(6.6);
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
    return agreement(first, second, chains, manifold);
  };

  it('excuses a difference the more, the longer it is', () => {
    expect(pair(2, 0.05)).toBe(2);
    expect(pair(2, 0.6)).toBe(0);
    expect(pair(38, 0.6)).toBe(2);
    expect(pair(38, 60)).toBe(0);
  });
});
