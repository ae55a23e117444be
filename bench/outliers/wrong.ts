import type { Random } from '../../base/random.ts';
import { between, compose, exp, type Pose, planarPose } from '../../base/se3.ts';
import type { TeamEdge } from '../../slam/team/types.ts';
import type { SimulatedTeam } from './simulated-team.ts';

/** So much of a team's measurements made wrong, each by itself: anywhere in the hall. */
export function independentlyWrong(
  { between: edges }: SimulatedTeam,
  share: number,
  random: Random,
): { edges: TeamEdge[]; wrong: ReadonlySet<TeamEdge> } {
  return spoil(edges, share, random, (edge) => ({
    ...edge,
    fromFromTo: planarPose(random.uniform(-6, 6), random.uniform(-6, 6), random.uniform(-Math.PI, Math.PI)),
  }));
}

/**
 * So much of what each two robots measured of each other made wrong, all alike: as if the second robot stood elsewhere all the
 * time, by the same rigid motion.
 */
export function consistentlyWrong(
  { between: edges, truth }: SimulatedTeam,
  share: number,
  random: Random,
): { edges: TeamEdge[]; wrong: ReadonlySet<TeamEdge> } {
  const shifts = new Map<string, Pose>();
  return spoil(edges, share, random, (edge) => {
    const [low, high] = [edge.from.agent, edge.to.agent].sort((a, b) => a - b);
    const pair = `${low} ${high}`;
    if (!shifts.has(pair)) {
      const turn = random.uniform(0.3, 1) * (random.chance(0.5) ? 1 : -1);
      shifts.set(pair, planarPose(random.uniform(2, 5), random.uniform(2, 5), turn));
    }
    const shift = shifts.get(pair)!;
    const from = truth[edge.from.agent][edge.from.index];
    const to = truth[edge.to.agent][edge.to.index];
    const seen =
      edge.to.agent === high ? between(from, compose(shift, to)) : between(compose(shift, from), to);
    const noise = exp(Array.from({ length: 6 }, (_, i) => random.normal(Math.sqrt(edge.covariance[7 * i]))));
    return { ...edge, fromFromTo: compose(seen, noise) };
  });
}

/** Rounded down in each pair of robots, so that right ones stay the most wherever they are to be the most. */
function spoil(
  edges: readonly TeamEdge[],
  share: number,
  random: Random,
  wronged: (edge: TeamEdge) => TeamEdge,
): { edges: TeamEdge[]; wrong: ReadonlySet<TeamEdge> } {
  const pairs = new Map<string, TeamEdge[]>();
  for (const edge of edges) {
    const pair = [edge.from.agent, edge.to.agent].sort((a, b) => a - b).join(' ');
    pairs.set(pair, [...(pairs.get(pair) ?? []), edge]);
  }
  const chosen = new Set<TeamEdge>();
  for (const list of pairs.values()) {
    for (const edge of random.shuffle(list).slice(0, Math.floor(share * list.length))) chosen.add(edge);
  }
  const wrong = new Set<TeamEdge>();
  const out = edges.map((edge) => {
    if (!chosen.has(edge)) return edge;
    const bad = wronged(edge);
    wrong.add(bad);
    return bad;
  });
  return { edges: out, wrong };
}
