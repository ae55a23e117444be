import type { Outcome } from './cells.ts';
import { MEASURES } from './measures.ts';

/** A mission a line, its measures by their keys; empty where it has none. */
export function toCsv(outcomes: readonly Outcome[]): string {
  const head = [
    'fidelity',
    'scenario',
    'layout',
    'agents',
    'seed',
    'policy',
    ...MEASURES.map(({ key }) => key),
    'hash',
  ];
  const rows = outcomes.map(({ fidelity, scenario, layout, agents, seed, policy, metrics }) => [
    fidelity,
    scenario,
    layout ?? '',
    agents,
    seed,
    policy,
    ...MEASURES.map((measure) => measure.of(metrics) ?? ''),
    metrics.hash,
  ]);
  return [head, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('');
}

/** RFC 4180. */
function quoted(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
