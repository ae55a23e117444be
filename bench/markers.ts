import { Random } from '../base/random.ts';
import { simOptions } from '../scenarios/sim-options.ts';
import { mean, median } from '../scenarios/statistics.ts';
import { type Bench, fixed } from './bench.ts';
import { type Condition, type Errors, type Outcome, type Trial, Trials } from './markers/trials.ts';
import { scenarioOf } from './scenarios.ts';

const SCENARIOS = ['office', 'warehouse'];
const RANGES = [0.5, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 7, 8, 9.9];
/** Looks at each range, scenario and condition. */
const COUNT = 20;
const STANDING = { name: 'standing', speed: 0, turnRate: 0, light: 0.9 };
const CONDITIONS: readonly Condition[] = [
  STANDING,
  { ...STANDING, name: 'driving', speed: 0.5 },
  { ...STANDING, name: 'turning', turnRate: 1 },
  { ...STANDING, name: 'dim', light: 0.3 },
];
/** A heading off by more (radians) is a mirror image's. */
const MIRRORED = 0.35;

/** What boards in rendered images tell of a teammate, beside what the `features` fidelity makes of it. */
export const markersBench: Bench = {
  name: 'markers',
  about:
    'a teammate in the open: read from its boards in rendered 640×480 images / as the features fidelity has it',
  async run(context) {
    const trials: Trial[] = [];
    for (const name of SCENARIOS) {
      const options = simOptions(await scenarioOf(context, name), { seed: 1, agents: 2 });
      const looks = new Trials(options, context.render, new Random(`bench/markers/${name}`));
      for (const condition of CONDITIONS) {
        if (context.stop.aborted) break;
        context.say(`markers: ${name}, ${condition.name}`);
        trials.push(...looks.run(condition, RANGES, COUNT));
      }
    }
    const head = [
      'range, m',
      ...CONDITIONS.map(({ name }) => `seen ${name}, %`),
      'range σ, %',
      'bearing σ, mrad',
      'heading σ, mrad',
      'tilt σ, mrad',
      'mirrored, %',
      'mistaken, %',
      'NEES, median (5.3)',
      'ms an image',
    ];
    return {
      head,
      rows: RANGES.map((range) =>
        row(
          range,
          trials.filter((trial) => trial.range === range),
        ),
      ),
    };
  },
};

function row(range: number, trials: readonly Trial[]): (string | number)[] {
  const beside = (figure: (outcomes: readonly Outcome[]) => string) =>
    (['images', 'features'] as const).map((kind) => figure(trials.map((trial) => trial[kind]))).join(' / ');
  const seen = CONDITIONS.map(({ name }) => {
    const these = trials.filter(({ condition }) => condition === name);
    return (['images', 'features'] as const)
      .map((kind) =>
        percent(
          these.map((trial) => trial[kind] !== undefined),
          0,
        ),
      )
      .join(' / ');
  });
  const of = (figure: (errors: readonly Errors[]) => string) =>
    beside((outcomes) => figure(outcomes.filter((outcome) => outcome !== undefined)));
  return [
    range,
    ...seen,
    of((errors) => fixed(100 * spread(errors.map((e) => e.range / range)), 2)),
    of((errors) => fixed(1000 * spread(errors.map((e) => e.bearing)), 1)),
    of((errors) => fixed(1000 * spread(errors.map((e) => e.heading)), 1)),
    of((errors) => fixed(1000 * spread(errors.flatMap((e) => e.tilts)), 1)),
    of((errors) =>
      percent(
        errors.map((e) => Math.abs(e.heading) > MIRRORED),
        1,
      ),
    ),
    of((errors) =>
      percent(
        errors.map((e) => e.mistaken),
        1,
      ),
    ),
    of((errors) => fixed(median(errors.map((e) => e.nees)), 1)),
    fixed(mean(trials.map(({ cost }) => cost)), 1),
  ];
}

/** σ that a normal distribution of this median of magnitudes would have: mirror images and other strays count little. */
function spread(errors: readonly number[]): number {
  return 1.4826 * median(errors.map(Math.abs));
}

function percent(hits: readonly boolean[], digits: number): string {
  return fixed((100 * hits.filter(Boolean).length) / hits.length, digits);
}
