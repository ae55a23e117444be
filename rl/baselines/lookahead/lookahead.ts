import type { Allocator } from '../../../base/allocation.ts';
import type { Values } from '../../parameters.ts';
import { DRIFT, type Team } from '../team.ts';
import { type TeamPlan, TeamRule, type Watch } from '../team-rule.ts';
import { Forecast } from './forecast.ts';

const { drift, dark, patience, surer } = DRIFT;

export const LOOKAHEAD = {
  drift,
  dark,
  patience,
  surer,
  epochs: {
    about: 'how many times in the future a watch may begin',
    unit: '',
    default: 4,
    low: 1,
    high: 8,
    scale: 'whole',
  },
  window: {
    about: 'how far ahead what comes of it is looked at',
    unit: 's',
    default: 80,
    low: 20,
    high: 200,
  },
  past: {
    about: 'seconds of mapping before a sighting that it puts right too',
    unit: 's',
    default: 20,
    low: 0,
    high: 120,
  },
  mapping: {
    about: 'how much a second of mapping forgone counts',
    unit: '',
    default: 1,
    low: 0.2,
    high: 5,
    scale: 'log',
  },
  thrift: {
    about: 'what a second of a budget is worth that covers nothing of the time left',
    unit: 's',
    default: 0.5,
    low: 0.02,
    high: 5,
    scale: 'log',
  },
} as const;

/** Seconds from one chance to begin a watch to the next. */
const EPOCH = 5;
/** Plans that are carried on from epoch to epoch. */
const BEAM = 6;
/** A watch is worth beginning for no less than this, accurate seconds: what is less is noise. */
const LEAST = 0.5;

/** A plan so far: what it leads to if nothing more is begun. */
interface Plan {
  /** Where it stands at the epoch under way. */
  readonly state: Forecast;
  /** Accurate seconds by the end of the window. */
  readonly value: number;
  /** Watches begun now. */
  readonly now: readonly Watch[];
  /** Of the watches begun at the epoch under way the last one's place in the list: others come after it. */
  readonly last: number;
}

/**
 * *Lookahead*: plans who watches whom over the next epochs, in a tree of forecasts of the joint covariance, after TransformLoc's
 * scheduling of the robots that localise others (Wang et al., INFOCOM 2024, arXiv 2403.08815) and the search trees over
 * covariances of sensor scheduling (Vitus et al., Automatica 2012; Atanasov et al., ICRA 2014), which are deterministic since a Gaussian's covariance
 * does not depend on what will be measured. Here it is kept narrow by a beam, and the leaves are judged by the accurate
 * mapping that they lead to, not by the trace: that puts a price on the mapping forgone without a weight.
 */
export function lookahead(values: Values<typeof LOOKAHEAD>): Allocator {
  return new TeamRule('lookahead', values, (team) => planOf(team, values));
}

function planOf(team: Team, values: Values<typeof LOOKAHEAD>): TeamPlan {
  const search = new Search(team, values);
  const root = new Forecast(team, values);
  const nothing = search.valueOf(root, 0);
  const { now } = search.best(root.copy(), nothing);
  return { watches: now, value: (i, j) => search.valueWith(root, i, j, 0) - nothing };
}

class Search {
  private readonly epochs: number;
  private readonly window: number;
  private readonly scratch: Forecast;
  /** All that the rules allow now, and later. */
  private readonly first: readonly Watch[];
  private readonly later: readonly Watch[];

  constructor(team: Team, values: Values<typeof LOOKAHEAD>) {
    this.epochs = values.epochs;
    this.window = Math.min(values.window, team.remaining);
    this.scratch = new Forecast(team, values);
    this.first = watchesIn(team.may, team.size);
    this.later = watchesIn(team.could, team.size);
  }

  /** @param root what is so now; it moves on with the search */
  best(root: Forecast, value: number): Plan {
    let best: Plan = { state: root, value, now: [], last: -1 };
    let beam = [best];
    for (let epoch = 0; epoch < this.epochs; epoch++) {
      const plans = this.withStarts(beam, epoch);
      beam = bestOf(plans);
      if (beam[0].value > best.value) best = beam[0];
      for (const { state } of beam) state.advance(EPOCH);
      beam = beam.map((plan) => ({ ...plan, last: -1 }));
    }
    return best;
  }

  /** The plans themselves, and with every set of watches begun at this epoch that makes them better one by one. */
  private withStarts(beam: readonly Plan[], epoch: number): Plan[] {
    const plans = [...beam];
    let grown = beam;
    while (grown.length > 0) {
      grown = bestOf(grown.flatMap((plan) => this.withOneMore(plan, epoch)));
      plans.push(...grown);
    }
    return plans;
  }

  private withOneMore(plan: Plan, epoch: number): Plan[] {
    const watches = epoch === 0 ? this.first : this.later;
    const more: Plan[] = [];
    for (let at = plan.last + 1; at < watches.length; at++) {
      const { observer, peer } = watches[at];
      if (!plan.state.isOpen(observer, peer)) continue;
      const value = this.valueWith(plan.state, observer, peer, epoch);
      if (value < plan.value + LEAST) continue;
      const now = epoch === 0 ? [...plan.now, watches[at]] : plan.now;
      const state = plan.state.copy();
      state.start(observer, peer);
      more.push({ state, value, now, last: at });
    }
    return more;
  }

  /** What a state leads to if one watch more is begun and nothing after it. */
  valueWith(state: Forecast, observer: number, peer: number, epoch: number): number {
    this.scratch.become(state).start(observer, peer);
    return this.toTheEnd(epoch);
  }

  valueOf(state: Forecast, epoch: number): number {
    this.scratch.become(state);
    return this.toTheEnd(epoch);
  }

  private toTheEnd(epoch: number): number {
    const { scratch, window } = this;
    let left = window - epoch * EPOCH;
    while (left > 0) {
      scratch.advance(Math.min(EPOCH, left));
      left -= EPOCH;
    }
    return scratch.value;
  }
}

function watchesIn(allowed: Uint8Array, size: number): Watch[] {
  return Array.from(allowed, (may, at) =>
    may ? { observer: Math.floor(at / size), peer: at % size } : [],
  ).flat();
}

/** The first of equals first. */
function bestOf(plans: readonly Plan[]): Plan[] {
  return [...plans].sort((a, b) => b.value - a.value).slice(0, BEAM);
}
