/**
 * A scene is a layout (what stands where) wearing an appearance (what it looks like). Frame: x, y on the floor
 * in metres, z up, floor at z = 0.
 */

/** What a surface looks like to a feature detector. */
export interface Material {
  readonly name: string;
  /** Corners per square metre that a camera can tell from 3 m, sharp and head-on; finer ones show nearer by. */
  readonly texture: number;
  /** 0…1: how much a descriptor changes with the viewing angle and from one place to the next. */
  readonly contrast: number;
  /** Metres after which the pattern (descriptors included) repeats; absent: unique everywhere. */
  readonly repeat?: number;
}

export type SolidKind = 'wall' | 'door' | 'furniture' | 'clutter';

/** An upright box. Movable ones are cannon-es dynamic bodies, the rest static. */
export interface Solid {
  readonly id: number;
  readonly kind: SolidKind;
  /** Centre, metres. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Half extents along its own axes, metres. */
  readonly hx: number;
  readonly hy: number;
  readonly hz: number;
  /** Heading of its own x axis, radians. */
  readonly yaw: number;
  /** Index into `Scene.materials`. */
  readonly material: number;
  /** Kilograms; absent: does not move. */
  readonly mass?: number;
}

/** Someone who walks to and fro along a route at a steady pace, waiting where the way is blocked. */
export interface Person {
  readonly route: readonly (readonly [number, number])[];
  /** m/s. */
  readonly speed: number;
  /** Metres along the route at time 0. */
  readonly offset: number;
}

/** A floor rectangle in which surfaces carry no texture: walls, floor and ceiling only, or all that stands in it too. */
export interface BareArea {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly everything: boolean;
}

export interface Scene {
  /** Floor rectangle, metres. */
  readonly bounds: {
    readonly minX: number;
    readonly minY: number;
    readonly maxX: number;
    readonly maxY: number;
  };
  readonly ceiling: number;
  readonly floorMaterial: number;
  readonly ceilingMaterial: number;
  readonly materials: readonly Material[];
  readonly solids: readonly Solid[];
  readonly persons: readonly Person[];
  /** Places where robots may start, clear of everything by 0.5 m: x, y, yaw. */
  readonly starts: readonly (readonly [number, number, number])[];
  /** 0…1; dim light weakens and blurs features. */
  readonly light: number;
  /** A surface belongs to the area it faces into, so the two sides of a wall may differ. */
  readonly bareAreas: readonly BareArea[];
  /** What the texture itself (where corners are, what they look like) is drawn from. */
  readonly textureSeed: number;
}
