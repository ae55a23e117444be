import { InputError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { ajar, furnish } from './furnish.ts';
import { Draft, type Rect, rect } from './plan.ts';

const CORRIDOR = 1.8;
const BLOCK = 14;

/** A room, and on which side its doorway opens onto a corridor. */
interface Room {
  readonly rect: Rect;
  readonly door: 'south' | 'north' | 'west' | 'east';
}

/**
 * An office: rooms along the facades, a ring corridor, a core of more rooms (cut by cross corridors where it is large),
 * and a lobby on the south side that opens wide onto the corridor.
 * @returns the draft and the middle of the lobby, where a team comes in
 * @throws InputError below 18 × 14 m
 */
export function office(
  width: number,
  depth: number,
  random: Random,
): { draft: Draft; entry: readonly [number, number] } {
  if (!(width >= 18 && depth >= 14)) {
    throw new InputError('layout', `an office of ${width} × ${depth} m has no room for rooms; 18 × 14 m has`);
  }
  const draft = new Draft(2.7);
  const rim = Math.min(5.5, (Math.min(width, depth) - 2 * CORRIDOR - 4) / 2);
  const inner = { left: rim, right: width - rim, bottom: rim, top: depth - rim };
  const { rooms, lobby } = rimRooms(width, depth, rim, random);
  rooms.push(...coreRooms(inner, draft, random.fork('core')));

  draft.enclose(lobby);
  draft.zones.push(lobby);
  draft.doorway('x', rim, (lobby.minX + lobby.maxX) / 2, 2.4);
  rooms.forEach((room, i) => {
    partition(draft, room, inner, random.fork(`door${i}`));
  });
  draft.raise();
  rooms.forEach((room, i) => {
    furnish(draft, room.rect, random.fork(`furniture${i}`));
  });
  ringCorridor(draft, inner);
  return { draft, entry: [(lobby.minX + lobby.maxX) / 2, (lobby.minY + lobby.maxY) / 2] };
}

interface Inner {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

function rimRooms(width: number, depth: number, rim: number, random: Random): { rooms: Room[]; lobby: Rect } {
  const south = facade(width, rim, random.fork('south'));
  const lobbySpan = south.slice(1, -1).reduce((best, span) => (length(span) > length(best) ? span : best));
  const rooms: Room[] = [];
  for (const span of south) {
    if (span !== lobbySpan) rooms.push({ rect: rect(span[0], 0, span[1], rim), door: 'north' });
  }
  for (const [a, b] of facade(width, rim, random.fork('north'))) {
    rooms.push({ rect: rect(a, depth - rim, b, depth), door: 'south' });
  }
  for (const [a, b] of divide(rim, depth - rim, 4, random.fork('west'))) {
    rooms.push({ rect: rect(0, a, rim, b), door: 'east' });
  }
  for (const [a, b] of divide(rim, depth - rim, 4, random.fork('east'))) {
    rooms.push({ rect: rect(width - rim, a, width, b), door: 'west' });
  }
  return { rooms, lobby: rect(lobbySpan[0], 0, lobbySpan[1], rim) };
}

/** Spans along a facade; the corner rooms reach past the corner, since only there do they touch the corridor. */
function facade(side: number, rim: number, random: Random): Span[] {
  const first = rim + random.uniform(2.2, 2.8);
  const last = side - rim - random.uniform(2.2, 2.8);
  return [[0, first], ...divide(first, last, 6, random), [last, side]];
}

/** Blocks of rooms inside the ring, one or two rows each, with corridors between the blocks. */
function coreRooms({ left, right, bottom, top }: Inner, draft: Draft, random: Random): Room[] {
  const rooms: Room[] = [];
  const columns = blocks(left + CORRIDOR, right - CORRIDOR);
  const rows = blocks(bottom + CORRIDOR, top - CORRIDOR);
  for (const [x0, x1] of columns) {
    for (const [y0, y1] of rows) {
      const middle = y1 - y0 > 6 ? (y0 + y1) / 2 : y1;
      for (const [a, b] of divide(x0, x1, 5, random)) {
        rooms.push({ rect: rect(a, y0, b, middle), door: 'south' });
      }
      if (middle === y1) continue;
      for (const [a, b] of divide(x0, x1, 5, random)) {
        rooms.push({ rect: rect(a, middle, b, y1), door: 'north' });
      }
    }
  }
  for (let i = 1; i < columns.length; i++)
    draft.zones.push(rect(columns[i - 1][1], bottom, columns[i][0], top));
  for (let i = 1; i < rows.length; i++) draft.zones.push(rect(left, rows[i - 1][1], right, rows[i][0]));
  return rooms;
}

/** A room's walls, its doorway somewhere along the corridor, and now and then the leaf of its door. */
function partition(draft: Draft, { rect: room, door }: Room, inner: Inner, random: Random): void {
  draft.enclose(room);
  draft.zones.push(room);
  const axis = door === 'south' || door === 'north' ? 'x' : 'y';
  const at = { south: room.minY, north: room.maxY, west: room.minX, east: room.maxX }[door];
  const [from, to] =
    axis === 'x'
      ? [Math.max(room.minX, inner.left), Math.min(room.maxX, inner.right)]
      : [Math.max(room.minY, inner.bottom), Math.min(room.maxY, inner.top)];
  const width = random.uniform(1.05, 1.25);
  const centre = random.uniform(from + width / 2 + 0.35, to - width / 2 - 0.35);
  draft.doorway(axis, at, centre, width);
  if (!random.chance(0.5)) return;
  const edge = centre + (width / 2) * (random.chance(0.5) ? 1 : -1);
  const intoRoom = { south: Math.PI / 2, north: -Math.PI / 2, west: 0, east: Math.PI }[door];
  ajar(draft, axis === 'x' ? [edge, at] : [at, edge], intoRoom, random);
}

function ringCorridor(draft: Draft, { left, right, bottom, top }: Inner): void {
  draft.zones.push(
    rect(left, bottom, right, bottom + CORRIDOR),
    rect(left, top - CORRIDOR, right, top),
    rect(left, bottom + CORRIDOR, left + CORRIDOR, top - CORRIDOR),
    rect(right - CORRIDOR, bottom + CORRIDOR, right, top - CORRIDOR),
  );
}

type Span = readonly [number, number];

function length([from, to]: Span): number {
  return to - from;
}

/** Cuts a stretch into roughly equal spans of about `typical` metres. */
function divide(from: number, to: number, typical: number, random: Random): Span[] {
  const n = Math.max(1, Math.round((to - from) / typical));
  const step = (to - from) / n;
  const cuts = Array.from({ length: n + 1 }, (_, i) =>
    i === 0 ? from : i === n ? to : from + (i + random.uniform(-0.12, 0.12)) * step,
  );
  return cuts.slice(1).map((cut, i) => [cuts[i], cut] as const);
}

/** Cuts the core into blocks with a corridor between each two. */
function blocks(from: number, to: number): Span[] {
  const n = Math.max(1, Math.ceil((to - from + CORRIDOR) / (BLOCK + CORRIDOR)));
  const size = (to - from - (n - 1) * CORRIDOR) / n;
  return Array.from({ length: n }, (_, i) => {
    const start = from + i * (size + CORRIDOR);
    return [start, start + size] as const;
  });
}
