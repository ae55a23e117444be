import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../base/errors.ts';
import { Random } from '../../../base/random.ts';
import {
  between,
  compose,
  distance,
  exp,
  inverse,
  log,
  planarPose,
  poseOf,
  transformPoint,
} from '../../../base/se3.ts';
import { measure, simulateTeam } from '../../../bench/outliers/simulated-team.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { invertPositive } from '../../../slam/optimize/positive.ts';
import { TEAM_FRAME } from '../../../slam/team/solution.ts';
import { TeamGraph } from '../../../slam/team/team-graph.ts';
import type { TeamEdge } from '../../../slam/team/types.ts';
import { diagonal, graphOf, node, RANGE_AND_BEARING, shuffled, smallTeam } from './teams.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const ref = (agent: number, index: number) => ({ agent, index });
const STEP = diagonal([0.02, 0.02, 0.02, 0.01, 0.01, 0.01]);
const SURE_SIGMAS = [1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3];
const SURE = diagonal([1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3]);

function step(agent: number, index: number, fromFromTo = poseOf(1, 0, 0)): TeamEdge {
  return { kind: 'wheels', from: ref(agent, index), to: ref(agent, index + 1), fromFromTo, covariance: STEP };
}

function sees(
  from: [number, number],
  to: [number, number],
  fromFromTo = poseOf(0, 2, 0),
  covariance = STEP,
): TeamEdge {
  return { kind: 'sighting', from: ref(...from), to: ref(...to), fromFromTo, covariance };
}

