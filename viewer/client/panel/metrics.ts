import type { MetricsEvent } from '../../../agents/events.ts';
import type { TelemetryMessage } from '../../messages/types.ts';
import { MetricsHistory } from '../../state/metrics-history.ts';
import { byId, element, length, setText } from './dom.ts';
import { drawSparkline } from './sparkline.ts';

interface Metric {
  readonly name: string;
  readonly explained: string;
  readonly colour: string;
  /** The top of the plot; absent where it follows the data. */
  readonly top?: number;
  value(sample: MetricsEvent): number;
  text(value: number): string;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const METRICS: readonly Metric[] = [
  {
    name: 'coverage',
    explained: 'Share of the reachable surface that the team has seen',
    colour: '#56b4e9',
    top: 1,
    value: ({ coverage }) => coverage,
    text: percent,
  },
  {
    name: 'accurate coverage',
    explained: 'Share of the reachable surface that the map places within 10 cm of where it is',
    colour: '#4fc3a1',
    top: 1,
    value: ({ accurateCoverage }) => accurateCoverage,
    text: percent,
  },
  {
    name: 'team ATE',
    explained: 'Root mean square error of the estimated positions of the whole team',
    colour: '#f0b64a',
    value: ({ teamAte }) => teamAte,
    text: length,
  },
];

/** The plate with the team's metrics: the latest value of each and its course over the mission. */
export class MetricsPlate {
  private history = new MetricsHistory();
  private changed = true;
  private readonly rows = METRICS.map((metric) => {
    const value = element('b', '', '–');
    const plot = element('canvas');
    const row = element('div', 'metric', [element('span', '', metric.name), value, plot]);
    row.title = metric.explained;
    return { metric, value, plot, row };
  });

  constructor() {
    byId('metrics').append(...this.rows.map(({ row }) => row));
    window.addEventListener('resize', () => {
      this.changed = true;
    });
  }

  apply(message: TelemetryMessage): void {
    if (message.type === 'reset' || message.type === 'start') this.history = new MetricsHistory();
    else if (message.type === 'metrics') this.history.add(message);
    else return;
    this.changed = true;
  }

  update(): void {
    if (!this.changed) return;
    this.changed = false;
    const { samples } = this.history;
    const latest = samples.at(-1);
    for (const { metric, value, plot } of this.rows) {
      setText(value, latest ? metric.text(metric.value(latest)) : '–');
      drawSparkline(
        plot,
        samples.map(({ time }) => time),
        samples.map(metric.value),
        metric.colour,
        metric.top,
      );
    }
  }
}
