import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { between, compose, distance, type Pose, planarPose, yawOf } from '../../../base/se3.ts';
import {
  measure,
  PLACE_SIGMAS,
  type SimulatedTeam,
  sightingSigmas,
  simulateTeam,
} from '../../../bench/outliers/simulated-team.ts';
import { independentlyWrong } from '../../../bench/outliers/wrong.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import type { TeamSolution } from '../../../slam/team/solution.ts';
import type { TeamEdge } from '../../../slam/team/types.ts';
import { graphOf, smallTeam } from './teams.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

/** Root mean square of the positions' errors, the first robot's start taken for granted. */
function errorOf(solution: TeamSolution, { truth }: SimulatedTeam): number {
  const base = compose(truth[0][0], between(solution.poseOf({ agent: 0, index: 0 })!, planarPose(0, 0, 0)));
  let [sum, count] = [0, 0];
  truth.forEach((way, agent) => {
    way.forEach((pose, index) => {
      const error = distance(compose(base, solution.poseOf({ agent, index })!), pose);
      sum += error * error;
      count++;
    });
  });
  return Math.sqrt(sum / count);
}

function standings(solution: TeamSolution, edges: readonly TeamEdge[]): Set<string> {
  return new Set(
    solution.verdicts.filter(({ edge }) => edges.includes(edge)).map(({ standing }) => standing),
  );
}

/** Where a mirror shows a body: its place and heading reflected. */
function mirrored(pose: Pose): Pose {
  return planarPose(16 - pose[0], pose[1], Math.PI - yawOf(pose));
}

/** Robot 0 sees robot 1 in a mirror the whole time. */
function mirroredWhile(team: SimulatedTeam, [first, end]: [number, number], random: Random): TeamEdge[] {
  return Array.from({ length: end - first }, (_, k) => {
    const index = first + k;
    const seen = between(team.truth[0][index], mirrored(team.truth[1][index]));
    return measure('sighting', { agent: 0, index }, { agent: 1, index }, seen, sightingSigmas(seen), random);
  });
}

function solve(team: SimulatedTeam, wrong: readonly TeamEdge[], known: boolean): TeamSolution {
  const edges = [...team.chain, ...team.between, ...wrong];
  return graphOf(kernels, { nodes: team.nodes, edges, starts: known ? team.starts : [] }).solve();
}

describe.each([
  ['known', true],
  ['unknown', false],
])('with starts that are %s', (_, known) => {
  it('rejects sightings that name the wrong robot', () => {
    const team = smallTeam('identity');
    const random = new Random('identity');
    const wrong = team.between
      .filter(({ kind }) => kind === 'sighting')
      .filter((_, k) => k % 3 === 0)
      .map(({ from, to }) => {
        const seen = between(team.truth[from.agent][from.index], team.truth[to.agent][to.index]);
        const named = { agent: 3 - from.agent - to.agent, index: to.index };
        return measure('sighting', from, named, seen, sightingSigmas(seen), random);
      });
    expect(wrong.length).toBeGreaterThan(5);
    const [clean, spoilt] = [solve(team, [], known), solve(team, wrong, known)];
    expect(standings(spoilt, wrong)).toEqual(new Set(['rejected']));
    expect(errorOf(spoilt, team)).toBeLessThan(1.2 * errorOf(clean, team) + 0.01);
  });

  it.each(['mirror', 'm3', 'm4'])(
    'rejects a mirror image of a teammate that stays for a while: %s',
    (seed) => {
      const team = smallTeam(seed);
      const random = new Random('mirror');
      const wrong = mirroredWhile(team, [20, 45], random);
      const [clean, spoilt] = [solve(team, [], known), solve(team, wrong, known)];
      expect(standings(spoilt, wrong)).toEqual(new Set(['rejected']));
      expect(errorOf(spoilt, team)).toBeLessThan(1.2 * errorOf(clean, team) + 0.01);
    },
  );

  it('rejects places taken for others, and a loop of one robot that is none', () => {
    const team = smallTeam('places');
    const random = new Random('places');
    const wrong = Array.from({ length: 8 }, (_, k) =>
      measure(
        'place',
        { agent: k % 2, index: 5 + 7 * k },
        { agent: 2, index: 70 - 8 * k },
        planarPose(0.5, 0.2, random.uniform(-0.3, 0.3)),
        PLACE_SIGMAS,
        random,
      ),
    );
    const loop = measure(
      'loop',
      { agent: 1, index: 10 },
      { agent: 1, index: 60 },
      compose(between(team.truth[1][10], team.truth[1][60]), planarPose(3, 2, 1)),
      PLACE_SIGMAS,
      random,
    );
    const [clean, spoilt] = [solve(team, [], known), solve(team, [...wrong, loop], known)];
    expect(standings(spoilt, [...wrong, loop])).toEqual(new Set(['rejected']));
    expect(errorOf(spoilt, team)).toBeLessThan(1.2 * errorOf(clean, team) + 0.01);
  });
});

