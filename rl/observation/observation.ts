import { AGENT_COLUMNS, MISSION_COLUMNS, PAIR_COLUMNS, WIDTH } from './columns.ts';

/** Rises whenever a column is added, dropped or reads otherwise: a model is good for one version only. */
export const OBSERVATION_VERSION = 1;

/** Numbers a robot, an ordered pair of robots, and the mission are told in. */
export const AGENT_FEATURES = WIDTH * AGENT_COLUMNS.length;
export const PAIR_FEATURES = WIDTH * PAIR_COLUMNS.length;
export const MISSION_FEATURES = WIDTH * MISSION_COLUMNS.length;

/**
 * What one robot knows when it decides, as numbers of about 0…1. Each value is followed by a flag: 1 where it is known; where it is
 * not, both are 0. `docs/observation.md` lists the columns.
 */
export interface Observation {
  /** N: robots known, the one that decides included; rows by rising id. */
  readonly team: number;
  /** N. */
  readonly ids: Int32Array;
  /** Row of the robot that decides. */
  readonly self: number;
  /** N × AGENT_FEATURES. */
  readonly agents: Float32Array;
  /** N × N × PAIR_FEATURES, [observer][peer]; nothing known on the diagonal. */
  readonly pairs: Float32Array;
  readonly mission: Float32Array;
  /** 1 + N: may it map, may it observe the robot of row 0, 1, …: see `mayObserve`. */
  readonly allowed: Uint8Array;
}
