import { InputError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { Draft, type PlanSolid, rect } from './plan.ts';

/** Room between things, and between them and the edge, metres. */
const SPACING = 2.5;
const ENTRY = 5;

/**
 * An open square under the sky between facades: a few kiosks, pillars and benches, and much space without anything near.
 * @throws InputError below 14 × 14 m
 */
export function plaza(
  width: number,
  depth: number,
  random: Random,
): { draft: Draft; entry: readonly [number, number] } {
  if (!(width >= 14 && depth >= 14)) {
    throw new InputError('layout', `a plaza of ${width} × ${depth} m is a yard; 14 × 14 m is the least`);
  }
  const draft = new Draft(6);
  draft.enclose(rect(0, 0, width, depth));
  draft.raise();
  draft.zones.push(
    rect(0, 0, width, 1),
    rect(0, depth - 1, width, depth),
    rect(0, 1, 1, depth - 1),
    rect(width - 1, 1, width, depth - 1),
  );
  const entry = [ENTRY, depth / 2] as const;
  const placed: PlanSolid[] = [];
  const wanted = Math.round((width * depth) / 80);
  for (let tries = 0; placed.length < wanted && tries < 40 * wanted; tries++) {
    const size = drawThing(random);
    const reach = Math.max(size[0], size[1]) / 2 + SPACING;
    const x = random.uniform(reach, width - reach);
    const y = random.uniform(reach, depth - reach);
    const dx = Math.max(0, Math.abs(x - entry[0]) - reach);
    const dy = Math.max(0, Math.abs(y - entry[1]) - reach);
    const clear = placed.every((other) => {
      const apart = reach + Math.max(other.hx, other.hy);
      return Math.max(Math.abs(other.x - x), Math.abs(other.y - y)) > apart;
    });
    if (!clear || dx * dx + dy * dy < 6) continue;
    placed.push(draft.box('furniture', [x, y, random.pick([0, 0.4, Math.PI / 2])], size));
  }
  return { draft, entry };
}

function drawThing(random: Random): readonly [number, number, number] {
  const kind = random.uniform();
  if (kind < 0.35) return [random.uniform(2, 3), random.uniform(2, 2.6), 2.6];
  if (kind < 0.7) return [0.6, 0.6, 4.5];
  return [1.8, 0.55, 0.5];
}
