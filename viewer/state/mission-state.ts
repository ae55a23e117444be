import type { LogEvent, MissionEvent, PoseEvent } from '../../agents/events.ts';
import type { MapChanges } from '../../slam/types.ts';
import type { TelemetryMessage } from '../messages/types.ts';
import { KeyedRows } from './keyed-rows.ts';
import { MetricsHistory } from './metrics-history.ts';
import { ThinnedPath } from './thinned-path.ts';

const KEPT_LOGS = 64;
const NO_PIXELS = new Float32Array(0);
const NO_IDS = new Int32Array(0);
const NO_POSES = { ids: NO_IDS, poses: new Float64Array(0) };
const NO_POINTS = { ids: NO_IDS, positions: new Float32Array(0) };

/** What is known of one agent so far. */
class AgentState {
  pose?: MissionEvent;
  truth?: MissionEvent;
  plan?: MissionEvent;
  task?: MissionEvent;
  team?: MissionEvent;
  readonly estimatedPath = new ThinnedPath();
  readonly truePath = new ThinnedPath();
  readonly keyframes = new KeyedRows(7);
  readonly points = new KeyedRows(3);
}

/**
 * A mission so far, folded from its events into as little as a page needs to catch up: what still stands of the maps,
 * the latest of everything that only has a latest, and thinned histories. Folding an event costs microseconds; memory grows
 * with the maps alone.
 */
export class MissionState {
  private time = 0;
  private start?: MissionEvent;
  private scene?: MissionEvent;
  private ties?: MissionEvent;
  private end?: MissionEvent;
  private metrics = new MetricsHistory();
  private logs: LogEvent[] = [];
  private agents = new Map<number, AgentState>();

  /** Takes an event in; copies the arrays it keeps. A `start` begins anew. */
  fold(event: MissionEvent): void {
    this.time = event.time;
    switch (event.type) {
      case 'start':
        this.begin(event);
        break;
      case 'scene':
        this.scene = { ...event, boxes: event.boxes.slice() };
        break;
      case 'pose':
        this.foldPose(event);
        break;
      case 'truth': {
        const agent = this.agent(event.agent);
        agent.truth = { ...event, worldFromBody: event.worldFromBody.slice() };
        agent.truePath.add(event.worldFromBody[0], event.worldFromBody[1], event.worldFromBody[2]);
        break;
      }
      case 'map':
        this.foldMap(this.agent(event.agent), event.changes);
        break;
      case 'task':
        this.agent(event.agent).task = event;
        break;
      case 'plan':
        this.agent(event.agent).plan = { ...event, path: event.path.slice() };
        break;
      case 'metrics':
        this.metrics.add(event);
        break;
      case 'log':
        this.logs.push(event);
        if (this.logs.length > KEPT_LOGS) this.logs.shift();
        break;
      case 'team':
        this.agent(event.agent).team = event;
        break;
      case 'ties':
        this.ties = { ...event, ties: event.ties.slice() };
        break;
      case 'end':
        this.end = event;
        break;
      case 'sighting':
      case 'scan':
        break; // of the moment: nothing to catch up on
    }
  }

  /** The messages that bring a page up to date, from `reset` to `live`. */
  *snapshot(): Generator<TelemetryMessage> {
    const time = this.time;
    yield { type: 'reset', time };
    if (this.start) yield this.start;
    if (this.scene) yield this.scene;
    for (const [agent, state] of this.agents) {
      yield { type: 'map', time, agent, changes: standingMap(state) };
      yield* pathOf(state.estimatedPath, agent, 'estimate', time);
      yield* pathOf(state.truePath, agent, 'truth', time);
      for (const event of [state.task, state.truth, state.pose, state.plan, state.team])
        if (event) yield event;
    }
    if (this.ties) yield this.ties;
    yield* this.metrics.samples;
    yield* this.logs;
    if (this.end) yield this.end;
    yield { type: 'live', time };
  }

  private begin(event: MissionEvent): void {
    this.start = event;
    this.scene = undefined;
    this.ties = undefined;
    this.end = undefined;
    this.metrics = new MetricsHistory();
    this.logs = [];
    this.agents = new Map();
  }

  private foldPose(event: PoseEvent): void {
    const agent = this.agent(event.agent);
    agent.pose = {
      ...event,
      worldFromBody: event.worldFromBody.slice(),
      keyframeFromBody: event.keyframeFromBody.slice(),
      trackedPixels: NO_PIXELS,
    };
    agent.estimatedPath.add(event.worldFromBody[0], event.worldFromBody[1], event.worldFromBody[2]);
  }

  private foldMap({ keyframes, points }: AgentState, changes: MapChanges): void {
    for (const { ids, poses } of [changes.keyframesAdded, changes.keyframesMoved])
      for (let i = 0; i < ids.length; i++) keyframes.set(ids[i], poses, 7 * i);
    for (const { ids, positions } of [changes.pointsAdded, changes.pointsMoved])
      for (let i = 0; i < ids.length; i++) points.set(ids[i], positions, 3 * i);
    for (const id of changes.keyframesRemoved) keyframes.delete(id);
    for (const id of changes.pointsRemoved) points.delete(id);
  }

  private agent(id: number): AgentState {
    const known = this.agents.get(id);
    if (known) return known;
    const fresh = new AgentState();
    this.agents.set(id, fresh);
    return fresh;
  }
}

function standingMap({ keyframes, points }: AgentState): MapChanges {
  const standingKeyframes = keyframes.copy();
  const standingPoints = points.copy();
  return {
    keyframesAdded: { ids: standingKeyframes.ids, poses: Float64Array.from(standingKeyframes.values) },
    keyframesMoved: NO_POSES,
    keyframesRemoved: NO_IDS,
    pointsAdded: { ids: standingPoints.ids, positions: standingPoints.values },
    pointsMoved: NO_POINTS,
    pointsRemoved: NO_IDS,
    covisibilityAdded: NO_IDS,
  };
}

function* pathOf(
  path: ThinnedPath,
  agent: number,
  kind: 'estimate' | 'truth',
  time: number,
): Generator<TelemetryMessage> {
  if (path.length > 0)
    yield { type: 'path', time, agent, kind, spacing: path.spacing, positions: path.copy() };
}
