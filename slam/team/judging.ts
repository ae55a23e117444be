import type { Arrangement } from './arrangement.ts';
import type { Chains } from './chains.ts';
import { consensusOf } from './consensus.ts';
import { agreement, type Hypothesis } from './consistency.ts';
import type { Entry } from './entries.ts';
import type { Joint } from './joining.ts';
import type { TeamManifold } from './manifold.ts';
import type { Contact, Pair } from './pairs.ts';
import { relayed } from './relay.ts';

/**
 * Each pair of pieces by itself first. Then those whose measurements are too few, or could be of a mirror image, as what joins the
 * two by way of others has it. Where the joints around a ring contradict each other, the pair gives way that loses fewest
 * measurements by it.
 * @param refuted measurements that the rest of the team has found wrong
 */
export function judge(
  contacts: readonly Contact[],
  refuted: ReadonlySet<Entry>,
  { nodes }: Arrangement,
  chains: Chains,
  manifold: TeamManifold,
): Pair[] {
  const judgement = (contact: Contact, starts: Hypothesis | undefined, binding: boolean): Pair => {
    const possible = contact.hypotheses.flatMap(({ link }, i) => (refuted.has(link!.entry) ? [] : [i]));
    const consensus = consensusOf(contact, starts, binding, possible, chains, nodes, manifold);
    return { a: contact.a, b: contact.b, ...consensus };
  };
  const pairs = contacts.map((contact) => judgement(contact, contact.starts, false));
  const around = (k: number) =>
    relayed(pairs[k].a, pairs[k].b, jointsOf(pairs.filter((_, other) => other !== k)), chains);
  const byThemselves = pairs.map(({ joins }) => joins);
  for (let tries = 0; tries < pairs.length; tries++) {
    let [worst, least]: [number, number] = [-1, Number.POSITIVE_INFINITY];
    let instead: Pair | undefined;
    pairs.forEach((pair, k) => {
      if (!byThemselves[k] || !pair.best || contacts[k].starts) return;
      const others = around(k);
      if (!others || agreement(others, pair.best, chains, manifold) > 0) return;
      const other = judgement(contacts[k], others, true);
      const loss = pair.kept.length - other.kept.length;
      if (loss < least) [worst, least, instead] = [k, loss, other];
    });
    if (!instead) break;
    pairs[worst] = instead;
    byThemselves[worst] = false;
  }
  pairs.forEach((pair, k) => {
    const others = pair.joins ? undefined : around(k);
    if (others) pairs[k] = judgement(contacts[k], others, true);
  });
  return pairs;
}

export function jointsOf(pairs: readonly Pair[]): Joint[] {
  return pairs.flatMap(({ a, b, best, joins, kept }) =>
    joins && best ? [{ a, b, best, support: kept.length }] : [],
  );
}
