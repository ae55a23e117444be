import type { Allocator } from '../base/allocation.ts';
import type { Random } from '../base/random.ts';
import { GreedyTrace } from './baselines/greedy-trace.ts';
import { Independent } from './baselines/independent.ts';
import { Nearest } from './baselines/nearest.ts';
import { RandomAllocator } from './baselines/random.ts';

/** The policies there are, by the name a command line or an experiment gives. Each robot gets an allocator of its own. */
export const POLICIES: Readonly<Record<string, (random: Random) => Allocator>> = {
  independent: () => new Independent(),
  'greedy-trace': () => new GreedyTrace(),
  nearest: () => new Nearest(),
  random: (random) => new RandomAllocator(random),
};
