import type { Episode } from './replay/episode.ts';

/** Episodes to be played with one set of weights. */
export interface Plays {
  /** Which list the ids count in. What an episode is, follows from list and id alone. */
  readonly list: 'training' | 'validation';
  readonly ids: readonly number[];
  readonly weights: Float32Array;
  /** As in `Behaviour`. */
  readonly exploration: number;
  readonly dropFeatures: number;
  /** A teacher decides. */
  readonly taught: boolean;
}

/** Whoever plays episodes: threads, or the caller's own. */
export interface Actors {
  /** @returns the episodes in the order of their ids, whoever played them; of the validation list with no moments */
  play(plays: Plays): Promise<Episode[]>;
}
