import type { AllocationView, Task } from '../base/allocation.ts';

/** What a team has achieved so far; learners need none of it, reports do. */
export interface TeamScore {
  /** Share of the reachable surface that the team's map places within 10 cm of where it is. */
  readonly accurateCoverage: number;
  /** Area under its curve from the start to now, over the whole mission's length: the sum of the rewards so far. */
  readonly accurateCoverageAuc: number;
  /** Root mean square error of all poses so far as they stand now, metres; null where none is known. */
  readonly ateRmse: number | null;
  /** Robot-seconds blind or lost, and spent in `observe`. */
  readonly timeLostS: number;
  readonly observeS: number;
}

/** What a team finds at a decision moment. */
export interface TeamMoment {
  /** Mission time, seconds. */
  readonly time: number;
  /** The view of every robot that is alive, by rising id; each its own, of what its radio has delivered. */
  readonly views: ReadonlyMap<number, AllocationView>;
}

export interface TeamStep extends TeamMoment {
  /** ∫ accurate coverage dt over the interval, over the mission's length: rewards sum to the score. */
  readonly reward: number;
  /** Seconds since the decision moment before. */
  readonly dt: number;
  /** No robot is left. */
  readonly terminated: boolean;
  /** The mission's time is up. */
  readonly truncated: boolean;
  readonly info: TeamScore;
}

/**
 * The decision process as learners see it, after PettingZoo's parallel API (Terry et al., NeurIPS 2021): all robots decide at once, at
 * moments that come by themselves: every epoch, and when a robot's task ends, it gets lost or finds itself again.
 *
 * `reset(seed)` begins a mission that is a pure function of the seed and the tasks named since. `step` takes a task for robots of
 * `agents`; one that is not named keeps its task, and so does one that names it again. What the rules do not allow (to watch
 * oneself, nobody, or beyond the budget) counts as to map on.
 */
export interface TeamEnvironment {
  /** Ids of the robots alive, rising; empty once the mission is over. */
  readonly agents: readonly number[];
  reset(seed: number): TeamMoment | Promise<TeamMoment>;
  /** @throws Error before the first `reset` and after the end */
  step(tasks: ReadonlyMap<number, Task>): TeamStep | Promise<TeamStep>;
  close(): void;
}
