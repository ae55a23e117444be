import type { Random } from '../../base/random.ts';
import type { FreeSpace } from '../geometry/free-space.ts';
import type { Person } from '../scene.ts';

const LONGEST = 30;
const SHORTEST = 6;

/** A way through free floor between two of the given cells, as few straight legs as the obstacles allow. */
export function walkingRoute(space: FreeSpace, cells: readonly number[], random: Random): Person['route'] {
  const from = random.pick(cells);
  const steps = space.flood(space.x(from), space.y(from));
  const inReach = cells.filter((k) => steps[k] * space.cell <= LONGEST && steps[k] * space.cell >= SHORTEST);
  const to = inReach.length > 0 ? random.pick(inReach) : from;
  return wayBack(space, steps, to);
}

/**
 * The way from `to` to where a flood began, in as few straight legs as the obstacles allow.
 * @param steps of `FreeSpace.flood`, which reached `to`
 */
export function wayBack(space: FreeSpace, steps: Int32Array, to: number): [number, number][] {
  return straighten(space, backtrack(space, steps, to));
}

/** Cells from `to` back to where the flood began. */
function backtrack(space: FreeSpace, steps: Int32Array, to: number): number[] {
  const path = [to];
  let k = to;
  while (steps[k] > 0) {
    k = [k - 1, k + 1, k - space.columns, k + space.columns].find((n) => steps[n] === steps[k] - 1)!;
    path.push(k);
  }
  return path;
}

/** Drops every corner that can be cut without touching anything. */
function straighten(space: FreeSpace, path: readonly number[]): [number, number][] {
  const point = (i: number): [number, number] => [space.x(path[i]), space.y(path[i])];
  const route = [point(0)];
  let at = 0;
  while (at < path.length - 1) {
    let next = path.length - 1;
    while (next > at + 1 && !space.straight(...point(at), ...point(next))) next--;
    route.push(point(next));
    at = next;
  }
  return route;
}
