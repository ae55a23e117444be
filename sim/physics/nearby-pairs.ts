import { type Body, Broadphase, type World } from 'cannon-es';

const CELL = 2;

/**
 * Pairs of bodies that may touch. Bodies that never move are kept here in a grid, outside the world, so that a step costs
 * what moves and not what stands. Pairs come in a fixed order.
 */
export class NearbyPairs extends Broadphase {
  private readonly still = new Map<number, Body[]>();
  /** Moving bodies that look for contacts: all but sleeping boxes. */
  active: readonly Body[] = [];
  /** Everything that moves or might. */
  movable: readonly Body[] = [];

  addStill(body: Body): void {
    body.updateAABB();
    const { lowerBound, upperBound } = body.aabb;
    for (let r = cell(lowerBound.y); r <= cell(upperBound.y); r++) {
      for (let c = cell(lowerBound.x); c <= cell(upperBound.x); c++) {
        const key = keyOf(c, r);
        const bin = this.still.get(key) ?? [];
        bin.push(body);
        this.still.set(key, bin);
      }
    }
  }

  override collisionPairs(_world: World, first: Body[], second: Body[]): void {
    const { active, movable } = this;
    const looking = new Set(active);
    const met = new Set<Body>();
    for (const body of active) {
      body.updateAABB();
      const { lowerBound, upperBound } = body.aabb;
      met.clear();
      for (let r = cell(lowerBound.y); r <= cell(upperBound.y); r++) {
        for (let c = cell(lowerBound.x); c <= cell(upperBound.x); c++) {
          for (const other of this.still.get(keyOf(c, r)) ?? []) {
            if (met.has(other) || !body.aabb.overlaps(other.aabb)) continue;
            met.add(other);
            first.push(body);
            second.push(other);
          }
        }
      }
      for (const other of movable) {
        if (other === body || (other.index < body.index && looking.has(other))) continue;
        const dx = other.position.x - body.position.x;
        const dy = other.position.y - body.position.y;
        const reach = footprint(body) + footprint(other);
        if (dx * dx + dy * dy > reach * reach) continue;
        first.push(body);
        second.push(other);
      }
    }
  }
}

const footprints = new WeakMap<Body, number>();

/** Radius of the circle a body fits into on the floor, metres; its shape may be far taller. */
export function footprint(body: Body): number {
  return footprints.get(body) ?? body.boundingRadius;
}

export function setFootprint(body: Body, radius: number): void {
  footprints.set(body, radius);
}

function cell(at: number): number {
  return Math.floor(at / CELL);
}

function keyOf(column: number, row: number): number {
  return (row + 4096) * 8192 + column + 4096;
}
