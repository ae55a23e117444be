import { identity } from '../../base/se3.ts';
import type { PoseGraphProblem } from '../optimize/pose-graph.ts';
import type { Arrangement, Link } from './arrangement.ts';
import type { Layout } from './joining.ts';
import type { TeamManifold } from './manifold.ts';
import { TEAM_FRAME } from './solution.ts';

/**
 * The joint graph as the solver has it: all nodes, and behind them the origin of the team's frame, from which priors lead. Held are
 * the origin, landmarks, and of a component without either the first node of its lowest robot. Links that join two components wait.
 * @param links in the order of the problem's first edges
 */
export function problemOf(
  { size, anchors }: Arrangement,
  links: readonly Link[],
  { frames, poses }: Layout,
  manifold: TeamManifold,
): PoseGraphProblem {
  const { dimension, stride } = manifold;
  const priors = anchors.flatMap((anchor) => (anchor.prior ? [{ ...anchor, prior: anchor.prior }] : []));
  const nodes = new Float64Array(stride * (size + 1));
  for (let slot = 0; slot < size; slot++) manifold.write(poses[slot], nodes, slot);
  manifold.write(identity(), nodes, size);
  const fixed = new Uint8Array(size + 1);
  fixed[size] = 1;
  for (const { slot, prior } of anchors) if (!prior) fixed[slot] = 1;
  for (const [lowest, frame] of frames) if (frame !== TEAM_FRAME) fixed[lowest] = 1;
  const count = links.length + priors.length;
  const measured = new Float64Array(stride * count);
  const information = new Float64Array(dimension * dimension * count);
  links.forEach(({ entry }, e) => {
    manifold.write(entry.edge.fromFromTo, measured, e);
    information.set(entry.information, dimension * dimension * e);
  });
  priors.forEach(({ teamFromBody, prior }, k) => {
    manifold.write(teamFromBody, measured, links.length + k);
    information.set(prior.information, dimension * dimension * (links.length + k));
  });
  return {
    manifold: manifold.name,
    nodes,
    fixed,
    from: Int32Array.from([...links.map(({ from }) => from), ...priors.map(() => size)]),
    to: Int32Array.from([...links.map(({ to }) => to), ...priors.map(({ slot }) => slot)]),
    measured,
    information,
  };
}
