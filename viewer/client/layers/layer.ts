import type { Object3D, PerspectiveCamera, Vector2 } from 'three';
import type { TelemetryMessage } from '../../messages/types.ts';

export interface Frame {
  /** Seconds since the page opened, and since the frame before. */
  readonly now: number;
  readonly dt: number;
  /** CSS pixels of the view. */
  readonly size: Vector2;
  readonly camera: PerspectiveCamera;
}

/**
 * One kind of thing in the scene. Messages come whenever they come, many between two frames, and only change what the
 * layer keeps in memory; `update` runs once a frame, just before drawing, and brings the graphics up to date.
 */
export interface Layer {
  readonly root: Object3D;
  apply(message: TelemetryMessage): void;
  update(frame: Frame): void;
}
