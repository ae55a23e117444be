import { adjoint, compose, inverse, log, type Pose } from '../../base/se3.ts';
import { conjugate } from '../optimize/covariance.ts';
import type { Anchor, Link } from './arrangement.ts';
import type { Chains } from './chains.ts';
import { bound999 } from './chi-squared.ts';
import { type TeamManifold, withinManifold } from './manifold.ts';

/** What one measurement says of how two pieces lie to each other. */
export interface Hypothesis {
  /** Absent where it comes of starts that are known. */
  readonly link?: Link;
  /** Nodes of the two pieces that it joins. */
  readonly a: number;
  readonly b: number;
  /** Root of the second piece in the frame of the first one's. */
  readonly aFromB: Pose;
  /** 6×6 of the measurement alone, as a left perturbation in the first root's frame. */
  readonly spread: Float64Array;
}

/** @param forwards whether the link leads from the first piece to the second */
export function hypothesisOf(
  link: Link,
  forwards: boolean,
  chains: Chains,
  manifold: TeamManifold,
): Hypothesis {
  const { fromFromTo, covariance } = link.entry.edge;
  const measured = withinManifold(covariance, manifold);
  const [a, b] = forwards ? [link.from, link.to] : [link.to, link.from];
  const rootFromA = chains.rootFromNode[a];
  const aFromSeen = forwards ? fromFromTo : inverse(fromFromTo);
  const rootFromSeen = compose(rootFromA, aFromSeen);
  return {
    link,
    a,
    b,
    aFromB: compose(rootFromSeen, inverse(chains.rootFromNode[b])),
    spread: conjugate(adjoint(forwards ? rootFromSeen : rootFromA), measured),
  };
}

/** What the known places of two pieces say. */
export function hypothesisOfAnchors(
  a: Anchor,
  b: Anchor,
  chains: Chains,
  manifold: TeamManifold,
): Hypothesis {
  const rootFromA = chains.rootFromNode[a.slot];
  const rootFromTeam = compose(rootFromA, inverse(a.teamFromBody));
  const rootFromB = compose(rootFromTeam, b.teamFromBody);
  const spread = new Float64Array(36);
  const add = (at: Pose, covariance: Float64Array | undefined) => {
    if (!covariance) return;
    const added = conjugate(adjoint(at), withinManifold(covariance, manifold));
    for (let i = 0; i < 36; i++) spread[i] += added[i];
  };
  add(rootFromA, a.prior?.covariance);
  add(rootFromB, b.prior?.covariance);
  const aFromB = compose(rootFromB, inverse(chains.rootFromNode[b.slot]));
  return { a: a.slot, b: b.slot, aFromB, spread };
}

/**
 * Squared distance of two hypotheses, given how uncertain both robots' own ways between the two are (pairwise consistency:
 * Mangelson, Dominic, Eustice, Vasudevan, "Pairwise consistent measurement set maximization", ICRA 2018).
 * @param doubt how many times as uncertain these are taken to be as they say, in variance
 */
export function disagreement(
  p: Hypothesis,
  q: Hypothesis,
  chains: Chains,
  manifold: TeamManifold,
  doubt = 1,
): number {
  const wayOfB = new Float64Array(36);
  chains.addSpread(p.b, q.b, doubt, wayOfB);
  const sum = conjugate(adjoint(p.aFromB), wayOfB);
  for (let i = 0; i < 36; i++) sum[i] += p.spread[i] + q.spread[i];
  chains.addSpread(p.a, q.a, doubt, sum);
  // Near the place, not at the root, where an angle would be a long lever.
  const rootFromPlace = chains.rootFromNode[p.a];
  const placeFromRoot = inverse(rootFromPlace);
  const covariance = conjugate(adjoint(placeFromRoot), sum);
  const difference = compose(q.aFromB, inverse(p.aFromB));
  const error = log(compose(compose(placeFromRoot, difference), rootFromPlace));
  return squaredDistance(error, covariance, manifold.axes);
}

/** Wheels and vision err more than they say, now and then: ways may be so many times as uncertain, in variance. */
export const WAY_DOUBT = 4;

/** 0: not both can be right; 1: both may be if ways are doubted; 2: both may be as it is told. */
export function agreement(p: Hypothesis, q: Hypothesis, chains: Chains, manifold: TeamManifold): 0 | 1 | 2 {
  const bound = bound999(manifold.dimension);
  if (disagreement(p, q, chains, manifold) <= bound) return 2;
  return disagreement(p, q, chains, manifold, WAY_DOUBT) <= bound ? 1 : 0;
}

const factor = new Float64Array(36);
const whitened = new Float64Array(6);

/** eᵀC⁻¹e over the axes; infinite where C is singular. */
function squaredDistance(error: Float64Array, covariance: Float64Array, axes: readonly number[]): number {
  const n = axes.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      let value = covariance[6 * axes[i] + axes[k]];
      for (let m = 0; m < k; m++) value -= factor[6 * i + m] * factor[6 * k + m];
      if (k < i) factor[6 * i + k] = value / factor[7 * k];
      else if (value > 0) factor[7 * i] = Math.sqrt(value);
      else return Number.POSITIVE_INFINITY;
    }
    let rest = error[axes[i]];
    for (let m = 0; m < i; m++) rest -= factor[6 * i + m] * whitened[m];
    whitened[i] = rest / factor[7 * i];
    sum += whitened[i] * whitened[i];
  }
  return sum;
}
