import type { Random } from '../../base/random.ts';
import { type Draft, type PlanSolid, type Rect, shrink, WALL_THICKNESS } from './plan.ts';

/** Room left between pieces, and before doorways, metres. */
const PASSAGE = 0.75;
const DOOR_CLEARANCE = 1.15;

/** Length along the wall, depth into the room, height; metres. */
interface Piece {
  readonly size: readonly [number, number, number];
  readonly chair: boolean;
}

function drawPiece(random: Random): Piece {
  const kind = random.uniform();
  if (kind < 0.5) return { size: [random.uniform(1.2, 1.6), 0.7, 0.74], chair: true };
  if (kind < 0.75) return { size: [random.uniform(0.8, 1.4), 0.38, random.uniform(1.6, 2.1)], chair: false };
  if (kind < 0.9) return { size: [random.uniform(0.6, 1), 0.45, random.uniform(0.9, 1.3)], chair: false };
  return { size: [random.uniform(1.5, 2), 0.8, 0.8], chair: false };
}

/** Puts desks with chairs, shelves, cabinets and sofas along the walls of a room, and a table in the middle of a large one. */
export function furnish(draft: Draft, room: Rect, random: Random): void {
  const inside = shrink(room, WALL_THICKNESS / 2);
  const width = inside.maxX - inside.minX;
  const depth = inside.maxY - inside.minY;
  const placed: PlanSolid[] = [];
  if (Math.min(width, depth) > 4.6) placed.push(...centreTable(draft, inside, random));
  const tries = Math.round(1.2 * (width + depth));
  for (let i = 0; i < tries; i++) {
    const { size, chair } = drawPiece(random);
    const side = random.int(4);
    const along = side % 2 === 0 ? width : depth;
    const offset = random.uniform(size[0] / 2 + 0.05, along - size[0] / 2 - 0.05);
    const deep = size[1] + (chair ? 0.65 : 0);
    if (size[0] + 0.1 > along) continue;
    const [x, y, yaw] = againstWall(inside, side, offset, deep / 2 + 0.03);
    if (!roomFor(draft, placed, x, y, yaw, size[0], deep)) continue;
    const [px, py] = againstWall(inside, side, offset, size[1] / 2 + 0.03);
    placed.push(draft.box('furniture', [px, py, yaw], size));
    if (!chair) continue;
    const [cx, cy] = againstWall(inside, side, offset, size[1] + 0.38);
    placed.push(draft.box('furniture', [cx, cy, yaw + random.uniform(-0.5, 0.5)], CHAIR, { mass: 7 }));
  }
}

const CHAIR = [0.42, 0.42, 0.85] as const;

/** A door leaf left standing ajar: hinged at the edge of its doorway, turned far into the room. */
export function ajar(draft: Draft, hinge: readonly [number, number], intoRoom: number, random: Random): void {
  const length = 0.9;
  const yaw = intoRoom + random.uniform(-0.12, 0.12);
  const reach = length / 2 + WALL_THICKNESS / 2;
  const centre = [hinge[0] + reach * Math.cos(yaw), hinge[1] + reach * Math.sin(yaw)] as const;
  draft.box('door', [...centre, yaw], [length, 0.04, 2.05]);
}

function centreTable(draft: Draft, room: Rect, random: Random): PlanSolid[] {
  const x = (room.minX + room.maxX) / 2 + random.uniform(-0.3, 0.3);
  const y = (room.minY + room.maxY) / 2 + random.uniform(-0.3, 0.3);
  const yaw = room.maxX - room.minX > room.maxY - room.minY ? 0 : Math.PI / 2;
  const size = [random.uniform(1.4, 1.8), 0.8, 0.74] as const;
  if (!roomFor(draft, [], x, y, yaw, size[0], size[1])) return [];
  return [draft.box('furniture', [x, y, yaw], size)];
}

/** Centre and heading of something whose middle is `out` from side 0…3 (south, east, north, west) of a room. */
function againstWall(room: Rect, side: number, offset: number, out: number): [number, number, number] {
  if (side === 0) return [room.minX + offset, room.minY + out, 0];
  if (side === 1) return [room.maxX - out, room.minY + offset, Math.PI / 2];
  if (side === 2) return [room.minX + offset, room.maxY - out, 0];
  return [room.minX + out, room.minY + offset, Math.PI / 2];
}

function roomFor(
  draft: Draft,
  placed: readonly PlanSolid[],
  x: number,
  y: number,
  yaw: number,
  length: number,
  width: number,
): boolean {
  const [ex, ey] = yaw === 0 ? [length / 2, width / 2] : [width / 2, length / 2];
  for (const other of placed) {
    const extent = other.yaw === 0 ? [other.hx, other.hy] : [other.hy, other.hx];
    const gapX = Math.abs(other.x - x) - extent[0] - ex;
    const gapY = Math.abs(other.y - y) - extent[1] - ey;
    if (Math.max(gapX, gapY) < PASSAGE) return false;
  }
  return draft.doors.every(([doorX, doorY]) => {
    const gapX = Math.max(0, Math.abs(doorX - x) - ex);
    const gapY = Math.max(0, Math.abs(doorY - y) - ey);
    return gapX * gapX + gapY * gapY > DOOR_CLEARANCE * DOOR_CLEARANCE;
  });
}
