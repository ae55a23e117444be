import type { Pose } from '../../base/se3.ts';
import type { NodeRef, TeamEdge } from './types.ts';

/** `frame` of a component where starts or landmarks are known: the team's own. */
export const TEAM_FRAME = -1;

/** Robots whose trajectories hang together, so that each knows where the others are. */
export interface TeamComponent {
  /** The robot in whose map frame the poses are, the lowest of them; or `TEAM_FRAME`. */
  readonly frame: number;
  /** Robots whose latest node is in it, ascending. */
  readonly agents: readonly number[];
}

/**
 * What became of an edge that may be wrong: `kept`, `rejected`, or `waiting` where too little yet says how the two robots lie to
 * each other.
 */
export interface EdgeVerdict {
  readonly edge: TeamEdge;
  /** What it counts, 0 to 1. */
  readonly weight: number;
  readonly standing: 'kept' | 'rejected' | 'waiting';
}

/** Parameters of a robot's wheels, and k×k row-major how uncertain they are; undefined where the graph is not positive definite. */
export interface CalibrationEstimate {
  readonly values: Float64Array;
  readonly covariance: Float64Array | undefined;
}

export interface SolveOptions {
  /** Nodes whose covariance is wanted. */
  readonly covariancesOf?: readonly NodeRef[];
  /**
   * Whether nodes of the team's own frame that no solution has placed yet begin where `worldFromBody` says, and what disagrees with that
   * begins without a say. False if not given: they begin by dead reckoning.
   */
  readonly asTold?: boolean;
  /** False: whatever joins counts fully, plain least squares. True if not given. */
  readonly robust?: boolean;
}

export interface TeamSolution {
  /** By the lowest robot. */
  readonly components: readonly TeamComponent[];
  /** Where a node is in the frame of its component; undefined where nothing is known of it. */
  poseOf(node: NodeRef): Pose | undefined;
  /** Which of `components` a node is in, −1 where in none. */
  componentOf(node: NodeRef): number;
  /**
   * 6×6 row-major, of a right perturbation `[translation, rotation]` of `poseOf(node)`; of a planar graph, z, roll and pitch are
   * certain. Undefined where it was not asked for.
   */
  covarianceOf(node: NodeRef): Float64Array | undefined;
  /** What is found of a robot's wheels; undefined where nothing was known of them beforehand. */
  calibrationOf(agent: number): CalibrationEstimate | undefined;
  /** Of sightings, places and loops, in the order of their nodes. */
  readonly verdicts: readonly EdgeVerdict[];
  /** Σ w·χ² at the solution. */
  readonly cost: number;
  readonly iterations: number;
}
