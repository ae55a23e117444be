import type { Decision, Task, TrackingState } from '../base/allocation.ts';
import type { Pose } from '../base/se3.ts';
import type { RobotProfile } from '../base/world.ts';
import type { MapChanges } from '../slam/types.ts';

/**
 * The telemetry of a mission, as plain data. The mission emits all but the three that need the truth
 * (`scene`, `truth`, `metrics`): those come from the evaluator in `scenarios/`, onto the same stream. Viewer, recorder
 * and ROS are listeners; nothing is built when nobody listens. Receivers must not change or keep the arrays.
 */
export type MissionEvent =
  | StartEvent
  | SceneEvent
  | PoseEvent
  | MapEvent
  | TaskEvent
  | SightingEvent
  | ScanEvent
  | PlanEvent
  | TeamEvent
  | TiesEvent
  | TruthEvent
  | MetricsEvent
  | LogEvent
  | EndEvent;

export type MissionListener = (event: MissionEvent) => void;

export interface StartEvent {
  readonly type: 'start';
  readonly time: number;
  readonly scenario: string;
  readonly policy: string;
  readonly seed: number;
  readonly duration: number;
  readonly agents: readonly RobotProfile[];
}

/** The scene's walls and furniture, for the viewer's ghost: per solid x, y, z, hx, hy, hz, yaw. */
export interface SceneEvent {
  readonly type: 'scene';
  readonly time: number;
  readonly bounds: {
    readonly minX: number;
    readonly minY: number;
    readonly maxX: number;
    readonly maxY: number;
  };
  readonly boxes: Float32Array;
}

/** Once a packet: where an agent thinks it is, and how its tracking does. */
export interface PoseEvent {
  readonly type: 'pose';
  readonly time: number;
  readonly agent: number;
  readonly state: TrackingState;
  readonly worldFromBody: Pose;
  readonly positionSigma: number;
  readonly expected: number;
  readonly inliers: number;
  readonly referenceKeyframe: number;
  readonly keyframeFromBody: Pose;
  readonly trackedPixels: Float32Array;
  readonly trackMs: number;
}

export interface MapEvent {
  readonly type: 'map';
  readonly time: number;
  readonly agent: number;
  readonly changes: MapChanges;
}

/** A decision epoch of one agent. */
export interface TaskEvent {
  readonly type: 'task';
  readonly time: number;
  readonly agent: number;
  /** What made it decide. */
  readonly reason: 'start' | 'epoch' | 'done' | 'timeout' | 'lost' | 'recovered' | 'budget' | 'override';
  readonly decision: Decision;
  readonly previous: Task;
}

export interface SightingEvent {
  readonly type: 'sighting';
  readonly time: number;
  readonly observer: number;
  readonly peer: number;
  readonly bodyFromPeer: Pose;
}

/** A depth scan where the robot thought it was: what the evaluator anchors surface cells to. */
export interface ScanEvent {
  readonly type: 'scan';
  readonly time: number;
  readonly agent: number;
  readonly angleMin: number;
  readonly angleStep: number;
  readonly ranges: Float32Array;
  readonly maxRange: number;
}

/** The path a navigator follows, x, y pairs in the team frame. */
export interface PlanEvent {
  readonly type: 'plan';
  readonly time: number;
  readonly agent: number;
  readonly path: Float32Array;
}

/** An agent has put its map where the team's joint map has it. */
export interface TeamEvent {
  readonly type: 'team';
  readonly time: number;
  readonly agent: number;
  /** Who optimised the joint map. */
  readonly solver: number;
  /** The robot in whose starting frame the map now is; −1: the team's own, known from the start. */
  readonly frame: number;
  /** Metres by which its pose moved; σ of its position before and after, metres. */
  readonly moved: number;
  readonly sigmaBefore: number;
  readonly sigmaAfter: number;
}

/** What ties the agents' maps to each other, told by whoever has just optimised the joint map. */
export interface TiesEvent {
  readonly type: 'ties';
  readonly time: number;
  readonly agent: number;
  /** Six a tie: agent, keyframe or waypoint; agent, keyframe or waypoint; 0: a sighting, 1: a place; 0: kept, 1: rejected, 2: not decided. */
  readonly ties: Int32Array;
}

export interface TruthEvent {
  readonly type: 'truth';
  readonly time: number;
  readonly agent: number;
  /** In the team frame: the first robot's starting frame. */
  readonly worldFromBody: Pose;
}

export interface MetricsEvent {
  readonly type: 'metrics';
  readonly time: number;
  readonly coverage: number;
  readonly accurateCoverage: number;
  readonly teamAte: number;
}

export interface LogEvent {
  readonly type: 'log';
  readonly time: number;
  readonly agent: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

export interface EndEvent {
  readonly type: 'end';
  readonly time: number;
  readonly reason: 'finished' | 'stopped' | 'failed';
}
