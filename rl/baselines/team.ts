import type { AgentReport, AllocationView, PairView } from '../../base/allocation.ts';
import { mayObserve } from '../observation/allowed.ts';
import { isFresh, watches } from '../observation/watching.ts';
import { type JointCovariance, jointCovariance } from './covariance.ts';
import { travelTime, WATCH_S } from './journey.ts';

/** What the rules open to the search have in common: how they see a team that drifts. */
export const DRIFT = {
  drift: {
    about: "by how much the variance of a blind robot's position grows a second",
    unit: 'm²/s',
    default: 0.003,
    low: 0.0003,
    high: 0.03,
    scale: 'log',
  },
  dark: {
    about: 'for how much longer one that is blind stays so',
    unit: 's',
    default: 20,
    low: 0,
    high: 60,
  },
  patience: {
    about: 'travel after which a watch still comes off with a chance of 1/e',
    unit: 's',
    default: 60,
    low: 10,
    high: 300,
    scale: 'log',
  },
  surer: {
    about: "an observer's σ over its peer's at most: more, and the blind lead the blind",
    unit: '',
    default: 0.5,
    low: 0.3,
    high: 2,
  },
  keep: {
    about: 'how many times its value a watch under way is taken for',
    unit: '',
    default: 1.5,
    low: 1,
    high: 3,
  },
} as const;

/** σ of where a lost robot is at least, and of where any robot is at most, metres. */
const LOST = 1;
const MOST = 4;
/** A watch under way goes on though its observer has become so many times less sure. */
const STEADY = 1.5;
/** Variance of a sighting, and by how much two who saw each other part meanwhile a second while both know where they are, m². */
export const SIGHTING = 0.0025;
const PARTING = 0.0002;
/** With so much frontier left, m², or more, a robot maps as fast as it can; one that sees none may yet find some. */
const FRONTIER = 3;
const SOME = 0.1;

/** A team as one of it sees it, in rows by rising id: what rules plan with. */
export interface Team {
  readonly time: number;
  /** Seconds of mission left. */
  readonly remaining: number;
  /** Heard lately; the one that decides included. */
  readonly members: readonly AgentReport[];
  readonly size: number;
  /** The row of the one that decides. */
  readonly self: number;
  /** size × size, [observer][peer]: 1 where that watch may be, the masks of `allowedChoices` for all of the team. */
  readonly may: Uint8Array;
  /** The same, but as if nobody were watching anybody yet. */
  readonly could: Uint8Array;
  /** size × size, [observer][peer]: 1 where it is under way. */
  readonly underWay: Uint8Array;
  /** size × size, [observer][peer]: seconds until the peer is in view; and the chance that it comes to that. */
  readonly travel: Float64Array;
  readonly chance: Float64Array;
  /** Of their positions, now. */
  readonly joint: JointCovariance;
  /** By how much each one's variance will grow a second, m²/s, as long as it stays blind. */
  readonly growth: Float64Array;
  /** 0…1 each: how much there is to map for it, in shares of plenty. */
  readonly plenty: Float64Array;
  /** 0…1 each: the share of the time left that its budget does not cover. */
  readonly scarcity: Float64Array;
}

export interface TeamModel {
  readonly drift: number;
  readonly patience: number;
  readonly surer: number;
}

/**
 * @param avoids peers that the one that decides will not watch now
 * @param left seconds of budget that a robot has left
 */
