import type { MissionEvent } from '../../agents/events.ts';

/**
 * Everything that travels on the telemetry stream: what a mission emits, and what the server adds so that a page opened
 * late is brought up to date. A snapshot is `reset`, then the mission so far in ordinary messages, then `live`.
 */
export type TelemetryMessage = MissionEvent | ResetMessage | PathMessage | LiveMessage;

/** Forget everything: a snapshot follows. */
export interface ResetMessage {
  readonly type: 'reset';
  readonly time: number;
}

/** Where an agent has been so far, thinned. */
export interface PathMessage {
  readonly type: 'path';
  readonly time: number;
  readonly agent: number;
  readonly kind: 'estimate' | 'truth';
  /** Metres between vertices. */
  readonly spacing: number;
  /** Team frame, 3 a vertex, oldest first. */
  readonly positions: Float32Array;
}

/** The snapshot is complete; what follows is as it happens. */
export interface LiveMessage {
  readonly type: 'live';
  readonly time: number;
}

export interface Envelope {
  /** Rises by one a message of the live stream; a snapshot carries the number of the last one it includes. */
  readonly sequence: number;
  readonly event: TelemetryMessage;
}
