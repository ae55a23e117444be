import type { Allocator } from '../base/allocation.ts';
import type { Random } from '../base/random.ts';
import { AUCTION, auction } from './baselines/auction.ts';
import { GREEDY_INFORMATION, greedyInformation } from './baselines/greedy-information.ts';
import { GreedyTrace } from './baselines/greedy-trace.ts';
import { Independent } from './baselines/independent.ts';
import { LOOKAHEAD, lookahead } from './baselines/lookahead/lookahead.ts';
import { Nearest } from './baselines/nearest.ts';
import { RandomAllocator } from './baselines/random.ts';
import { LINEAR, linear } from './linear/linear.ts';
import { MasDqn } from './mas-dqn.ts';
import { type Model, networkOf } from './network/model-file.ts';
import { type Parameters, valuesOf } from './parameters.ts';

/**
 * Makes one robot's allocator.
 * @param random that robot's own stream
 * @param parameters of those that the policy leaves open: any it has, by name; the others have their defaults
 * @throws InputError where there is no such parameter, or it is out of its range
 */
export type Policy = (random: Random, parameters?: object) => Allocator;

/** The policies there are, by the name a command line or an experiment gives. Each robot gets an allocator of its own. */
export const POLICIES: Readonly<Record<string, Policy>> = {
  independent: () => new Independent(),
  random: (random) => new RandomAllocator(random),
  nearest: () => new Nearest(),
  'greedy-trace': () => new GreedyTrace(),
  'greedy-information': (_, given) => greedyInformation(valuesOf(GREEDY_INFORMATION, given)),
  lookahead: (_, given) => lookahead(valuesOf(LOOKAHEAD, given)),
  auction: (_, given) => auction(valuesOf(AUCTION, given)),
  linear: (_, given) => linear(valuesOf(LINEAR, given)),
};

/** Policies that were learned: each is made of a model. */
export const LEARNED = ['mas-dqn', 'independent-dqn'] as const;
export const POLICY_NAMES: readonly string[] = [...Object.keys(POLICIES), ...LEARNED];

/** What a learned policy leaves open. */
const CHOOSING: Parameters = {
  temperature: {
    about: 'choices closer than about this are drawn by lot',
    unit: 'tenths of the score',
    default: 0,
    low: 0,
    high: 1,
  },
};

/** The policy that a model makes. */
export function learned(model: Model): Policy {
  const network = networkOf(model);
  const { policy: name } = model.header;
  return (random, given) => {
    const { temperature } = valuesOf(CHOOSING, given);
    return new MasDqn({ name, network, temperature, random });
  };
}

/** What the policies leave open to a search on scenes kept for that; the others leave nothing. */
export const PARAMETERS: Readonly<Record<string, Parameters>> = {
  'greedy-information': GREEDY_INFORMATION,
  lookahead: LOOKAHEAD,
  auction: AUCTION,
  linear: LINEAR,
  'mas-dqn': CHOOSING,
  'independent-dqn': CHOOSING,
};
