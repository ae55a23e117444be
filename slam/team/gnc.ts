import type { GraphSession } from '../kernels/sparse-kernels.ts';
import { LevenbergMarquardt } from '../optimize/levenberg-marquardt.ts';

/** An edge that may be wrong. */
export interface Suspect {
  /** Which of the session's edges. */
  readonly edge: number;
  /** χ² beyond which it counts as wrong. */
  readonly bound: number;
}

/** How fast the cost goes from convex to truncated: μ's factor from one step to the next. */
const SHARPEN = 1.6;
const FIRST_MU = 0.01;
const ROUNDS = 20;
const SETTLED = 1e-3;
const FINAL_ROUNDS = 4;

const MOST_STEPS = 20;
const STOP_SHARE = 1e-5;

/**
 * Least squares of which wrong edges have no part: graduated non-convexity with the truncated least-squares cost (Yang, Antonante,
 * Tzoumas, Carlone, "Graduated non-convexity for robust spatial perception", RA-L 2020). At the end every suspect is looked at once
 * more, those that began with weight 0 too.
 * @param weights of all the session's edges; in: where to begin; out: 1 or 0 of a suspect
 * @returns steps taken
 */
export function solveRobustly(
  session: GraphSession,
  suspects: readonly Suspect[],
  weights: Float64Array,
): number {
  session.weigh(weights);
  let steps = descend(session, MOST_STEPS);
  const open = suspects.filter(({ edge }) => weights[edge] > 0);
  const shares = () => open.map(({ edge, bound }) => session.chi2(edge) / bound);
  let present = shares();
  const worst = present.reduce((most, share) => Math.max(most, share), 0);
  if (worst > 1) {
    let mu = Math.max(FIRST_MU, 1 / (2 * worst - 1));
    for (let round = 0; round < ROUNDS; round++) {
      let unsettled = 0;
      open.forEach(({ edge }, k) => {
        const weight = truncatedWeight(present[k], mu);
        weights[edge] = weight;
        unsettled = Math.max(unsettled, Math.min(weight, 1 - weight));
      });
      session.weigh(weights);
      steps += descend(session, 1);
      present = shares();
      if (unsettled < SETTLED) break;
      mu *= SHARPEN;
    }
    steps += descend(session, MOST_STEPS);
  }
  return steps + settle(session, suspects, weights);
}

/** Whoever is within its bound counts, nobody else: until nothing changes. */
function settle(session: GraphSession, suspects: readonly Suspect[], weights: Float64Array): number {
  let steps = 0;
  for (let round = 0; round < FINAL_ROUNDS; round++) {
    let changed = false;
    for (const { edge, bound } of suspects) {
      const weight = session.chi2(edge) <= bound ? 1 : 0;
      changed ||= weight !== weights[edge];
      weights[edge] = weight;
    }
    if (!changed) break;
    session.weigh(weights);
    steps += descend(session, MOST_STEPS);
  }
  return steps;
}

export function descend(session: GraphSession, most: number): number {
  const descent = new LevenbergMarquardt(session, session.cost(), undefined, STOP_SHARE);
  while (descent.iterations < most && descent.step());
  return descent.iterations;
}

/** Weight of an error of `share` times its squared bound, at μ: of the truncated cost, from convex (0) to itself (∞). */
export function truncatedWeight(share: number, mu: number): number {
  if (share <= mu / (mu + 1)) return 1;
  if (share >= (mu + 1) / mu) return 0;
  return Math.sqrt((mu * (mu + 1)) / share) - mu;
}
