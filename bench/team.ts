import { Random } from '../base/random.ts';
import type { RunMetrics } from '../scenarios/run.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { comparePaired, type Interval, mean, median, wilson } from '../scenarios/statistics.ts';
import { type Bench, fixed } from './bench.ts';
import type { MissionPlan } from './missions/plan.ts';
import { type MissionOutcome, runAll } from './missions/run-all.ts';
import { scenarioOf } from './scenarios.ts';

/** Who is compared, in corridors: the policy that allocates, and mapping alone without and with what is seen by chance. */
const ALLOCATING = { policy: 'greedy-trace', relative: true, fidelity: 'features' } as const;
const ALONE = { policy: 'independent', relative: false, fidelity: 'features' } as const;
const BY_CHANCE = { policy: 'independent', relative: true, fidelity: 'features' } as const;

type Who = Pick<MissionPlan, 'policy' | 'relative'>;

/** Seconds in which teams that do not know their starts should have joined, and how many seeds there are to a rescue. */
const JOINING = 90;
const RESCUES = 3;

type Row = readonly (string | number)[];

/** What collaboration is worth: the same missions with and without it, seed by seed. */
export const teamBench: Bench = {
  name: 'team',
  about: 'whether it pays to watch each other: four robots, paired missions, 95 % intervals',
  async run(context) {
    const corridors = await scenarioOf(context, 'corridors');
    const rescue = await scenarioOf(context, 'rescue');
    const unknown: Scenario = { ...corridors, name: 'corridors, starts unknown', initialPoses: 'unknown' };
    const seeds = Array.from({ length: context.seeds }, (_, i) => i + 1);
    const outcomes = await runAll(
      seeds.flatMap((seed): MissionPlan[] => [
        ...[ALLOCATING, ALONE, BY_CHANCE].map((who) => ({ scenario: corridors, seed, ...who })),
        { scenario: unknown, seed, duration: JOINING, ...ALLOCATING },
        ...(seed % RESCUES === 0 ? [{ scenario: rescue, seed, ...ALLOCATING }] : []),
      ]),
      context,
    );
    const of = (scenario: Scenario, who: Who) => outcomes.filter((o) => isOf(o, scenario, who));
    const helped = of(corridors, ALLOCATING);
    return {
      head: ['what', 'measured', '95 % interval', 'reach', 'aim'],
      rows: [
        ...[ALLOCATING, ALONE, BY_CHANCE].flatMap((who) => errorRows(nameOf(who), of(corridors, who))),
        ...ratioRows('over independent without sightings', helped, of(corridors, ALONE), '≤ 0.6', '≤ 0.35'),
        ...ratioRows(
          'over independent with chance sightings',
          helped,
          of(corridors, BY_CHANCE),
          '< 1',
          '≤ 0.8',
        ),
        ...rescueRows('rescue', of(rescue, ALLOCATING)),
        ...rescueRows('corridors', helped),
        joinedRow(of(unknown, ALLOCATING)),
        ...byteRows(helped),
      ],
    };
  },
};

function isOf({ plan }: MissionOutcome, scenario: Scenario, { policy, relative }: Who): boolean {
  return plan.scenario === scenario && plan.policy === policy && plan.relative === relative;
}

function nameOf({ policy, relative }: Who): string {
  return relative ? policy : `${policy} without sightings`;
}

function errorRows(who: string, outcomes: readonly MissionOutcome[]): Row[] {
  const errors = outcomes.map(({ metrics }) => metrics.team.ateRmse).filter((ate) => ate !== null);
  const areas = outcomes.map(({ metrics }) => metrics.team.accurateCoverageAuc);
  const observed = outcomes.map(({ metrics }) => metrics.agents.reduce((s, a) => s + a.taskS.observe, 0));
  return [
    [
      `${who}: team ATE, mean and median, m`,
      `${fixed(mean(errors), 3)}, ${fixed(median(errors), 3)}`,
      '',
      '',
      '',
    ],
    [
      `${who}: accurate coverage AUC, %; robots × seconds observing`,
      `${fixed(100 * mean(areas), 1)}; ${fixed(mean(observed), 0)}`,
      '',
      '',
      '',
    ],
  ];
}

/** Only seeds that both have an error of count. */
function ratioRows(
  over: string,
  ours: readonly MissionOutcome[],
  theirs: readonly MissionOutcome[],
  reach: string,
  aim: string,
): Row[] {
  const pairs = ours.flatMap(({ plan, metrics }) => {
    const other = theirs.find((o) => o.plan.seed === plan.seed)?.metrics.team.ateRmse ?? null;
    const { ateRmse } = metrics.team;
    return ateRmse === null || other === null ? [] : [[ateRmse, other]];
  });
  const { ratioOfMeans, ratioOfMedians } = comparePaired(
    pairs.map(([our]) => our),
    pairs.map(([, their]) => their),
    new Random('bench/team'),
  );
  const title = `greedy-trace ${over}, ${pairs.length} seeds`;
  return [
    [`${title}: ratio of mean team ATE`, fixed(ratioOfMeans.value, 2), span(ratioOfMeans, 2), reach, aim],
    [`${title}: of medians`, fixed(ratioOfMedians.value, 2), span(ratioOfMedians, 2), reach, aim],
  ];
}

function rescueRows(where: string, outcomes: readonly MissionOutcome[]): Row[] {
  const rescues = outcomes.flatMap(({ metrics }) => metrics.team.rescues ?? []);
  const total = (count: (r: (typeof rescues)[number]) => number) => rescues.reduce((s, r) => s + count(r), 0);
  const lost = total((r) => r.lost);
  const share = wilson(
    total((r) => r.recovered),
    lost,
  );
  const times = rescues.flatMap(({ medianS }) => medianS ?? []);
  return [
    [
      `${where}: of ${lost} lost brought back by a peer, %`,
      percent(share.value),
      percentSpan(share),
      '≥ 80',
      '≥ 95',
    ],
    [`${where}: median over missions of the median time, s`, fixed(median(times), 1), '', '', ''],
  ];
}

function joinedRow(outcomes: readonly MissionOutcome[]): Row {
  const joined = outcomes.filter(({ metrics: { team } }) => team.framesJoined === team.agents).length;
  const share = wilson(joined, outcomes.length);
  return [
    `starts unknown: of ${outcomes.length} teams on one map, %`,
    percent(share.value),
    percentSpan(share),
    '≥ 95',
    '100',
  ];
}

/** kB a robot and second, all together and by kind of message. */
function byteRows(outcomes: readonly MissionOutcome[]): Row[] {
  const rate = (bytes: (team: RunMetrics['team']) => number) =>
    mean(outcomes.map(({ metrics }) => bytes(metrics.team) / metrics.durationS / metrics.team.agents / 1000));
  const kinds = [...new Set(outcomes.flatMap(({ metrics }) => Object.keys(metrics.team.bytesByKind)))].sort();
  return [
    [
      'sent by each robot, kB/s',
      fixed(
        rate((team) => team.bytesSent ?? 0),
        2,
      ),
      '',
      '≤ 100',
      '≤ 25',
    ],
    ...kinds.map((kind) => [
      `  of these, ${kind}`,
      fixed(
        rate((team) => team.bytesByKind[kind] ?? 0),
        2,
      ),
      '',
      '',
      '',
    ]),
  ];
}

function percent(share: number): string {
  return fixed(100 * share, 0);
}

function percentSpan({ low, high }: Interval): string {
  return `${percent(low)} … ${percent(high)}`;
}

export function span({ low, high }: Interval, digits: number): string {
  return `${fixed(low, digits)} … ${fixed(high, digits)}`;
}
