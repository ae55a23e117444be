import type { Random } from '../base/random.ts';

/** An observation of a teammate that could be used now. */
export interface Offer {
  /** Metres between the two. */
  readonly range: number;
  /** By how much it would lower the sum of the variances of all robots' positions, m². */
  readonly gain: number;
}

export const BUDGET_POLICIES = ['greedy-trace', 'nearest', 'random'] as const;
export type BudgetPolicy = (typeof BUDGET_POLICIES)[number];

/** What a policy likes: more is better. */
const WORTH: Record<BudgetPolicy, (offer: Offer, random: Random) => number> = {
  'greedy-trace': ({ gain }) => gain,
  nearest: ({ range }) => -range,
  random: (_, random) => random.uniform(),
};

const WINDOW_S = 60;

/**
 * Chooses which observations of teammates to use, when a team may use but so many in any minute. Each must be taken or left at once: it is
 * held against what was offered in the last minute, and must be among the best there, the fewer of them the more was used meanwhile; any will do where none was.
 */
export class ObservationBudget {
  private readonly perMinute: number;
  private readonly worth: (offer: Offer) => number;
  private readonly offered: { readonly time: number; readonly worth: number }[] = [];
  private readonly taken: number[] = [];

  constructor(perMinute: number, policy: BudgetPolicy, random: Random) {
    this.perMinute = perMinute;
    this.worth = (offer) => WORTH[policy](offer, random);
  }

  /** Whether to use it. Times never fall. @param time seconds */
  takes(time: number, offer: Offer): boolean {
    const worth = this.worth(offer);
    while (this.offered.length > 0 && this.offered[0].time <= time - WINDOW_S) this.offered.shift();
    while (this.taken.length > 0 && this.taken[0] <= time - WINDOW_S) this.taken.shift();
    const better = this.offered.filter((other) => other.worth > worth).length;
    this.offered.push({ time, worth });
    const used = this.taken.length;
    if (used >= this.perMinute || better * used >= this.perMinute * this.perMinute) return false;
    this.taken.push(time);
    return true;
  }
}