describe('a team graph', () => {
  it('is the same to the last bit in whatever order its entries came, doubled too', () => {
    const team = smallTeam('order');
    const edges = [...team.chain, ...team.between];
    const plain = graphOf(kernels, { nodes: team.nodes, edges, starts: team.starts }).solve();
    const random = new Random('shuffle');
    const mixed = graphOf(kernels, {
      nodes: shuffled([...team.nodes, ...team.nodes], random),
      edges: shuffled([...edges, ...edges.slice(0, 90)], random),
      starts: shuffled(team.starts, random),
    }).solve();
    for (const one of team.nodes) expect(mixed.poseOf(one)).toEqual(plain.poseOf(one));
    expect(mixed.verdicts).toEqual(plain.verdicts);
    expect(mixed.cost).toBe(plain.cost);
  });

  it('says what is new, and lets an edge wait for its nodes', () => {
    const graph = new TeamGraph({ kernels });
    expect(graph.addEdge(step(0, 0))).toBe(true);
    expect(graph.addEdge(step(0, 0))).toBe(false);
    expect(graph.addNode(node(0, 0))).toBe(true);
    expect(graph.addNode(node(0, 0))).toBe(false);
    expect(graph.solve().poseOf(ref(0, 1))).toBeUndefined();
    graph.addNode(node(0, 1));
    expect(graph.solve().poseOf(ref(0, 1))![0]).toBeCloseTo(1, 9);
  });

  it.each<[string, TeamEdge]>([
    ['sees itself', { ...sees([1, 0], [1, 3]) }],
    ['drives from one robot to another', { ...step(0, 0), to: ref(1, 1) }],
    ['stays at a node', { ...step(0, 0), to: ref(0, 0) }],
    ['has a negative variance', { ...step(0, 0), covariance: diagonal([1, 1, 1, 1, 1, 1]).fill(-1, 7, 8) }],
    ['knows nothing', { ...step(0, 0), covariance: new Float64Array(36).fill(Number.POSITIVE_INFINITY) }],
    ['is no pose', { ...step(0, 0), fromFromTo: poseOf(Number.NaN, 0, 0) }],
  ])('refuses an edge that %s', (_, edge) => {
    const graph = new TeamGraph({ kernels });
    expect(() => graph.addEdge(edge)).toThrow(InputError);
    expect(() => graph.addEdge(edge)).toThrow(/node 0 of agent/);
  });

  it('stands where the lowest robot began in its own map, or where starts are known in the team frame', () => {
    const begin = planarPose(3, 4, 1);
    const nodes = [node(2, 0, begin), node(2, 1)];
    const alone = graphOf(kernels, { nodes, edges: [step(2, 0)] }).solve();
    expect(alone.components).toEqual([{ frame: 2, agents: [2] }]);
    expect(distance(alone.poseOf(ref(2, 1))!, compose(begin, poseOf(1, 0, 0)))).toBeLessThan(1e-9);
    const teamFromBody = planarPose(-5, 0, 2);
    const starts = [{ agent: 2, teamFromBody, covariance: SURE }];
    const placed = graphOf(kernels, { nodes, edges: [step(2, 0)], starts }).solve();
    expect(placed.components).toEqual([{ frame: TEAM_FRAME, agents: [2] }]);
    expect(distance(placed.poseOf(ref(2, 0))!, teamFromBody)).toBeLessThan(1e-9);
  });

  it('takes a range and a bearing for the exact place it is, whatever the headings', () => {
    const nodes = [node(0, 0), node(0, 1), node(1, 0)];
    const seen = poseOf(1, 2, 0.5);
    const edges = [step(0, 0, planarPose(1, 0, 1.2)), sees([0, 1], [1, 0], seen, RANGE_AND_BEARING)];
    const starts = [
      { agent: 0, teamFromBody: planarPose(0, 0, 0.4), covariance: SURE },
      { agent: 1, teamFromBody: planarPose(2, 2, 2.9), covariance: diagonal([2, 2, 2, 0.01, 0.01, 0.01]) },
    ];
    const solution = graphOf(kernels, { nodes, edges, starts }).solve();
    const [observer, peer] = [solution.poseOf(ref(0, 1))!, solution.poseOf(ref(1, 0))!];
    const place = transformPoint(inverse(observer), peer);
    [0, 1, 2].forEach((i) => {
      expect(place[i]).toBeCloseTo(seen[i], 2);
    });
    expect(log(between(planarPose(2, 2, 2.9), peer))[5]).toBeCloseTo(0, 6);
  });

  it('in the plane: landmarks hold, and z, roll and pitch have no part', () => {
    const covariance = diagonal([
      0.05,
      0.05,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      0.02,
    ]);
    const graph = new TeamGraph({ kernels, manifold: 'se2' });
    for (let i = 0; i < 20; i++) graph.addNode(node(1, i));
    for (let i = 0; i < 19; i++) graph.addEdge({ ...step(1, i, planarPose(1, 0, 0.02)), covariance });
    graph.addPrior({ agent: 1, teamFromBody: planarPose(0, 0, 0), covariance });
    const marks = [poseOf(5, 3, 0), poseOf(10, -3, 0), poseOf(18, 2, 0)];
    marks.forEach((mark, k) => {
      graph.addLandmark(ref(100 + k, 0), mark);
      for (const index of [4, 9, 15, 19])
        graph.addEdge(sees([1, index], [100 + k, 0], poseOf(mark[0] - index, mark[1], 0), RANGE_AND_BEARING));
    });
    const solution = graph.solve({ covariancesOf: [ref(1, 19)] });
    expect(distance(solution.poseOf(ref(1, 19))!, poseOf(19, 0, 0))).toBeLessThan(0.05);
    expect(solution.poseOf(ref(100, 0))).toEqual(planarPose(5, 3, 0));
    const sigma = solution.covarianceOf(ref(1, 19))!;
    expect(Math.sqrt(sigma[0])).toBeLessThan(0.05);
    expect(sigma[14]).toBe(0);
    expect(solution.verdicts.every(({ standing }) => standing === 'kept')).toBe(true);
  });

  it('knows how wrong it may be: errors over covariances are χ² with six degrees of freedom', () => {
    let [sum, count] = [0, 0];
    for (const seed of ['n1', 'n2', 'n3', 'n4', 'n5', 'n6']) {
      const team = smallTeam(seed);
      const told = { nodes: team.nodes, edges: [...team.chain, ...team.between], starts: team.starts };
      const asked = [0, 1, 2].flatMap((agent) => [ref(agent, 40), ref(agent, 79)]);
      const solution = graphOf(kernels, told).solve({ covariancesOf: asked });
      for (const one of asked) {
        const error = log(between(solution.poseOf(one)!, team.truth[one.agent][one.index]));
        const information = invertPositive(solution.covarianceOf(one)!, 6)!;
        for (let i = 0; i < 6; i++)
          for (let k = 0; k < 6; k++) sum += error[i] * information[6 * i + k] * error[k];
        count++;
      }
    }
    expect(sum / count).toBeGreaterThan(4.5);
    expect(sum / count).toBeLessThan(8);
  });

  it.each(['se2', 'se3'] as const)('finds how wrong wheels are, along the way, over %s', (manifold) => {
    const random = new Random('wheels');
    const hidden = [0.06, -0.04, 0.01];
    const graph = new TeamGraph({ kernels, manifold });
    const way = [planarPose(0, 0, 0)];
    for (let i = 1; i < 120; i++) {
      const turn = i % 12 < 4 ? 0.3 : -0.05;
      way.push(compose(way[i - 1], planarPose(0.3, 0, turn)));
      const told = measure('wheels', ref(0, i - 1), ref(0, i), planarPose(0.3, 0, turn), SURE_SIGMAS, random);
      const byCalibration = new Float64Array(18);
      byCalibration[0] = 0.3;
      byCalibration[16] = turn;
      byCalibration[17] = 1;
      const off = exp([-0.3 * hidden[0], 0, 0, 0, 0, -turn * hidden[1] - hidden[2]]);
      graph.addEdge({ ...told, fromFromTo: compose(told.fromFromTo, off), byCalibration });
    }
    way.forEach((_, i) => {
      graph.addNode(node(0, i));
    });
    graph.addPrior({ agent: 0, teamFromBody: way[0], covariance: SURE });
    [poseOf(3, 3, 0), poseOf(-3, 4, 0), poseOf(0, -4, 0)].forEach((mark, k) => {
      graph.addLandmark(ref(9 + k, 0), mark);
      for (let i = 3; i < 120; i += 9) {
        const seen = transformPoint(inverse(way[i]), mark);
        graph.addEdge(sees([0, i], [9 + k, 0], poseOf(seen[0], seen[1], seen[2]), RANGE_AND_BEARING));
      }
    });
    graph.addCalibration({
      agent: 0,
      mean: new Float64Array(3),
      covariance: Float64Array.of(0.01, 0, 0, 0, 0.01, 0, 0, 0, 0.01),
    });
    const { values, covariance } = graph.solve().calibrationOf(0)!;
    hidden.forEach((value, k) => {
      const sigma = Math.sqrt(covariance![4 * k]);
      expect(sigma).toBeLessThan(0.01);
      expect(Math.abs(values[k] - value)).toBeLessThan(4 * sigma);
    });
  });

  it('goes on from its last solution as it would from none, in fewer steps', () => {
    const team = simulateTeam('growing', { robots: 3, length: 80, sightingShare: 0.5, placeShare: 0.05 });
    const graph = graphOf(kernels, {
      nodes: [],
      edges: [...team.chain, ...team.between],
      starts: team.starts,
    });
    let warm = graph.solve();
    for (let time = 0; time < 80; time += 4) {
      for (const one of team.nodes) if (one.index < time + 4) graph.addNode(one);
      warm = graph.solve();
    }
    const told = { nodes: team.nodes, edges: [...team.chain, ...team.between], starts: team.starts };
    const cold = graphOf(kernels, told).solve();
    expect(warm.verdicts.map(({ standing }) => standing)).toEqual(
      cold.verdicts.map(({ standing }) => standing),
    );
    expect(warm.cost).toBeCloseTo(cold.cost, 2);
    for (const one of team.nodes) expect(distance(warm.poseOf(one)!, cold.poseOf(one)!)).toBeLessThan(0.01);
    expect(graph.solve().iterations).toBeLessThan(cold.iterations);
  });
});
