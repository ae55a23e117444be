import { angleBetween } from '../../base/se3.ts';
import type { Chains } from './chains.ts';
import { agreement, disagreement, type Hypothesis } from './consistency.ts';
import type { TeamManifold } from './manifold.ts';
import { maximumClique } from './max-clique.ts';
import type { Contact } from './pairs.ts';
import type { TeamNode } from './types.ts';

/** So many measurements, each so long after the one before, must agree before they alone join two robots. */
const INSTANTS = 4;
const APART_S = 1;
/**
 * And whoever was seen must have turned by so much meanwhile, radians, and by so much less than half a turn: a mirror image turns
 * the other way, so it agrees with itself until its original turns, and again once that has turned about.
 * Recognised places need no turn.
 */
const TURN = 0.5;
/** What agrees with itself but not with the known starts must be so many times as much as what agrees with them. */
const OVER_STARTS = 2;

/** What the measurements between two pieces agree on. */
export interface Consensus {
  readonly kept: readonly Hypothesis[];
  readonly dropped: readonly Hypothesis[];
  /** Of those kept the one nearest to all others; what the starts say where none is kept. */
  readonly best: Hypothesis | undefined;
  /** Whether they are enough to say how the pieces lie to each other. */
  readonly joins: boolean;
}

/**
 * @param starts what is known of how the pieces lie to each other without these measurements
 * @param binding whether that is final
 * @param possible which of the contact's hypotheses are to be asked
 */
export function consensusOf(
  { hypotheses, agreements }: Contact,
  starts: Hypothesis | undefined,
  binding: boolean,
  possible: readonly number[],
  chains: Chains,
  nodes: readonly TeamNode[],
  manifold: TeamManifold,
): Consensus {
  const n = hypotheses.length;
  const trusted = (members: readonly number[]) =>
    earnsTrust(
      members.map((i) => hypotheses[i]),
      chains,
      nodes,
    );
  let chosen = largestWithin(possible, n, agreements);
  let joins = trusted(chosen);
  for (let rest = without(possible, chosen); !joins && rest.length >= INSTANTS; ) {
    const next = largestWithin(rest, n, agreements);
    if (next.length < INSTANTS) break;
    joins = trusted(next);
    if (joins) chosen = next;
    rest = without(rest, next);
  }
  if (starts) {
    const near = possible.filter((i) => agreement(starts, hypotheses[i], chains, manifold) > 0);
    const withStarts = largestWithin(near, n, agreements);
    if (binding || !joins || chosen.length <= OVER_STARTS * withStarts.length) chosen = withStarts;
    joins = true;
  }
  // Where ways are doubted much can be right: as it is told, each must agree with something.
  chosen = chosen.filter(
    (i) =>
      chosen.some((k) => agreements[n * i + k] === 2) ||
      (starts && agreement(starts, hypotheses[i], chains, manifold) === 2),
  );
  const kept = chosen.map((i) => hypotheses[i]);
  const dropped = hypotheses.filter((_, i) => !chosen.includes(i));
  return { kept, dropped, best: centreOf(kept, chains, manifold) ?? starts, joins };
}

function without(all: readonly number[], some: readonly number[]): number[] {
  return all.filter((i) => !some.includes(i));
}

function largestWithin(members: readonly number[], n: number, agreements: Uint8Array): number[] {
  const m = members.length;
  const within = new Uint8Array(m * m);
  for (let i = 0; i < m; i++)
    for (let k = 0; k < m; k++) within[m * i + k] = agreements[n * members[i] + members[k]] > 0 ? 1 : 0;
  return maximumClique(m, within).map((i) => members[i]);
}

function earnsTrust(agreeing: readonly Hypothesis[], chains: Chains, nodes: readonly TeamNode[]): boolean {
  const times = agreeing.map(({ a }) => nodes[a].time).sort((a, b) => a - b);
  let [instants, last] = [0, Number.NEGATIVE_INFINITY];
  for (const time of times) {
    if (time < last + APART_S) continue;
    instants++;
    last = time;
  }
  if (instants < INSTANTS) return false;
  const links = agreeing.map(({ link }) => link!);
  if (links.some(({ entry }) => entry.edge.kind === 'place')) return true;
  return links.some((link) => {
    const start = chains.rootFromNode[link.to];
    const sameRobot = links.filter(({ to }) => chains.root[to] === chains.root[link.to]);
    return sameRobot.some(({ to }) => {
      const turned = angleBetween(start, chains.rootFromNode[to]);
      return turned >= TURN && turned <= Math.PI - TURN;
    });
  });
}

/** The one whose squared distances to the others sum to least; of many, one of the latest is close enough. */
function centreOf(
  kept: readonly Hypothesis[],
  chains: Chains,
  manifold: TeamManifold,
): Hypothesis | undefined {
  const some = kept.slice(-COMPARED);
  let [best, least] = [some.at(0), Number.POSITIVE_INFINITY];
  for (const one of some) {
    let sum = 0;
    for (const other of some) if (other !== one) sum += disagreement(one, other, chains, manifold);
    if (sum < least) [best, least] = [one, sum];
  }
  return best;
}

const COMPARED = 12;
