import type { Solid } from '../../sim/scene.ts';

/** Nothing that begins above this touches a robot, metres. */
const ROBOT_HEIGHT = 0.4;

/** Whether a robot on the floor runs into it (a table top lets it pass). */
export function standsBelow({ z, hz }: Solid): boolean {
  return z - hz < ROBOT_HEIGHT && z + hz > 0.02;
}

/** Whether it takes up the height. */
export function reaches({ z, hz }: Solid, height: number): boolean {
  return Math.abs(z - height) <= hz;
}

/** Half extents of the footprint along x and y, metres. */
export function extents({ hx, hy, yaw }: Solid): [number, number] {
  const cos = Math.abs(Math.cos(yaw));
  const sin = Math.abs(Math.sin(yaw));
  return [cos * hx + sin * hy, sin * hx + cos * hy];
}

/** From a point on the floor plan to the box's footprint, metres; 0 inside. */
export function floorDistance(solid: Solid, x: number, y: number): number {
  return Math.sqrt(squaredFloorDistance(solid, x, y));
}

/** From a point in space to the box, metres; 0 inside. */
export function boxDistance(solid: Solid, x: number, y: number, z: number): number {
  const above = Math.max(0, Math.abs(z - solid.z) - solid.hz);
  return Math.sqrt(squaredFloorDistance(solid, x, y) + above * above);
}

function squaredFloorDistance({ x: cx, y: cy, hx, hy, yaw }: Solid, x: number, y: number): number {
  const cos = Math.cos(yaw);
  const sin = Math.sin(yaw);
  const along = Math.max(0, Math.abs(cos * (x - cx) + sin * (y - cy)) - hx);
  const across = Math.max(0, Math.abs(cos * (y - cy) - sin * (x - cx)) - hy);
  return along * along + across * across;
}
