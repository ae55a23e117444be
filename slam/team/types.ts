import type { Pose } from '../../base/se3.ts';

/**
 * The joint map of a team as a graph: poses of robots' trajectories, and what was measured between them. Each robot numbers its own
 * nodes from 0 in the order of time; nothing here knows how they were told.
 */
export interface NodeRef {
  readonly agent: number;
  readonly index: number;
}

/** One pose of one robot's trajectory. */
export interface TeamNode extends NodeRef {
  /** Seconds on the robot's own clock. */
  readonly time: number;
  /** The keyframe it is; −1 where it only marks an instant, such as that of a sighting. */
  readonly keyframe: number;
  /** Where the robot believed to be when it told of it, in its own map: a place to start from, no measurement. */
  readonly worldFromBody: Pose;
}

/**
 * What joins two nodes. Of one robot: `wheels`, `vision`, and `loop` where it recognised a place. Of two robots: `sighting`, and `place`
 * where one recognised what the other had seen.
 */
export type EdgeKind = 'wheels' | 'vision' | 'loop' | 'sighting' | 'place';

export interface TeamEdge {
  readonly kind: EdgeKind;
  readonly from: NodeRef;
  readonly to: NodeRef;
  /** Pose of `to`'s body in `from`'s. */
  readonly fromFromTo: Pose;
  /**
   * 6×6 row-major, of a right perturbation `[translation, rotation]` of `fromFromTo`. An infinite variance is what was not measured: a
   * range and bearing has no rotation.
   */
  readonly covariance: Float64Array;
  /**
   * Of `wheels`, where the robot's calibration is to be estimated: row-major 6×k, how the right perturbation of `fromFromTo`
   * grows with each of its k parameters.
   */
  readonly byCalibration?: Float64Array;
}

/** Where a robot's trajectory begins, in the team frame, where the team knows that. */
export interface StartPrior {
  readonly agent: number;
  /** Of the node that is meant; its first, 0, if not given. */
  readonly index?: number;
  readonly teamFromBody: Pose;
  readonly covariance: Float64Array;
}

/**
 * What is known beforehand of a robot's wheels: parameters, 0 where they do as told, that the `byCalibration` of its edges speak
 * of.
 */
export interface CalibrationPrior {
  readonly agent: number;
  readonly mean: Float64Array;
  /** k×k row-major. */
  readonly covariance: Float64Array;
}