function shifted(team: SimulatedTeam, count: number, random: Random): TeamEdge[] {
  return Array.from({ length: count }, (_, k) => {
    const [i, j] = [10 + 5 * k, 70 - 5 * k];
    const seen = between(team.truth[0][i], compose(planarPose(3, 2, 1), team.truth[1][j]));
    return measure('place', { agent: 0, index: i }, { agent: 1, index: j }, seen, PLACE_SIGMAS, random);
  });
}

describe('where two robots measured more wrong than right of each other, all alike', () => {
  /** Robots 0 and 1 are well joined through 2; of each other they have `right` measurements, and `wrong` of a shifted one. */
  const spoilt = (right: number, wrong: number | [number, number], known: boolean) => {
    const team = smallTeam('outvoted');
    const random = new Random('outvoted');
    const own = team.between.filter(({ from, to }) => from.agent !== 2 && to.agent !== 2);
    const others = team.between.filter((edge) => !own.includes(edge));
    const some = own.filter((_, k) => k % Math.floor(own.length / right) === 0).slice(0, right);
    const bad = typeof wrong === 'number' ? shifted(team, wrong, random) : mirroredWhile(team, wrong, random);
    const edges = [...team.chain, ...others, ...some, ...bad];
    const starts = known ? team.starts : [];
    return { solution: graphOf(kernels, { nodes: team.nodes, edges, starts }).solve(), some, bad };
  };

  it('too few to join them, the others decide', () => {
    const { solution, some, bad } = spoilt(2, 3, false);
    expect(standings(solution, bad)).toEqual(new Set(['rejected']));
    expect(standings(solution, some)).toEqual(new Set(['kept']));
  });

  it('or a mirror image, as long as it might be none, the others decide', () => {
    const { solution, some, bad } = spoilt(2, [20, 45], false);
    expect(standings(solution, bad)).toEqual(new Set(['rejected']));
    expect(standings(solution, some)).toEqual(new Set(['kept']));
  });

  it('enough to join them, the others outvote them', () => {
    const { solution, some, bad } = spoilt(5, 9, false);
    expect(standings(solution, bad)).toEqual(new Set(['rejected']));
    expect(standings(solution, some)).toEqual(new Set(['kept']));
  });

  it('enough to speak against known starts, the others outvote them', () => {
    const { solution, some, bad } = spoilt(3, 9, true);
    expect(standings(solution, bad)).toEqual(new Set(['rejected']));
    expect(standings(solution, some)).toEqual(new Set(['kept']));
  });
});

