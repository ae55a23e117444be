import { InputError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { LayoutOptions } from '../options.ts';
import { corridors } from './corridors.ts';
import { office } from './office.ts';
import { type Plan, rect } from './plan.ts';
import { plaza } from './plaza.ts';
import { openTraps, placePeople, placeStarts, scatterClutter } from './populate.ts';
import { warehouse } from './warehouse.ts';

const KINDS = { office, warehouse, corridors, plaza };

type Drawn = Exclude<LayoutOptions, { kind: 'explicit' }>;

/** What stands where: drawn from the seed, or as spelled out. */
export function planLayout(options: LayoutOptions): Plan {
  if (options.kind !== 'explicit') return drawn(options);
  const { bounds, ceiling, solids, persons, starts } = options;
  return { bounds, ceiling, openAir: false, solids, persons, starts, zones: [], plain: [] };
}

function drawn({ kind, seed, width, depth, clutter, people }: Drawn): Plan {
  if (!(clutter >= 0 && clutter <= 1)) {
    throw new InputError('layout.clutter', `${clutter} is not a share; it must lie between 0 and 1`);
  }
  if (!(Number.isInteger(people) && people >= 0)) {
    throw new InputError('layout.people', `${people} is not a number of people; it must be 0, 1, 2, …`);
  }
  const random = new Random(seed).fork(`layout/${kind}`);
  const { draft, entry } = KINDS[kind](width, depth, random.fork('structure'));
  const bounds = rect(0, 0, width, depth);
  openTraps(draft.solids, bounds, entry);
  const starts = placeStarts(draft.solids, bounds, entry);
  const persons = placePeople(people, draft.solids, bounds, entry, random.fork('people'));
  const loose = scatterClutter(clutter, draft, bounds, starts, persons, random.fork('clutter'));
  const solids = [...draft.solids, ...loose];
  openTraps(solids, bounds, entry);
  const { ceiling, zones, plain } = draft;
  return { bounds, ceiling, openAir: kind === 'plaza', solids, persons, starts, zones, plain };
}
