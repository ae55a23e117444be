import type { AgentReport, AllocationView, Allocator, Decision } from '../../base/allocation.ts';

/** A report older than this says nothing about where its sender is, seconds. */
const STALE = 30;

/** Whoever stands nearest to a teammate that is blind or lost goes to watch it; all others map. */
export class Nearest implements Allocator {
  readonly name = 'nearest';

  decide({ time, self, peers }: AllocationView): Decision {
    if (isSound(self)) {
      const heard = peers.filter((peer) => time - peer.time < STALE);
      const needy = heard.filter((peer) => !isSound(peer)).sort((a, b) => gap(self, a) - gap(self, b));
      const helpers = heard.filter(isSound);
      for (const peer of needy) {
        const taken = helpers.some((other) => watches(other, peer) || gap(other, peer) < gap(self, peer));
        if (!taken) return { task: { kind: 'observe', peer: peer.agent } };
      }
    }
    return { task: { kind: 'map' } };
  }
}

function isSound(report: AgentReport): boolean {
  return report.state === 'tracking';
}

function watches({ task }: AgentReport, peer: AgentReport): boolean {
  return task.kind === 'observe' && task.peer === peer.agent;
}

/** Metres; Infinity where their maps have nothing in common yet. */
function gap(a: AgentReport, b: AgentReport): number {
  const metres = Math.hypot(a.x - b.x, a.y - b.y);
  return Number.isNaN(metres) ? Infinity : metres;
}