describe('before two robots are joined', () => {
  const drive = (seed: string, turn: (i: number) => number) => {
    const way = [planarPose(0, 0, 0)];
    const random = new Random(seed);
    for (let i = 1; i < 20; i++) way.push(compose(way[i - 1], planarPose(0.5, 0, turn(i))));
    const truth = [Array.from(way, () => planarPose(2, 6, -1)), way];
    const told = [0, 1].flatMap((agent) =>
      truth[agent].map((pose, index) => ({
        agent,
        index,
        time: index,
        keyframe: index,
        worldFromBody: pose,
      })),
    );
    const chain = [0, 1].flatMap((agent) =>
      truth[agent]
        .slice(1)
        .map((pose, i) =>
          measure(
            'wheels',
            { agent, index: i },
            { agent, index: i + 1 },
            between(truth[agent][i], pose),
            [0.01, 0.01, 0.01, 0.01, 0.01, 0.01],
            random,
          ),
        ),
    );
    const sight = (index: number) => {
      const seen = between(truth[0][index], truth[1][index]);
      return measure(
        'sighting',
        { agent: 0, index },
        { agent: 1, index },
        seen,
        sightingSigmas(seen),
        random,
      );
    };
    return { told, chain, sight };
  };
  const parts = (sightings: number[], turn: (i: number) => number) => {
    const { told, chain, sight } = drive('joining', turn);
    const solution = graphOf(kernels, { nodes: told, edges: [...chain, ...sightings.map(sight)] }).solve();
    return { parts: solution.components.length, standing: solution.verdicts[0].standing };
  };

  it('four measurements at different times have to agree', () => {
    expect(parts([2, 7, 12, 17], () => 0.06)).toEqual({ parts: 1, standing: 'kept' });
    expect(parts([2, 7, 17], () => 0.06)).toEqual({ parts: 2, standing: 'waiting' });
  });

  it('and who is seen has to turn, for a mirror image would not be found out before', () => {
    expect(parts([2, 7, 12, 17], () => 0)).toEqual({ parts: 2, standing: 'waiting' });
    const about = (i: number) => (i === 10 ? Math.PI : 0);
    expect(parts([2, 7, 12, 17], about)).toEqual({ parts: 2, standing: 'waiting' });
  });
});

describe('a minority that agrees with itself', () => {
  it('stays rejected while right measurements are more, and plain least squares is pulled away', () => {
    const team = simulateTeam('minority', { robots: 2, length: 100, sightingShare: 0.8, placeShare: 0.1 });
    const random = new Random('minority');
    const wrong = team.between
      .filter((_, k) => k % 3 === 0)
      .map(({ kind, from, to, covariance }) => {
        const elsewhere = planarPose(4, -3, 1);
        const shown = (agent: number, index: number) =>
          agent === 0 ? compose(elsewhere, team.truth[0][index]) : team.truth[1][index];
        const seen = between(shown(from.agent, from.index), shown(to.agent, to.index));
        return measure(
          kind,
          from,
          to,
          seen,
          Array.from({ length: 6 }, (_, i) => Math.sqrt(covariance[7 * i])),
          random,
        );
      });
    const edges = [...team.chain, ...team.between, ...wrong];
    const graph = graphOf(kernels, { nodes: team.nodes, edges });
    const clean = errorOf(solve(team, [], false), team);
    expect(errorOf(graph.solve(), team)).toBeLessThan(1.2 * clean + 0.01);
    expect(errorOf(graph.solve({ robust: false }), team)).toBeGreaterThan(4 * clean);
  });
});

describe('a robot whose wheels err twice as much as they say', () => {
  it('keeps nearly all that is right, and still nothing that is wrong', () => {
    const team = simulateTeam('slipping', { robots: 4, length: 150, sightingShare: 0.1, placeShare: 0.006 });
    const chain = team.chain.map((edge) => ({
      ...edge,
      covariance: edge.covariance.map((value) => value / 4),
    }));
    const random = new Random('slipping');
    const wrong = independentlyWrong(team, 0.3, random);
    expect(wrong.length).toBeGreaterThan(5);
    const edges = [...chain, ...team.between, ...wrong];
    const solution = graphOf(kernels, { nodes: team.nodes, edges, starts: team.starts }).solve();
    expect(standings(solution, wrong)).toEqual(new Set(['rejected']));
    const kept = solution.verdicts.filter(({ standing }) => standing === 'kept');
    expect(kept.length).toBeGreaterThan(0.95 * team.between.length);
  });
});
