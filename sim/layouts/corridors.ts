import { InputError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { furnish } from './furnish.ts';
import { type Axis, Draft, type Rect, rect } from './plan.ts';

const CORRIDOR = 2;
const ROOM = 6.5;
/** About how far the rooms stand apart, centre to centre. */
const PITCH_X = 18;
const PITCH_Y = 14;

/**
 * Furnished rooms on a grid, joined by long corridors with plain walls and nothing in them.
 * @throws InputError below 24 × 20 m
 */
export function corridors(
  width: number,
  depth: number,
  random: Random,
): { draft: Draft; entry: readonly [number, number] } {
  if (!(width >= 24 && depth >= 20)) {
    throw new InputError('layout', `corridors in ${width} × ${depth} m are not long; 24 × 20 m is the least`);
  }
  const draft = new Draft(2.7);
  const columns = Math.max(2, Math.round((width - ROOM) / PITCH_X) + 1);
  const rows = Math.max(2, Math.round((depth - ROOM) / PITCH_Y) + 1);
  const rooms: Rect[][] = Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_, c) => {
      const x = (c * (width - ROOM)) / (columns - 1);
      const y = (r * (depth - ROOM)) / (rows - 1);
      return rect(x, y, x + ROOM, y + ROOM);
    }),
  );
  for (const room of rooms.flat()) {
    draft.enclose(room);
    draft.zones.push(room);
  }
  for (let c = 0; c + 1 < columns; c++) {
    const spaces = rooms.map((row) => eastward(draft, row[c], row[c + 1], random));
    fillBetween(draft, 'y', spaces, 0, depth);
  }
  for (let r = 0; r + 1 < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const room = rooms[r][c];
      fillBetween(draft, 'x', [northward(draft, room, rooms[r + 1][c], random)], room.minX, room.maxX);
    }
  }
  draft.raise();
  rooms.flat().forEach((room, i) => {
    if (i > 0) furnish(draft, room, random.fork(`furniture${i}`));
    else lobbyCorner(draft, room);
  });
  return { draft, entry: [ROOM / 2, ROOM / 2] };
}

function eastward(draft: Draft, from: Rect, to: Rect, random: Random): Rect {
  const y = from.minY + ROOM / 2 + random.uniform(-1, 1);
  const space = rect(from.maxX, y - CORRIDOR / 2, to.minX, y + CORRIDOR / 2);
  draft.enclose(space);
  draft.doorway('y', from.maxX, y, CORRIDOR - 0.6);
  draft.doorway('y', to.minX, y, CORRIDOR - 0.6);
  draft.plain.push(space);
  return space;
}

function northward(draft: Draft, from: Rect, to: Rect, random: Random): Rect {
  const x = from.minX + ROOM / 2 + random.uniform(-1, 1);
  const space = rect(x - CORRIDOR / 2, from.maxY, x + CORRIDOR / 2, to.minY);
  draft.enclose(space);
  draft.doorway('x', from.maxY, x, CORRIDOR - 0.6);
  draft.doorway('x', to.minY, x, CORRIDOR - 0.6);
  draft.plain.push(space);
  return space;
}

/** Solid ground beside and between parallel corridors, which follow one another along `axis`. */
function fillBetween(draft: Draft, axis: Axis, spaces: readonly Rect[], from: number, to: number): void {
  let start = from;
  for (const space of [...spaces, null]) {
    const { minX, minY, maxX, maxY } = spaces[0];
    const end = space ? (axis === 'x' ? space.minX : space.minY) : to;
    const block = axis === 'x' ? rect(start, minY, end, maxY) : rect(minX, start, maxX, end);
    const size = [block.maxX - block.minX, block.maxY - block.minY, draft.ceiling] as const;
    draft.box('wall', [(block.minX + block.maxX) / 2, (block.minY + block.maxY) / 2, 0], size);
    if (space) start = axis === 'x' ? space.maxX : space.maxY;
  }
}

/** The room a team comes in by holds little, so that all can stand there. */
function lobbyCorner(draft: Draft, room: Rect): void {
  draft.box('furniture', [room.minX + 0.5, room.minY + 0.5, 0], [0.7, 0.7, 1.2]);
}
