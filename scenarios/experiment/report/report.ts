import type { Interval } from '../../statistics.ts';
import type { Plan } from '../plan.ts';
import { type AnalysedCell, analyse, type Comparison, type Figure } from './analysis.ts';
import type { Outcome } from './cells.ts';
import type { Block, Plot, Table } from './document.ts';
import { MEASURES, type Measure } from './measures.ts';
import { plotRows } from './plots.ts';
import { type Agreement, agreements } from './rankings.ts';

/** A mission that gave no result. */
export interface Failure {
  readonly mission: string;
  readonly why: string;
}

export interface Report {
  readonly blocks: readonly Block[];
  /** The figures behind it. */
  readonly data: {
    readonly experiment: string;
    readonly code: string;
    readonly missions: { readonly planned: number; readonly done: number };
    readonly failures: readonly Failure[];
    readonly cells: readonly AnalysedCell[];
    readonly agreements: readonly Agreement[];
  };
}

const JUDGED = MEASURES.filter(({ judged }) => judged);
/** Below this many units a percentile bootstrap's intervals are known to be too narrow. */
const FEW_UNITS = 10;
const SIGNIFICANT = 0.05;

/**
 * What an experiment found, as far as it went.
 * @param command that makes it again
 */
export function reportOf(
  plan: Plan,
  outcomes: readonly Outcome[],
  failures: readonly Failure[],
  command: string,
): Report {
  const cells = analyse(plan, outcomes);
  const agreed = agreements(plan.policies, outcomes);
  const { name, description, code, missions } = plan;
  const count = { planned: missions.length, done: outcomes.length };
  const blocks: Block[] = [
    { kind: 'heading', level: 1, text: name },
    ...paragraph(description),
    ...paragraph(stateOf(count, failures)),
    { kind: 'code', text: command },
    ...paragraph(`Code ${code}. Baselines: ${plan.baselines.join(', ')}. ${HOW_TO_READ}`),
    ...overview(cells),
    ...cells.flatMap(sectionOf),
    ...agreementSection(agreed),
    ...failureList(failures),
  ];
  return { blocks, data: { experiment: name, code, missions: count, failures, cells, agreements: agreed } };
}

const HOW_TO_READ =
  'Pairs are missions in the same building with the same seed. Intervals are 95 % percentile bootstrap over the units named in each section; p is of a two-sided sign-flip test over the same units, and pHolm is corrected for all comparisons by that measure in this report.';

function stateOf({ planned, done }: { planned: number; done: number }, failures: readonly Failure[]): string {
  const failed = failures.length > 0 ? `, ${failures.length} failed (listed at the end)` : '';
  if (done === planned) return `${done} missions, all done.`;
  return `Not whole: ${done} of ${planned} missions done${failed}. What is missing is left out below.`;
}

function paragraph(text: string): Block[] {
  return text ? [{ kind: 'text', text }] : [];
}

/** One plot a judged measure: how far each policy is from each baseline, everywhere. */
function overview(cells: readonly AnalysedCell[]): Block[] {
  const plots = JUDGED.flatMap((measure): Plot[] => {
    const compared = cells.flatMap((cell) =>
      cell.comparisons
        .filter((comparison) => comparison.measure === measure.key && Number.isFinite(comparison.ratio.value))
        .map((comparison) => ({ cell, comparison })),
    );
    if (compared.length === 0) return [];
    const rows = compared.map(({ cell, comparison: { policy, baseline, ratio } }) => ({
      label: `${titleOf(cell)}: ${policy} over ${baseline}`,
      group: policy,
      values: [],
      interval: ratio,
    }));
    const good = measure.better === 'more' ? 'right of 1 is better' : 'left of 1 is better';
    const svg = plotRows(rows, { axis: `ratio of means, ${good}`, reference: 1 });
    return [
      { kind: 'plot', name: `ratio-${measure.key}`, caption: `${measure.title}: ratio to the baseline`, svg },
    ];
  });
  return plots.length > 0 ? [{ kind: 'heading', level: 2, text: 'Against the baselines' }, ...plots] : [];
}

