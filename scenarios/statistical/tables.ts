import type { SlamHealth } from '../../base/allocation.ts';

/** What is told of a camera's view beside the state: sampled from what was seen in such places. */
export const SAMPLED = [
  'trackedShare',
  'inliers',
  'inlierRatio',
  'referenceShare',
  'covisibility',
  'residual',
] as const satisfies readonly ('trackedShare' | 'inliers' | keyof SlamHealth)[];
export type Sampled = (typeof SAMPLED)[number];

/** What the `features` fidelity was found to do; see `fit.ts`, which writes `tables.json`. */
export interface Tables {
  /** The missions it was fitted to. */
  readonly fitted: {
    readonly missions: readonly {
      readonly scenario: string;
      readonly policy: string;
      readonly seed: number;
    }[];
    readonly durationS: number;
    readonly poses: number;
    /** Digest of the missions' own hashes. */
    readonly hash: string;
  };
  /** Bounds between the bins of texture in view (`Ground.look`, mean of the rays), rising: bin 0 is below the first. */
  readonly texture: readonly number[];
  /** By bin, a second: how likely a camera that tracks goes blind, and one that is blind tracks again. */
  readonly goesBlind: readonly number[];
  readonly sees: readonly number[];
  /** Variances that the errors grow by while the camera tracks: of the heading a metre and a radian turned, of the position (either axis) a metre. */
  readonly tracking: { readonly yawMetre: number; readonly yawRadian: number; readonly metre: number };
  /** Variance of the heading that wheels alone lead to, over what their options say: driving, and turning on the spot. */
  readonly wheels: { readonly driving: number; readonly turning: number };
  /** Root mean square of true position errors over σ: above 1 the SLAM believes itself too much. */
  readonly overconfidence: { readonly tracking: number; readonly blind: number };
  /** By bin, while tracking: deciles 0…1 of each; empty where the SLAM does not tell. */
  readonly health: readonly Readonly<Record<Sampled, readonly number[]>>[];
  /** Share that is kept of the place within a distribution in a second. */
  readonly persistence: number;
  /** Map points a newly seen, textured face of a square, and keyframes a metre while tracking. */
  readonly pointsPerFace: number;
  readonly keyframesPerMetre: number;
  /** m/s on the way, as a share of the greatest speed. */
  readonly speed: number;
  /** Chance a second that a place already mapped is known again, when tracking near by: one's own, a teammate's. */
  readonly recognises: { readonly own: number; readonly mates: number };
}

/** Which bin a value falls into. */
export function binOf(edges: readonly number[], value: number): number {
  let bin = 0;
  while (bin < edges.length && value >= edges[bin]) bin++;
  return bin;
}

/** The value at a share `u` (0…1) of a distribution given by evenly spaced quantiles; NaN where there are none. */
export function quantileOf(quantiles: readonly number[], u: number): number {
  if (quantiles.length === 0) return Number.NaN;
  const at = u * (quantiles.length - 1);
  const low = Math.min(quantiles.length - 2, Math.floor(at));
  return quantiles[low] + (at - low) * (quantiles[low + 1] - quantiles[low]);
}
