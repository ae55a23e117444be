import type { Anchor, Arrangement } from './arrangement.ts';
import type { Chains } from './chains.ts';
import type { Consensus } from './consensus.ts';
import { agreement, type Hypothesis, hypothesisOf, hypothesisOfAnchors } from './consistency.ts';
import { type Entry, keyOf } from './entries.ts';
import type { TeamManifold } from './manifold.ts';

/** Two pieces that measurements join, by their roots, and which of these may be right together. */
export interface Contact {
  readonly a: number;
  readonly b: number;
  readonly hypotheses: readonly Hypothesis[];
  /** n×n of the hypotheses: their `agreement`. */
  readonly agreements: Uint8Array;
  /** What the known starts of both say, where they are known. */
  readonly starts: Hypothesis | undefined;
}

/** Two pieces and what the measurements between them agree on. */
export interface Pair extends Consensus {
  readonly a: number;
  readonly b: number;
}

/** Finds all contacts of a team, and remembers what it compared: most of it is the same at the next solution. */
export class Contacts {
  private readonly manifold: TeamManifold;
  private known = new Map<string, Contact>();

  constructor(manifold: TeamManifold) {
    this.manifold = manifold;
  }

  /** By the pieces' roots. What does not measure all axes has no part in it. */
  gather(arrangement: Arrangement, chains: Chains): Contact[] {
    const { manifold } = this;
    const anchorOf = firstAnchors(arrangement.anchors, chains);
    const lists = [...hypothesesByPair(arrangement, chains, manifold)].sort(([p], [q]) => p - q);
    const gathered = new Map<string, Contact>();
    for (const [key, hypotheses] of lists) {
      const [a, b] = [Math.floor(key / arrangement.size), key % arrangement.size];
      const name = `${keyOf(arrangement.refs[a])} ${keyOf(arrangement.refs[b])}`;
      const [startA, startB] = [anchorOf.get(a), anchorOf.get(b)];
      const starts = startA && startB && hypothesisOfAnchors(startA, startB, chains, manifold);
      const agreements = agreementsOf(hypotheses, this.known.get(name), chains, manifold);
      gathered.set(name, { a, b, hypotheses, agreements, starts });
    }
    this.known = gathered;
    return [...gathered.values()];
  }
}

export function entriesOf(hypotheses: readonly Hypothesis[]): Entry[] {
  return hypotheses.flatMap(({ link }) => (link ? [link.entry] : []));
}

function hypothesesByPair(
  { links, size }: Arrangement,
  chains: Chains,
  manifold: TeamManifold,
): Map<number, Hypothesis[]> {
  const { root } = chains;
  const lists = new Map<number, Hypothesis[]>();
  for (const link of links) {
    const [from, to] = [root[link.from], root[link.to]];
    if (from === to || link.entry.measured < manifold.dimension) continue;
    const key = Math.min(from, to) * size + Math.max(from, to);
    const hypothesis = hypothesisOf(link, from < to, chains, manifold);
    const list = lists.get(key);
    if (list) list.push(hypothesis);
    else lists.set(key, [hypothesis]);
  }
  return lists;
}

function firstAnchors(anchors: readonly Anchor[], { root }: Chains): Map<number, Anchor> {
  const first = new Map<number, Anchor>();
  for (const anchor of anchors) {
    if (!first.has(root[anchor.slot])) first.set(root[anchor.slot], anchor);
  }
  return first;
}

function agreementsOf(
  hypotheses: readonly Hypothesis[],
  before: Contact | undefined,
  chains: Chains,
  manifold: TeamManifold,
): Uint8Array {
  const n = hypotheses.length;
  const all = new Uint8Array(n * n);
  const earlier = earlierPlaces(hypotheses, before);
  const m = before?.hypotheses.length ?? 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const known = earlier[i] >= 0 && earlier[k] >= 0;
      const both = known
        ? before!.agreements[m * earlier[i] + earlier[k]]
        : agreement(hypotheses[k], hypotheses[i], chains, manifold);
      all[n * i + k] = both;
      all[n * k + i] = both;
    }
  }
  return all;
}

/** Where each hypothesis stood before; −1 where it is new, or says something else since a robot's way has changed. */
function earlierPlaces(hypotheses: readonly Hypothesis[], before: Contact | undefined): Int32Array {
  const places = new Map(before?.hypotheses.map(({ link }, i) => [link!.entry, i]));
  return Int32Array.from(hypotheses, ({ link, aFromB }) => {
    const place = places.get(link!.entry) ?? -1;
    return place >= 0 && aFromB.every((value, i) => value === before!.hypotheses[place].aFromB[i])
      ? place
      : -1;
  });
}