function sectionOf(cell: AnalysedCell): Block[] {
  const { count, of } = cell.units;
  const few = count < FEW_UNITS ? ` Fewer than ${FEW_UNITS}: the intervals are too narrow.` : '';
  return [
    { kind: 'heading', level: 2, text: titleOf(cell) },
    {
      kind: 'text',
      text: `${cell.missions} missions; units: ${count} ${count === 1 ? of.slice(0, -1) : of}.${few}`,
    },
    policyTable(cell),
    ...(cell.comparisons.length > 0 ? [comparisonTable(cell)] : []),
  ];
}

function titleOf({ scenario, agents, fidelity }: AnalysedCell): string {
  return `${scenario ?? 'all scenarios'}, ${agents} ${agents === 1 ? 'robot' : 'robots'}, ${fidelity}`;
}

/** Mean (median) of each measure, with the interval of the mean where it is judged. */
function policyTable({ policies }: AnalysedCell): Table {
  return {
    kind: 'table',
    head: ['policy', 'missions', ...MEASURES.map(({ title }) => title)],
    rows: policies.map(({ policy, figures }) => [
      policy,
      String(figures[0].count),
      ...figures.map((figure, i) => figureText(figure, MEASURES[i], figures[0].count)),
    ]),
  };
}

function figureText(
  { count, mean, median, interval }: Figure,
  { digits }: Measure,
  missions: number,
): string {
  if (count === 0) return '–';
  const text = `${fixed(mean, digits)} (${fixed(median, digits)})`;
  const range = interval ? ` [${span(interval, digits)}]` : '';
  return `${text}${range}${count < missions ? ` of ${count}` : ''}`;
}

function comparisonTable({ comparisons }: AnalysedCell): Table {
  return {
    kind: 'table',
    head: [
      'policy over baseline',
      'measure',
      'pairs',
      'difference',
      '95 %',
      'ratio',
      '95 %',
      'p',
      'pHolm',
      '',
    ],
    rows: comparisons.map((comparison) => {
      const { policy, baseline, measure, pairs, difference, ratio, p, pHolm } = comparison;
      const { title, digits } = MEASURES.find(({ key }) => key === measure)!;
      return [
        `${policy} over ${baseline}`,
        title,
        String(pairs),
        signed(difference.value, digits),
        span(difference, digits),
        fixed(ratio.value, 3),
        span(ratio, 3),
        fixed(p, 4),
        fixed(pHolm, 4),
        verdict(comparison),
      ];
    }),
  };
}

function verdict({ measure, difference, pHolm }: Comparison): string {
  if (pHolm >= SIGNIFICANT) return 'not significant';
  const { better } = MEASURES.find(({ key }) => key === measure)!;
  return difference.value > 0 === (better === 'more') ? 'better' : 'worse';
}

function agreementSection(agreed: readonly Agreement[]): Block[] {
  if (agreed.length === 0) return [];
  const rows = agreed.map(({ scenario, agents, fidelities, measure, cases, tau }) => [
    `${scenario ?? 'all scenarios'}, ${agents}`,
    fidelities.join(' and '),
    titleOfMeasure(measure),
    String(cases),
    fixed(tau.value, 2),
    span(tau, 2),
  ]);
  return [
    { kind: 'heading', level: 2, text: 'Do the fidelities rank policies alike?' },
    {
      kind: 'text',
      text: "Kendall's τ of the policies' means over cases that every policy went through in both.",
    },
    { kind: 'table', head: ['scenario, robots', 'fidelities', 'measure', 'cases', 'τ', '95 %'], rows },
  ];
}

function titleOfMeasure(key: string): string {
  return MEASURES.find((measure) => measure.key === key)!.title;
}

function failureList(failures: readonly Failure[]): Block[] {
  if (failures.length === 0) return [];
  const rows = failures.map(({ mission, why }) => [mission, why]);
  return [
    { kind: 'heading', level: 2, text: 'Failed' },
    { kind: 'table', head: ['mission', 'why'], rows },
  ];
}

function fixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}

function signed(value: number, digits: number): string {
  return value > 0 ? `+${fixed(value, digits)}` : fixed(value, digits);
}

function span({ low, high }: Interval, digits: number): string {
  return `${fixed(low, digits)} … ${fixed(high, digits)}`;
}
