import type { MetricsEvent } from '../../agents/events.ts';

/** The course of the team's metrics in bounded memory: when full, every second sample but the newest goes. */
export class MetricsHistory {
  static readonly CAPACITY = 1024;

  samples: MetricsEvent[] = [];

  add(sample: MetricsEvent): void {
    if (this.samples.length === MetricsHistory.CAPACITY)
      this.samples = this.samples.filter((_, i) => i % 2 === 0);
    this.samples.push(sample);
  }
}
