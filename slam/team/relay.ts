import { adjoint, compose, inverse } from '../../base/se3.ts';
import { conjugate } from '../optimize/covariance.ts';
import type { Chains } from './chains.ts';
import { type Hypothesis, WAY_DOUBT } from './consistency.ts';
import type { Joint } from './joining.ts';

/**
 * What others say of how two pieces lie to each other: the joints by way of third ones, of the fewest, those of most support first.
 * @param doubt of the third ones' ways, see `disagreement`
 * @returns undefined where no joints lead from one to the other
 */
export function relayed(
  a: number,
  b: number,
  joints: readonly Joint[],
  chains: Chains,
  doubt = WAY_DOUBT,
): Hypothesis | undefined {
  const ranked = joints.slice().sort((p, q) => q.support - p.support || p.a - q.a || p.b - q.b);
  const reached = new Map<number, Hypothesis | undefined>([[a, undefined]]);
  for (const [piece, so] of reached) {
    for (const joint of ranked) {
      if (joint.a !== piece && joint.b !== piece) continue;
      const on = joint.a === piece ? joint.best : reversed(joint.best);
      const other = joint.a === piece ? joint.b : joint.a;
      if (!reached.has(other)) reached.set(other, so ? joined(so, on, chains, doubt) : on);
    }
  }
  return reached.get(b);
}

function reversed({ a, b, aFromB, spread }: Hypothesis): Hypothesis {
  const bFromA = inverse(aFromB);
  return { a: b, b: a, aFromB: bFromA, spread: conjugate(adjoint(bFromA), spread) };
}

/** From the first piece to the second and on to the third, the second robot's own way between the two measurements included. */
function joined(p: Hypothesis, q: Hypothesis, chains: Chains, doubt: number): Hypothesis {
  const onwards = q.spread.slice();
  chains.addSpread(p.b, q.a, doubt, onwards);
  const spread = conjugate(adjoint(p.aFromB), onwards);
  for (let i = 0; i < 36; i++) spread[i] += p.spread[i];
  return { a: p.a, b: q.b, aFromB: compose(p.aFromB, q.aFromB), spread };
}
