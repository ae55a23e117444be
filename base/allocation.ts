/** The contract between agents and the policies that allocate them: numbers in, a task out. */

export type Task = { readonly kind: 'map' } | { readonly kind: 'observe'; readonly peer: number };

/** How far an agent's SLAM can be trusted: camera tracks; odometry alone carries; pose no longer known. */
export type TrackingState = 'initialising' | 'tracking' | 'blind' | 'lost';

/** What a SLAM knows about its own health; NaN: not known (a SLAM, or a robot, may lack some). */
export interface SlamHealth {
  /** Inliers of the pose over matches, 0…1. */
  readonly inlierRatio: number;
  /** Points tracked over those that the reference keyframe sees. */
  readonly referenceShare: number;
  /** Keyframes that share enough points with the reference keyframe. */
  readonly covisibility: number;
  /** Mean reprojection error of the inliers, pixels at level 0. */
  readonly residual: number;
  /** Seconds since the last keyframe, since it last found itself again, and since a teammate last measured where it is. */
  readonly sinceKeyframe: number;
  readonly sinceRelocalisation: number;
  readonly sinceObserved: number;
  /** Map points won a second, lately; negative where more are culled than made. */
  readonly mapGrowth: number;
  /** m/s by its wheels, lately. */
  readonly speed: number;
}

/** Of a SLAM that tells nothing of its health. */
export const UNKNOWN_HEALTH: SlamHealth = {
  inlierRatio: Number.NaN,
  referenceShare: Number.NaN,
  covisibility: Number.NaN,
  residual: Number.NaN,
  sinceKeyframe: Number.NaN,
  sinceRelocalisation: Number.NaN,
  sinceObserved: Number.NaN,
  mapGrowth: Number.NaN,
  speed: Number.NaN,
};

/** What an agent knows about itself and tells the others by radio. */
export interface AgentReport {
  readonly agent: number;
  /** Seconds, mission time at the sender. */
  readonly time: number;
  readonly state: TrackingState;
  /** Own estimate in the team frame: metres, metres, radians. Of a peer NaN where nothing joins its map to the reader's yet. */
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  /** Standard deviation of the position, metres. */
  readonly positionSigma: number;
  /** Share of the map points expected in view that were tracked, 0…1. */
  readonly trackedShare: number;
  readonly inliers: number;
  readonly keyframes: number;
  readonly mapPoints: number;
  /** Square metres of open frontier this agent still sees in its own map. */
  readonly frontier: number;
  readonly task: Task;
  /** Seconds since the task began. */
  readonly taskAge: number;
  /** Metres still to go to where the task leads, NaN where it leads nowhere. */
  readonly distanceLeft: number;
  readonly health: SlamHealth;
}

/** What one agent believes about two of the team, `observer` and `peer`, one of them perhaps itself; NaN: not known. */
export interface PairView {
  readonly observer: number;
  readonly peer: number;
  /** Metres, and radians from the observer's heading, each with its σ. */
  readonly distance: number;
  readonly bearing: number;
  readonly distanceSigma: number;
  readonly bearingSigma: number;
  /** Map points that both maps hold. */
  readonly sharedPoints: number;
  /** 1 where nothing in one's own map stands between them, 0 where something does; between: unknown ground. */
  readonly lineOfSight: number;
  /** Seconds since the observer last saw the peer. */
  readonly sinceSeen: number;
  /** Share of the peer's reports that came through lately, 0…1. */
  readonly link: number;
}

/** One agent's view at its decision epoch: itself, and what its radio has delivered of the others. */
export interface AllocationView {
  readonly time: number;
  /** Seconds of mission left. */
  readonly remaining: number;
  readonly self: AgentReport;
  /** Latest report of each teammate ever heard, by rising id; `report.time` says how stale it is. */
  readonly peers: readonly AgentReport[];
  /** Every ordered pair of `self` and `peers` of which something is known. */
  readonly pairs: readonly PairView[];
  /** Seconds it may still spend in `observe`, ways included; Infinity where nobody counts. */
  readonly budgetLeft: number;
}

export interface Decision {
  readonly task: Task;
  /** The policy's value of each choice, where it has one; shown in the viewer. */
  readonly values?: readonly { readonly task: Task; readonly value: number }[];
}

export interface Allocator {
  readonly name: string;
  decide(view: AllocationView): Decision;
}

export function sameTask(a: Task, b: Task): boolean {
  return a.kind === b.kind && (a.kind === 'map' || a.peer === (b as { peer: number }).peer);
}
