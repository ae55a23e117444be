import type { Ground } from './ground.ts';

/** Rays of a look. */
const RAYS = 32;

/** From where, and which way: scene frame, metres and radians. */
export interface Gaze {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
}

/** What a camera that looks from somewhere finds to hold on to: mean over its rays, 0…1. @param met hears of the faces in view */
export function textureInView(
  ground: Ground,
  from: Gaze,
  fov: number,
  range: number,
  met: (face: number) => void = () => undefined,
): number {
  return fan(ground, from, fov, range, 0.5, () => undefined, met);
}

/**
 * Looks along rays.
 * @param shift where between its neighbours each ray falls, 0…1
 * @param passed hears of every free square on the way @param met of every face that ends a ray, with its direction and length
 * @returns what a camera finds to hold on to, 0…1: mean over the rays
 */
export function fan(
  ground: Ground,
  { x, y, yaw }: Gaze,
  fov: number,
  maxRange: number,
  shift: number,
  passed: (cell: number) => void,
  met: (face: number, ux: number, uy: number, range: number) => void,
): number {
  let texture = 0;
  for (let i = 0; i < RAYS; i++) {
    const angle = yaw + fov * ((i + shift) / RAYS - 0.5);
    const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
    texture += ground.look(x, y, ux, uy, maxRange, passed);
    if (ground.hit >= 0) met(ground.hit, ux, uy, ground.hitRange);
  }
  return texture / RAYS;
}
