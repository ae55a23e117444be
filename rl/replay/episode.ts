import type { Observation } from '../observation/observation.ts';

/** One decision moment of a team, and what the interval after it brought. */
export interface Moment {
  /** Every living robot's own view, by rising id: what its radio had delivered, nothing else. */
  readonly observations: readonly Observation[];
  /** What each of them chose: 0 to map, 1 + row of the robot to observe. */
  readonly actions: Int16Array;
  /** Of the score, 0…1. */
  readonly reward: number;
  /** Seconds. */
  readonly dt: number;
}

/** A whole mission as a learner remembers it. */
export interface Episode {
  /** Its place in the list of episodes, from which everything in it follows. */
  readonly id: number;
  /** Whether its decisions are a teacher's. */
  readonly taught: boolean;
  /** Sum of its rewards. */
  readonly score: number;
  /** Empty where only the score was asked for. */
  readonly moments: readonly Moment[];
}

/** Whose observation it is. */
export function robotOf({ ids, self }: Observation): number {
  return ids[self];
}
