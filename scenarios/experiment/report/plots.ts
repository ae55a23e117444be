import { AGENT_COLOURS } from '../../export.ts';
import { escaped } from './document.ts';

/** Plots as SVG: a row each, its label on the left, its figures on a common axis. */

export interface PlotRow {
  readonly label: string;
  /** Rows of one group have one colour. */
  readonly group: string;
  /** Small dots: single values. */
  readonly values: readonly number[];
  /** A bar with a large dot on it; null: nothing to show. */
  readonly interval: { readonly value: number; readonly low: number; readonly high: number } | null;
}

export interface PlotOptions {
  readonly axis: string;
  /** Where a line is drawn to compare with. */
  readonly reference?: number;
}

const WIDTH = 760;
const ROW = 22;
const LETTER = 7;
const [TOP, BOTTOM, RIGHT] = [8, 44, 24];

/** Colours that carry no meaning by themselves; without yellow, which does not show on white. */
const COLOURS = AGENT_COLOURS.filter((_, i) => i !== 3).map((rgb) => `rgb(${rgb.join(',')})`);

export function plotRows(rows: readonly PlotRow[], { axis, reference }: PlotOptions): string {
  const left = 16 + LETTER * Math.max(...rows.map(({ label }) => label.length));
  const bottom = TOP + ROW * rows.length;
  const ticks = ticksOf(rows, reference);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  // An interval without an end goes as far as the plot does.
  const shareOf = (value: number) => (Math.min(high, Math.max(low, value)) - low) / (high - low);
  const x = (value: number) => (left + shareOf(value) * (WIDTH - RIGHT - left)).toFixed(1);
  const groups = [...new Set(rows.map(({ group }) => group))];
  const middle = ((left + WIDTH - RIGHT) / 2).toFixed(1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + BOTTOM}" width="${WIDTH}" font-family="system-ui,sans-serif" font-size="12" fill="#222">`,
    `<rect width="${WIDTH}" height="${bottom + BOTTOM}" fill="#fff"/>`,
    ...ticks.flatMap((tick) => [
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="${TOP}" y2="${bottom}" stroke="#e4e4e4"/>`,
      `<text x="${x(tick)}" y="${bottom + 16}" text-anchor="middle">${tickText(tick)}</text>`,
    ]),
    ...(reference === undefined
      ? []
      : [`<line x1="${x(reference)}" x2="${x(reference)}" y1="${TOP}" y2="${bottom}" stroke="#555"/>`]),
    ...rows.flatMap((row, i) =>
      drawn(row, COLOURS[groups.indexOf(row.group) % COLOURS.length], TOP + ROW * (i + 0.5), x),
    ),
    `<text x="${middle}" y="${bottom + 36}" text-anchor="middle">${escaped(axis)}</text>`,
    '</svg>',
  ].join('\n');
}

function drawn(
  { label, values, interval }: PlotRow,
  colour: string,
  y: number,
  x: (value: number) => string,
): string[] {
  const parts = [`<text x="8" y="${y + 4}">${escaped(label)}</text>`];
  for (const value of values)
    parts.push(`<circle cx="${x(value)}" cy="${y}" r="3" fill="${colour}" fill-opacity="0.35"/>`);
  if (interval) {
    const { value, low, high } = interval;
    parts.push(
      `<line x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="3"/>`,
      `<circle cx="${x(value)}" cy="${y}" r="5" fill="${colour}" stroke="#fff"/>`,
    );
  }
  return parts;
}

/** Round numbers, four to nine of them, from at most the least to at least the greatest there is to show. */
function ticksOf(rows: readonly PlotRow[], reference: number | undefined): number[] {
  const shown = rows
    .flatMap(({ values, interval }) => [
      ...values,
      ...(interval ? [interval.low, interval.value, interval.high] : []),
    ])
    .concat(reference ?? [])
    .filter(Number.isFinite);
  const [least, greatest] = [Math.min(...shown), Math.max(...shown)];
  const step = roundStep((greatest - least || Math.abs(least) || 1) / 7);
  const [first, last] = [
    Math.floor(least / step),
    Math.max(Math.ceil(greatest / step), Math.floor(least / step) + 1),
  ];
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** The least of 1, 2, 5 times a power of ten that is at least `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * ([1, 2, 5].find((digit) => digit * power >= step) ?? 10);
}

function tickText(tick: number): string {
  return String(Number(tick.toPrecision(6)));
}
