import { InputError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { Draft, rect } from './plan.ts';

const BAY = 2.7;
const RACK_DEPTH = 2;
const AISLE = 2.4;
const STAGING = 5;

/**
 * A warehouse: one hall, a staging area in the west, rows of double racks along x with aisles between and a cross aisle
 * half way. Every bay is like the next, so its surfaces repeat.
 * @throws InputError below 15 × 8 m
 */
export function warehouse(
  width: number,
  depth: number,
  random: Random,
): { draft: Draft; entry: readonly [number, number] } {
  if (!(width >= 15 && depth >= 8)) {
    throw new InputError(
      'layout',
      `a warehouse of ${width} × ${depth} m has no room for racks; 15 × 8 m has`,
    );
  }
  const draft = new Draft(5);
  draft.enclose(rect(0, 0, width, depth));
  draft.raise();
  draft.zones.push(rect(0, 0, STAGING, depth));
  const middle = (STAGING + width - AISLE) / 2;
  const halves = [
    [STAGING, middle - AISLE / 2],
    [middle + AISLE / 2, width - AISLE],
  ] as const;
  const rows = Math.floor((depth - AISLE) / (RACK_DEPTH + AISLE));
  const pitch = (depth - AISLE) / rows;
  for (let row = 0; row < rows; row++) {
    const y = AISLE / 2 + (row + 0.5) * pitch;
    const height = random.pick([2.4, 3.2, 4]);
    for (const [from, to] of halves) {
      const bays = Math.floor((to - from) / BAY);
      for (let bay = 0; bay < bays; bay++) {
        const x = from + ((bay + 0.5) * (to - from)) / bays;
        if (random.chance(0.08)) pallet(draft, x, y, random);
        else {
          const size = [(to - from) / bays, RACK_DEPTH, height] as const;
          draft.box('furniture', [x, y, 0], size, { pattern: true });
        }
      }
      draft.zones.push(rect(from, y - pitch / 2, to, y + pitch / 2));
    }
  }
  return { draft, entry: [STAGING / 2, depth / 2] };
}

/** What stands where a bay was taken out. */
function pallet(draft: Draft, x: number, y: number, random: Random): void {
  draft.box('furniture', [x, y + random.uniform(-0.4, 0.4), 0], [1.2, 0.8, random.uniform(0.7, 1.4)]);
}
