import { WATCH_S } from './journey.ts';
import type { Team } from './team.ts';

/** What watching costs, in the unit of a rule's gain. */
export const PRICE = {
  price: {
    about: 'what a second of mapping is worth where there is plenty to map',
    unit: '',
    default: 0.005,
    low: 0.0003,
    high: 0.05,
    scale: 'log',
  },
  thrift: {
    about: 'what a second of a budget is worth that covers nothing of the time left',
    unit: '',
    default: 0.005,
    low: 0.0003,
    high: 0.05,
    scale: 'log',
  },
} as const;

/** What the team forgoes while one goes to watch another: the mapping, and the part of a budget that is short. */
export function costOf(
  { size, travel, plenty, scarcity }: Team,
  { price, thrift }: { readonly price: number; readonly thrift: number },
  observer: number,
  peer: number,
): number {
  const seconds = travel[size * observer + peer] + WATCH_S;
  return seconds * (price * plenty[observer] + thrift * scarcity[observer]);
}
