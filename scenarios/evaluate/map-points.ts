import { type Pose, transformPoint } from '../../base/se3.ts';
import type { Scene, Solid } from '../../sim/scene.ts';
import type { MapChanges } from '../../slam/types.ts';
import { boxDistance } from './solids.ts';

/** A mapped point farther than this from every surface is a ghost, metres. */
const GHOST = 0.25;

/** The map points of one agent, kept up with the changes of its map. */
export class MapPoints {
  private readonly positions = new Map<number, Float64Array>();

  get count(): number {
    return this.positions.size;
  }

  apply({ pointsAdded, pointsMoved, pointsRemoved }: MapChanges): void {
    for (const { ids, positions } of [pointsAdded, pointsMoved]) {
      ids.forEach((id, i) => {
        const position = this.positions.get(id) ?? new Float64Array(3);
        for (let k = 0; k < 3; k++) position[k] = positions[3 * i + k];
        this.positions.set(id, position);
      });
    }
    for (const id of pointsRemoved) this.positions.delete(id);
  }

  /** How many lie nowhere near the scene's floor, ceiling or solids (these where they stood at the start). */
  ghosts(scene: Scene, sceneFromTeam: Pose): number {
    let count = 0;
    for (const position of this.positions.values()) {
      const [x, y, z] = transformPoint(sceneFromTeam, position);
      if (!nearFloorOrCeiling(scene, x, y, z) && !nearSolid(scene.solids, x, y, z)) count++;
    }
    return count;
  }
}

function nearFloorOrCeiling({ bounds, ceiling }: Scene, x: number, y: number, z: number): boolean {
  const beside = Math.max(0, bounds.minX - x, x - bounds.maxX, bounds.minY - y, y - bounds.maxY);
  return beside <= GHOST && Math.min(Math.abs(z), Math.abs(z - ceiling)) <= GHOST;
}

function nearSolid(solids: readonly Solid[], x: number, y: number, z: number): boolean {
  return solids.some((solid) => {
    const reach = solid.hx + solid.hy + GHOST;
    // Most are far: told without turning the point into the box's frame.
    if (Math.abs(solid.x - x) > reach || Math.abs(solid.y - y) > reach) return false;
    return boxDistance(solid, x, y, z) <= GHOST;
  });
}
