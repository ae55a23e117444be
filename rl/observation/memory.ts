/** Times over which what is remembered is averaged, seconds. */
export const SPANS = { short: 10, long: 60 } as const;
export type Span = keyof typeof SPANS;

/** Exponential averages of one robot's features, each news of it counting by the time since the one before. */
export class Memory {
  private readonly averages: Record<Span, Float64Array>;
  private readonly updatedAt: Float64Array;

  /** @param size how many features */
  constructor(size: number) {
    this.averages = { short: new Float64Array(size).fill(NaN), long: new Float64Array(size).fill(NaN) };
    this.updatedAt = new Float64Array(size);
  }

  /** News of one feature, NaN where there is none; the same news again, or older, changes nothing. @param time seconds */
  note(feature: number, value: number, time: number): void {
    if (Number.isNaN(value)) return;
    const { averages, updatedAt } = this;
    const elapsed = time - updatedAt[feature];
    const isFirst = Number.isNaN(averages.short[feature]);
    if (!isFirst && elapsed <= 0) return;
    updatedAt[feature] = time;
    for (const span of ['short', 'long'] as const) {
      const average = averages[span];
      if (isFirst) average[feature] = value;
      else average[feature] += (1 - Math.exp(-elapsed / SPANS[span])) * (value - average[feature]);
    }
  }

  /** NaN where nothing was ever known. */
  average(feature: number, span: Span): number {
    return this.averages[span][feature];
  }
}