export function teamOf(
  view: AllocationView,
  { drift, patience, surer }: TeamModel,
  avoids: (peer: AgentReport) => boolean,
  left: (robot: AgentReport) => number,
): Team {
  const { time, remaining, self } = view;
  const members = [self, ...view.peers.filter((peer) => isFresh(view, peer))].sort(
    (a, b) => a.agent - b.agent,
  );
  const size = members.length;
  const pairs = pairTable(view.pairs, members);
  const growth = Float64Array.from(members, (robot) => (isBlind(robot) ? drift : 0));
  const joint = jointCovariance(variancesOf(members, time, growth), relativeVariances(pairs, growth));
  const travel = new Float64Array(size * size);
  const may = new Uint8Array(size * size);
  const could = new Uint8Array(size * size);
  const underWay = new Uint8Array(size * size);
  for (const [i, observer] of members.entries()) {
    const seat = { ...view, self: observer, peers: members.filter((other) => other !== observer) };
    const able = observer.state === 'tracking' || observer.state === 'blind';
    const budgetLeft = left(observer);
    for (const [j, peer] of members.entries()) {
      const at = size * i + j;
      underWay[at] = watches(observer, peer) ? 1 : 0;
      travel[at] = travelTime(observer, peer, pairs[at]);
      const inTime = travel[at] + WATCH_S <= Math.min(remaining, underWay[at] ? Infinity : budgetLeft);
      const ratio = surer * (underWay[at] ? STEADY : 1);
      const sure = joint[size * i + i] <= ratio * ratio * joint[size * j + j];
      const willing = able && sure && inTime && i !== j && !(observer === self && avoids(peer));
      could[at] = willing ? 1 : 0;
      may[at] = willing && mayObserve({ ...seat, budgetLeft }, peer) ? 1 : 0;
    }
  }
  return {
    time,
    remaining,
    members,
    size,
    self: members.indexOf(self),
    may,
    could,
    underWay,
    travel,
    chance: travel.map((seconds) => Math.exp(-seconds / patience)),
    joint,
    growth,
    plenty: Float64Array.from(members, ({ frontier }) => Math.min(1, Math.max(SOME, frontier / FRONTIER))),
    scarcity: Float64Array.from(members, (robot) => Math.max(0, 1 - left(robot) / Math.max(remaining, 1))),
  };
}

/** The joint covariance after so many seconds of drift for who is blind. */
export function lookedAhead({ joint, growth, size }: Team, seconds: number): JointCovariance {
  const ahead = joint.slice();
  for (let k = 0; k < size; k++) ahead[size * k + k] += growth[k] * seconds;
  return ahead;
}

function isBlind({ state }: AgentReport): boolean {
  return state === 'blind' || state === 'lost';
}

function pairTable(pairs: readonly PairView[], members: readonly AgentReport[]): (PairView | undefined)[] {
  const rows = new Map(members.map(({ agent }, row) => [agent, row]));
  const table = new Array<PairView | undefined>(members.length * members.length);
  for (const pair of pairs) {
    const [i, j] = [rows.get(pair.observer), rows.get(pair.peer)];
    if (i !== undefined && j !== undefined) table[members.length * i + j] = pair;
  }
  return table;
}

function variancesOf(members: readonly AgentReport[], time: number, growth: Float64Array): Float64Array {
  return Float64Array.from(members, ({ state, positionSigma, time: told }, i) => {
    const sigma = state === 'lost' ? Math.max(positionSigma, LOST) : positionSigma;
    // Of one that has not told yet how sure it is anything may be true.
    const variance = Number.isNaN(sigma) ? MOST * MOST : sigma * sigma;
    return Math.min(variance + growth[i] * (time - told), MOST * MOST);
  });
}

/** Who saw another knows since then where that one is from itself, but for what both have lost meanwhile. */
function relativeVariances(pairs: readonly (PairView | undefined)[], growth: Float64Array): Float64Array {
  const n = growth.length;
  const relative = new Float64Array(n * n).fill(Infinity);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const since = pairs[n * i + j]?.sinceSeen ?? Number.NaN;
      if (!(since >= 0)) continue;
      const seen = SIGHTING + (PARTING + growth[i] + growth[j]) * since;
      relative[n * i + j] = Math.min(relative[n * i + j], seen);
      relative[n * j + i] = Math.min(relative[n * j + i], seen);
    }
  }
  return relative;
}
