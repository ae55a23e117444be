import type { Anchor, Arrangement } from './arrangement.ts';
import type { Chains } from './chains.ts';
import { agreementOf, type Consensus, consensusOf } from './consensus.ts';
import { type Hypothesis, hypothesisOf, hypothesisOfAnchors } from './consistency.ts';
import type { Entry } from './entries.ts';
import type { TeamManifold } from './manifold.ts';

/** Two pieces that measurements join, by their roots. */
export interface Pair extends Consensus {
  readonly a: number;
  readonly b: number;
}

/** What the measurements between each two pieces agree on; what does not measure all axes has no part in it. */
export function judgePairs(arrangement: Arrangement, chains: Chains, manifold: TeamManifold): Pair[] {
  const { links, nodes, anchors } = arrangement;
  const { root } = chains;
  const hypotheses = new Map<number, Hypothesis[]>();
  for (const link of links) {
    const [from, to] = [root[link.from], root[link.to]];
    if (from === to || link.entry.measured < manifold.dimension) continue;
    const key = Math.min(from, to) * arrangement.size + Math.max(from, to);
    const hypothesis = hypothesisOf(link, from < to, chains, manifold);
    const list = hypotheses.get(key);
    if (list) list.push(hypothesis);
    else hypotheses.set(key, [hypothesis]);
  }
  const anchorOf = new Map<number, Anchor>();
  for (const anchor of anchors) {
    if (!anchorOf.has(root[anchor.slot])) anchorOf.set(root[anchor.slot], anchor);
  }
  return [...hypotheses.keys()]
    .sort((p, q) => p - q)
    .map((key) => {
      const list = hypotheses.get(key)!;
      const [a, b] = [Math.floor(key / arrangement.size), key % arrangement.size];
      const [anchorA, anchorB] = [anchorOf.get(a), anchorOf.get(b)];
      const starts = anchorA && anchorB && hypothesisOfAnchors(anchorA, anchorB, chains, manifold);
      const agreement = agreementOf(list, chains, manifold);
      return { a, b, ...consensusOf(list, starts, agreement, chains, nodes, manifold) };
    });
}

export function entriesOf(hypotheses: readonly Hypothesis[]): Entry[] {
  return hypotheses.flatMap(({ link }) => (link ? [link.entry] : []));
}
