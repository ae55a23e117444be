import type { RoundReport } from '../../rl/train.ts';

const WIDTH = 640;
const HEIGHT = 220;
const MARGIN = { left: 56, right: 12, top: 26, bottom: 30 };
const COLOURS = { line: '#0072b2', other: '#d55e00', ink: '#333333', grid: '#dddddd' };

interface Series {
  readonly label: string;
  readonly colour: string;
  readonly points: readonly (readonly [number, number])[];
}

/** How a training went: scores, loss and exploration over its rounds, one SVG above the other in a page. */
export function curvesPage(name: string, reports: readonly RoundReport[]): string {
  return `<!doctype html>
<meta charset="utf-8">
<title>${escaped(name)}</title>
<style>body { font: 15px sans-serif; margin: 2em auto; max-width: ${WIDTH + 40}px; color: ${COLOURS.ink} }</style>
<h1>${escaped(name)}</h1>
${curves(reports).join('\n')}
`;
}

/** The plots by themselves. */
export function curves(reports: readonly RoundReport[]): string[] {
  const over = (of: (report: RoundReport) => number | null) =>
    reports.flatMap((report): [number, number][] => {
      const value = of(report);
      return value === null ? [] : [[report.round, value]];
    });
  return [
    plot('score, %', [
      { label: 'training', colour: COLOURS.line, points: over(({ score }) => 100 * score) },
      {
        label: 'validation',
        colour: COLOURS.other,
        points: over(({ validation }) => (validation === null ? null : 100 * validation)),
      },
    ]),
    plot('loss', [{ label: 'loss', colour: COLOURS.line, points: over(({ loss }) => loss) }]),
    plot('exploration', [
      { label: 'chance', colour: COLOURS.line, points: over(({ exploration }) => exploration) },
    ]),
  ];
}

function plot(title: string, series: readonly Series[]): string {
  const all = series.flatMap(({ points }) => points);
  const [x, y] = [0, 1].map((axis) => scale(all.map((point) => point[axis])));
  const [right, bottom] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  const px = (value: number) => MARGIN.left + x.share(value) * (right - MARGIN.left);
  const py = (value: number) => bottom - y.share(value) * (bottom - MARGIN.top);
  const lines = series.map(({ points, colour }) => {
    const path = points.map(([a, b]) => `${px(a).toFixed(1)},${py(b).toFixed(1)}`).join(' ');
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${path}"/>`;
  });
  const names = series.map(
    ({ label, colour }, i) =>
      `<text x="${right - 90 * (series.length - i) + 10}" y="16" fill="${colour}">${label}</text>`,
  );
  const ticks = [y.low, (y.low + y.high) / 2, y.high].map(
    (value) =>
      `<line x1="${MARGIN.left}" x2="${right}" y1="${py(value)}" y2="${py(value)}" stroke="${COLOURS.grid}"/>` +
      `<text x="${MARGIN.left - 6}" y="${py(value) + 4}" text-anchor="end">${Number(value.toPrecision(3))}</text>`,
  );
  const ends = [x.low, x.high].map(
    (value) => `<text x="${px(value)}" y="${HEIGHT - 10}" text-anchor="middle">${Math.round(value)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="${COLOURS.ink}">
<text x="${MARGIN.left}" y="16" font-weight="bold">${title}</text>
${[...ticks, ...lines, ...names, ...ends].join('\n')}
</svg>`;
}

function scale(values: readonly number[]) {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!(high > low)) return { low: low - 1, high: low + 1, share: () => 0.5 };
  return { low, high, share: (value: number) => (value - low) / (high - low) };
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
