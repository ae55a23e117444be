/**
 * What a squared error χ² costs, so that wrong measurements pull less: `huber` grows like χ beyond `scale`, `cauchy` like its
 * logarithm, `geman-mcclure` and `tukey` level off. `scale` is in units of χ. All equal χ² for small errors (Zhang,
 * "Parameter estimation techniques", 1997).
 */
export interface Loss {
  readonly kind: LossKind;
  readonly scale: number;
}

export const LOSSES = ['huber', 'cauchy', 'geman-mcclure', 'tukey'] as const;
export type LossKind = (typeof LOSSES)[number];
