import { InputError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { Boxes } from '../geometry/boxes.ts';
import { FreeSpace } from '../geometry/free-space.ts';
import type { Person, Scene } from '../scene.ts';
import type { Draft, PlanSolid, Rect } from './plan.ts';
import { walkingRoute } from './routes.ts';

/** A robot fits everywhere, and with room to spare nearly everywhere. */
const PASSING_RADII = [0.32, 0.22];
const START_CLEARANCE = 0.5;
const START_SPACING = 1.1;
const STARTS = 12;

/** Takes away furniture that would close off floor a robot could otherwise stand on. */
export function openTraps(
  solids: PlanSolid[],
  bounds: Scene['bounds'],
  entry: readonly [number, number],
): void {
  for (const radius of PASSING_RADII) openFor(radius, solids, bounds, entry);
}

function openFor(
  radius: number,
  solids: PlanSolid[],
  bounds: Scene['bounds'],
  entry: readonly [number, number],
): void {
  const space = new FreeSpace(bounds, solids, radius);
  for (;;) {
    const steps = space.flood(...entry);
    const trapped = steps.findIndex((step, k) => step < 0 && space.isFree(k));
    if (trapped < 0) return;
    const culprit = nearestLoose(solids, space.x(trapped), space.y(trapped));
    if (culprit < 0) return;
    space.remove(solids[culprit]);
    solids.splice(culprit, 1);
  }
}

/** The piece nearest to a point that is no wall; −1 where none is within reach of blaming. */
function nearestLoose(solids: readonly PlanSolid[], x: number, y: number): number {
  const boxes = new Boxes(solids);
  let best = -1;
  let bestDistance = 1.5;
  solids.forEach((solid, i) => {
    if (solid.kind === 'wall') return;
    const distance = boxes.distance(i, x, y);
    if (distance < bestDistance) {
      best = i;
      bestDistance = distance;
    }
  });
  return best;
}

/**
 * Start places nearest to the entry, apart and clear, all looking towards the middle of the building.
 * @throws InputError where fewer than eight fit
 */
export function placeStarts(
  solids: readonly PlanSolid[],
  bounds: Scene['bounds'],
  entry: readonly [number, number],
): Scene['starts'] {
  const space = new FreeSpace(bounds, solids, START_CLEARANCE + 0.05);
  const steps = space.flood(...entry);
  const order = [...steps.keys()].filter((k) => steps[k] >= 0).sort((a, b) => steps[a] - steps[b] || a - b);
  const yaw = Math.atan2(
    (bounds.minY + bounds.maxY) / 2 - entry[1],
    (bounds.minX + bounds.maxX) / 2 - entry[0],
  );
  const starts: [number, number, number][] = [];
  for (const k of order) {
    const [x, y] = [space.x(k), space.y(k)];
    const apart = starts.every(
      ([sx, sy]) => (sx - x) * (sx - x) + (sy - y) * (sy - y) >= START_SPACING * START_SPACING,
    );
    if (apart) starts.push([x, y, yaw]);
    if (starts.length === STARTS) break;
  }
  if (starts.length < 8) {
    throw new InputError(
      'layout',
      `only ${starts.length} robots could start in it; make it larger, so that 8 can`,
    );
  }
  return starts;
}

/** People with routes through free floor, away from where robots start. */
export function placePeople(
  count: number,
  solids: readonly PlanSolid[],
  bounds: Scene['bounds'],
  entry: readonly [number, number],
  random: Random,
): Person[] {
  const space = new FreeSpace(bounds, solids, PERSON_CLEARANCE, 0.2);
  const steps = space.flood(...entry);
  const reachable = [...steps.keys()].filter((k) => steps[k] * space.cell > 3);
  if (reachable.length === 0) return [];
  return Array.from({ length: count }, (_, i) => {
    const own = random.fork(`person${i}`);
    const route = walkingRoute(space, reachable, own);
    return { route, speed: own.uniform(0.5, 1.2), offset: own.uniform(0, 20) };
  });
}

const PERSON_CLEARANCE = 0.35;

/** Light boxes a robot can push, and some heavier ones, on free floor off the starts, doorways and routes. */
export function scatterClutter(
  share: number,
  draft: Draft,
  bounds: Scene['bounds'],
  starts: Scene['starts'],
  persons: readonly Person[],
  random: Random,
): PlanSolid[] {
  const space = new FreeSpace(bounds, draft.solids, 0.4);
  const area = (bounds.maxX - bounds.minX) * (bounds.maxY - bounds.minY);
  const wanted = Math.round((share * area) / 20);
  const out: PlanSolid[] = [];
  for (let tries = 0; out.length < wanted && tries < 60 * wanted; tries++) {
    const x = random.uniform(bounds.minX, bounds.maxX);
    const y = random.uniform(bounds.minY, bounds.maxY);
    const size = random.uniform(0.28, 0.5);
    const mass = random.chance(0.75) ? random.uniform(1, 5) : random.uniform(15, 40);
    const yaw = random.uniform(0, Math.PI);
    if (!space.freeAt(x, y) || draft.plain.some((zone) => contains(zone, x, y))) continue;
    const far = (px: number, py: number, distance: number) =>
      (px - x) * (px - x) + (py - y) * (py - y) > distance * distance;
    if (!starts.every(([sx, sy]) => far(sx, sy, 1))) continue;
    if (!draft.doors.every(([dx, dy]) => far(dx, dy, 1.2))) continue;
    if (!out.every((other) => far(other.x, other.y, 1.2))) continue;
    if (!persons.every((person) => awayFrom(person.route, x, y, 0.7))) continue;
    const half = size / 2;
    out.push({ kind: 'clutter', x, y, z: half, hx: half, hy: half * 0.8, hz: half, yaw, mass });
  }
  return out;
}

function contains({ minX, minY, maxX, maxY }: Rect, x: number, y: number): boolean {
  return x >= minX && x <= maxX && y >= minY && y <= maxY;
}

function awayFrom(route: Person['route'], x: number, y: number, distance: number): boolean {
  for (let i = 1; i < route.length; i++) {
    const [ax, ay] = route[i - 1];
    const [dx, dy] = [route[i][0] - ax, route[i][1] - ay];
    const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    const [ex, ey] = [ax + t * dx - x, ay + t * dy - y];
    if (ex * ex + ey * ey < distance * distance) return false;
  }
  return true;
}
