import type { Random } from '../../base/random.ts';
import { wrapAngle } from '../../base/se3.ts';
import { FreeSpace } from '../../sim/geometry/free-space.ts';
import { wayBack } from '../../sim/layouts/routes.ts';
import type { Scene } from '../../sim/scene.ts';

/** Where a driven body is, and how it moves there: metres, radians, m/s, rad/s. */
export interface Moment {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly speed: number;
  readonly turnRate: number;
}

type Point = readonly [x: number, y: number];

/** Places that a round of the building passes. */
const STATIONS = 5;
/** Metres that a station moves from one round to the next, at most. */
const ASTRAY = 0.5;
const CLEARANCE = 0.15;
const SPEED = 0.6;
const TURN_RATE = 0.8;
/** A driver looks about: radians to either side, metres of way from one side and back. */
const SWAY = 0.15;
const SWAY_LENGTH = 4;

/**
 * Three rounds of a building, the last the other way round; none follows the one before exactly.
 * @param radius of the body, metres
 * @param tick seconds from one moment to the next
 */
export function drive(scene: Scene, radius: number, tick: number, random: Random): Moment[] {
  const space = new FreeSpace(scene.bounds, scene.solids, radius + CLEARANCE);
  const stations = roundOf(space, scene.starts[0]);
  const [base, ...rest] = stations;
  const passed = [rest, rest, rest.slice().reverse()].flatMap((round) => [
    base,
    ...round.map((station) => nearby(space, station, random)),
  ]);
  return follow(way(space, [...passed, base]), random.uniform(0, 2 * Math.PI), tick);
}

/** Free places far from each other, in an order that makes a short round. */
function roundOf(space: FreeSpace, [x, y]: Scene['starts'][number]): Point[] {
  const steps = space.flood(x, y);
  const distance = new Float64Array(steps.length).fill(Number.POSITIVE_INFINITY);
  const chosen: Point[] = [[x, y]];
  while (chosen.length < STATIONS) {
    const [lastX, lastY] = chosen[chosen.length - 1];
    let farthest = 0;
    for (let k = 0; k < steps.length; k++) {
      distance[k] = Math.min(distance[k], Math.hypot(space.x(k) - lastX, space.y(k) - lastY));
      if (steps[k] >= 0 && distance[k] > distance[farthest]) farthest = k;
      if (steps[k] < 0) distance[k] = Number.NEGATIVE_INFINITY;
    }
    chosen.push([space.x(farthest), space.y(farthest)]);
  }
  const round = [chosen[0]];
  const left = chosen.slice(1);
  while (left.length > 0) {
    const steps = space.flood(...round[round.length - 1]);
    left.sort((a, b) => steps[space.cellAt(...a)] - steps[space.cellAt(...b)]);
    round.push(left.shift()!);
  }
  return round;
}

function nearby(space: FreeSpace, [x, y]: Point, random: Random): Point {
  for (let tries = 0; tries < 20; tries++) {
    const near: Point = [x + random.uniform(-ASTRAY, ASTRAY), y + random.uniform(-ASTRAY, ASTRAY)];
    if (space.straight(x, y, ...near)) return near;
  }
  return [x, y];
}

function way(space: FreeSpace, points: readonly Point[]): Point[] {
  const out: Point[] = [points[0]];
  for (let i = 1; i < points.length; i++) {
    const steps = space.flood(...points[i]);
    out.push(...wayBack(space, steps, space.cellAt(...points[i - 1])).slice(1));
  }
  return out;
}

/** Straight ahead and turning on the spot by turns, swaying a little. */
function follow(points: readonly Point[], phase: number, tick: number): Moment[] {
  const moments: Moment[] = [];
  let heading = Math.atan2(points[1][1] - points[0][1], points[1][0] - points[0][0]);
  let along = 0;
  const sway = () => SWAY * Math.sin((2 * Math.PI * along) / SWAY_LENGTH + phase);
  for (let i = 1; i < points.length; i++) {
    const [ax, ay] = points[i - 1];
    const [bx, by] = points[i];
    const length = Math.hypot(bx - ax, by - ay);
    if (length === 0) continue;
    const turn = wrapAngle(Math.atan2(by - ay, bx - ax) - heading);
    const turnRate = Math.sign(turn) * TURN_RATE;
    for (let done = 0; done < Math.abs(turn); done += TURN_RATE * tick) {
      moments.push({ x: ax, y: ay, yaw: heading + Math.sign(turn) * done + sway(), speed: 0, turnRate });
    }
    heading += turn;
    for (let done = 0; done < length; done += SPEED * tick) {
      const share = done / length;
      moments.push({
        x: ax + share * (bx - ax),
        y: ay + share * (by - ay),
        yaw: heading + sway(),
        speed: SPEED,
        turnRate: 0,
      });
      along += SPEED * tick;
    }
  }
  return moments;
}
