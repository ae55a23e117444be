import { Random } from '../base/random.ts';
import { bootstrap, kendallTau, mean } from '../scenarios/statistics.ts';
import { type Bench, fixed } from './bench.ts';
import type { MissionPlan } from './missions/plan.ts';
import { type MissionOutcome, runAll } from './missions/run-all.ts';
import { scenarioOf } from './scenarios.ts';

const SCENARIOS = ['corridors', 'rescue', 'office'];
const POLICIES = ['independent', 'random', 'nearest', 'greedy-trace'];
const FIDELITIES = ['features', 'images', 'statistical'] as const;
/** The one that the others are held against. */
const JUDGE = 'features';
const OTHERS = FIDELITIES.filter((fidelity) => fidelity !== JUDGE);
/** Seconds: images take long. */
const DURATION = 150;

type Fidelity = (typeof FIDELITIES)[number];

/** What policies are ranked by, so that less is better; null where a mission has none. */
const MEASURES: readonly { name: string; of: (outcome: MissionOutcome) => number | null; digits: number }[] =
  [
    { name: 'team ATE, m', of: ({ metrics }) => metrics.team.ateRmse, digits: 3 },
    {
      name: 'not accurately covered (1 − AUC), %',
      of: ({ metrics }) => 100 * (1 - metrics.team.accurateCoverageAuc),
      digits: 1,
    },
  ];

/** Whether the simulator's keypoints judge policies as rendered images do, and as missions without frames do. */
export const fidelitiesBench: Bench = {
  name: 'fidelities',
  about: `the same missions of ${DURATION} s with keypoints, with rendered images and without frames: are policies ranked alike? (τ ≥ 0.7, aim 0.9)`,
  async run(context) {
    const scenarios = await Promise.all(SCENARIOS.map((name) => scenarioOf(context, name)));
    const seeds = Array.from({ length: context.seeds }, (_, i) => i + 1);
    const plans = seeds.flatMap((seed) =>
      scenarios.flatMap((scenario) =>
        POLICIES.flatMap((policy) =>
          FIDELITIES.map(
            (fidelity): MissionPlan => ({
              scenario,
              policy,
              seed,
              fidelity,
              relative: true,
              duration: DURATION,
            }),
          ),
        ),
      ),
    );
    const outcomes = await runAll(plans, context);
    return {
      head: ['ranked by', 'scenario', ...OTHERS.flatMap(tauHeadings), ...FIDELITIES.flatMap(headings)],
      rows: MEASURES.flatMap((measure) => {
        const table = new RankTable(outcomes, measure.of);
        const meanTau = (other: Fidelity) =>
          bootstrap(
            seeds,
            (drawn) => mean(SCENARIOS.map((name) => table.tau(name, other, drawn)).filter(Number.isFinite)),
            new Random(`bench/fidelities/${measure.name}`),
          );
        return [
          ...SCENARIOS.map((name) => [
            measure.name,
            name,
            ...OTHERS.flatMap((other) => [fixed(table.tau(name, other, seeds), 2), '']),
            ...FIDELITIES.flatMap((fidelity) =>
              table.means(name, fidelity, seeds).map((value) => fixed(value, measure.digits)),
            ),
          ]),
          [
            measure.name,
            'mean of all',
            ...OTHERS.map(meanTau).flatMap(({ value, low, high }) => [
              fixed(value, 2),
              `${fixed(low, 2)} … ${fixed(high, 2)}`,
            ]),
            ...FIDELITIES.flatMap(() => POLICIES.map(() => '')),
          ],
        ];
      }),
    };
  },
};

function tauHeadings(fidelity: Fidelity): string[] {
  return [`Kendall τ, ${JUDGE} and ${fidelity}`, '95 % interval'];
}

function headings(fidelity: Fidelity): string[] {
  return POLICIES.map((policy) => `${policy}, ${fidelity}`);
}

/** One measure of every mission, to be averaged over seeds and ranked. */
class RankTable {
  private readonly values = new Map<string, number>();

  constructor(outcomes: readonly MissionOutcome[], measure: (outcome: MissionOutcome) => number | null) {
    for (const outcome of outcomes) {
      const { scenario, policy, fidelity, seed } = outcome.plan;
      const value = measure(outcome);
      if (value !== null) this.values.set(keyOf(scenario.name, policy, fidelity, seed), value);
    }
  }

  /** Whether a fidelity ranks the policies of a scenario as the judge does, by their means over those seeds. */
  tau(scenario: string, other: Fidelity, seeds: readonly number[]): number {
    return kendallTau(this.means(scenario, JUDGE, seeds), this.means(scenario, other, seeds));
  }

  /** One a policy; over the seeds for which every policy has a value in every fidelity. */
  means(scenario: string, fidelity: Fidelity, seeds: readonly number[]): number[] {
    const whole = seeds.filter((seed) =>
      POLICIES.every((policy) => FIDELITIES.every((f) => this.values.has(keyOf(scenario, policy, f, seed)))),
    );
    return POLICIES.map((policy) =>
      mean(whole.map((seed) => this.values.get(keyOf(scenario, policy, fidelity, seed))!)),
    );
  }
}

function keyOf(scenario: string, policy: string, fidelity: Fidelity, seed: number): string {
  return `${scenario}/${policy}/${fidelity}/${seed}`;
}
