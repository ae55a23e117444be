import { Random } from '../base/random.ts';
import { evaluate } from '../scenarios/evaluate/metrics.ts';
import { fromPoses } from '../scenarios/evaluate/trajectory.ts';
import type { Kernels } from '../slam/kernels/kernels.ts';
import { TeamGraph } from '../slam/team/team-graph.ts';
import type { NodeRef, TeamEdge } from '../slam/team/types.ts';
import { type Bench, fixed } from './bench.ts';
import { FOUR_ROBOTS, type SimulatedTeam, simulateTeam } from './outliers/simulated-team.ts';
import { consistentlyWrong, independentlyWrong } from './outliers/wrong.ts';

const SEEDS = ['a', 'b', 'c', 'd', 'e'];

/** How often they meet, and what is known where they start. */
const TEAMS = [
  { name: 'known', known: true, shape: FOUR_ROBOTS },
  { name: 'unknown', known: false, shape: FOUR_ROBOTS },
  {
    name: 'known, meeting seldom',
    known: true,
    shape: { ...FOUR_ROBOTS, sightingShare: 0.05, placeShare: 0.004 },
  },
];

const INJECTIONS = [
  { name: 'each by itself', wrong: independentlyWrong, shares: [0.1, 0.2, 0.3, 0.4, 0.5] },
  { name: 'all alike', wrong: consistentlyWrong, shares: [0.1, 0.2, 0.3] },
];

interface Outcome {
  /** Team ATE, metres; NaN where the robots are not all joined. */
  readonly ate: number;
  /** CPU milliseconds. */
  readonly ms: number;
  readonly standing: (edge: TeamEdge) => string;
}

/** Four robots whose measurements of each other are partly wrong: the joint map with them over the joint map without. */
export const outliersBench: Bench = {
  name: 'outliers',
  about:
    'wrong measurements between robots added, as a share of all: team ATE over that with none wrong (to reach: 2; aim: 1.2), mean and worst of 5 teams of 4',
  async run({ kernels, say, stop }) {
    const rows: (string | number)[][] = [];
    for (const { name: starts, known, shape } of TEAMS) {
      const teams = SEEDS.map((seed) => simulateTeam(seed, shape));
      const measured = teams.reduce((sum, team) => sum + team.between.length, 0) / teams.length;
      const clean = teams.map((team) => solve(team, [], known, true, kernels));
      for (const { name, wrong, shares } of INJECTIONS) {
        for (const share of shares) {
          if (stop.aborted) return { head: HEAD, rows };
          say(`outliers: starts ${starts}, ${100 * share} % ${name}`);
          const spoilt = teams.map((team, k) => wrong(team, share, new Random(`outliers/${SEEDS[k]}`)));
          const robust = teams.map((team, k) => solve(team, spoilt[k], known, true, kernels));
          const plain = teams.map((team, k) => solve(team, spoilt[k], known, false, kernels));
          const how = [starts, fixed(measured, 0), name, `${100 * share} %`];
          rows.push([...how, ...compare(clean, robust, plain, spoilt)]);
        }
      }
    }
    return { head: HEAD, rows };
  },
};

const HEAD = [
  'starts',
  'right measurements',
  'wrong',
  'share',
  'ATE none wrong, m',
  'ATE, m',
  'over none wrong',
  'worst',
  'plain least squares over none wrong',
  'wrong ones kept',
  'CPU ms',
];

function compare(
  clean: readonly Outcome[],
  robust: readonly Outcome[],
  plain: readonly Outcome[],
  spoilt: readonly (readonly TeamEdge[])[],
): (string | number)[] {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const ratios = robust.map(({ ate }, k) => ate / clean[k].ate);
  const wrong = spoilt.flatMap((edges, k) => edges.map((edge) => robust[k].standing(edge)));
  return [
    fixed(mean(clean.map(({ ate }) => ate)), 3),
    fixed(mean(robust.map(({ ate }) => ate)), 3),
    fixed(mean(ratios), 2),
    fixed(Math.max(...ratios), 2),
    fixed(mean(plain.map(({ ate }, k) => ate / clean[k].ate)), 1),
    `${wrong.filter((standing) => standing === 'kept').length} of ${wrong.length}`,
    fixed(mean(robust.map(({ ms }) => ms)), 0),
  ];
}

function solve(
  team: SimulatedTeam,
  wrong: readonly TeamEdge[],
  known: boolean,
  robust: boolean,
  kernels: Kernels,
): Outcome {
  const graph = new TeamGraph({ kernels });
  for (const node of team.nodes) graph.addNode(node);
  for (const edge of [...team.chain, ...team.between, ...wrong]) graph.addEdge(edge);
  if (known) for (const start of team.starts) graph.addPrior(start);
  const started = process.cpuUsage();
  const solution = graph.solve({ robust });
  const { user, system } = process.cpuUsage(started);
  const standings = new Map(solution.verdicts.map(({ edge, standing }) => [edge, standing]));
  return {
    ate: solution.components.length === 1 ? ateOf(team, (node) => solution.poseOf(node)!) : Number.NaN,
    ms: (user + system) / 1000,
    standing: (edge) => standings.get(edge)!,
  };
}

/** One alignment for the whole team. */
function ateOf({ truth }: SimulatedTeam, poseOf: (node: NodeRef) => Float64Array): number {
  const times = truth.map((way) => way.map((_, index) => index));
  const estimates = truth.map((way, agent) =>
    fromPoses(
      times[agent],
      way.flatMap((_, index) => [...poseOf({ agent, index })]),
    ),
  );
  const truths = truth.map((way, agent) =>
    fromPoses(
      times[agent],
      way.flatMap((pose) => [...pose]),
    ),
  );
  return evaluate(estimates, truths, 'se3').ape.translation.rmse;
}
