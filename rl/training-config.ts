import type { LearnerConfig } from './learner/learner.ts';
import type { NetworkConfig } from './network/layers.ts';
import type { Priority } from './replay/replay.ts';

/** Everything a training is, besides where its episodes are played. */
export interface TrainingConfig {
  /** Of the first weights, what is explored, and what is drawn from the memory. */
  readonly seed: number;
  /** A round: so many episodes are played by the network as it stands, then so many steps are learned. */
  readonly rounds: number;
  readonly episodes: number;
  readonly steps: number;
  readonly network: NetworkConfig;
  readonly learner: LearnerConfig;
  /** Team decisions a step. */
  readonly batch: number;
  /** Seconds of rewards that are taken as they came before what comes later is estimated; 0: one interval. */
  readonly horizon: number;
  /** Team decisions remembered. */
  readonly replay: number;
  readonly priority: Priority;
  /** Falls from `start` to `end` within so many rounds; see `Behaviour`. */
  readonly exploration: {
    readonly start: number;
    readonly end: number;
    readonly rounds: number;
    readonly hold: number;
  };
  readonly dropFeatures: number;
  /** Rounds at the beginning that a teacher plays. */
  readonly imitation: { readonly rounds: number };
  /** Every so many rounds, so many episodes of the validation list are played without exploration. */
  readonly validation: { readonly every: number; readonly episodes: number };
}

/** The exploration of a round, counted from 0. */
export function explorationOf({ exploration, imitation }: TrainingConfig, round: number): number {
  const { start, end, rounds } = exploration;
  const share = Math.min(1, Math.max(0, (round - imitation.rounds) / Math.max(1, rounds)));
  return start + share * (end - start);
}
