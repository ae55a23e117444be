import type { AgentReport, AllocationView, Task } from '../../base/allocation.ts';
import { isFresh, watches } from './watching.ts';

/** What the robot may choose now, mapping first, then whom to observe by rising id: rules and learners keep to the same. */
export function allowedChoices(view: AllocationView): Task[] {
  const peers = view.peers.filter((peer) => mayObserve(view, peer));
  return [{ kind: 'map' }, ...peers.map(({ agent }): Task => ({ kind: 'observe', peer: agent }))];
}

/**
 * Whether the robot may observe a teammate: it has seconds left for that, nobody else does so already, and that teammate does not
 * observe it. Of two who have begun the same thing without knowing of each other, the lower id goes on.
 */
export function mayObserve(view: AllocationView, peer: AgentReport): boolean {
  const { self, peers, budgetLeft } = view;
  if (peer.agent === self.agent || !(budgetLeft > 0)) return false;
  const isTaken = (other: AgentReport) => watches(other, other === peer ? self : peer);
  const rivals = peers.filter((other) => isFresh(view, other) && isTaken(other));
  return rivals.every(({ agent }) => watches(self, peer) && self.agent < agent);
}
