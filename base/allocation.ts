/** The contract between agents and the policies that allocate them: numbers in, a task out. */

export type Task = { readonly kind: 'map' } | { readonly kind: 'observe'; readonly peer: number };

/** How far an agent's SLAM can be trusted: camera tracks; odometry alone carries; pose no longer known. */
export type TrackingState = 'initialising' | 'tracking' | 'blind' | 'lost';

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
}

/** One agent's view at its decision epoch: itself, and what its radio has delivered of the others. */
export interface AllocationView {
  readonly time: number;
  /** Seconds of mission left. */
  readonly remaining: number;
  readonly self: AgentReport;
  /** Latest report of each teammate ever heard, by rising id; `report.time` says how stale it is. */
  readonly peers: readonly AgentReport[];
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
