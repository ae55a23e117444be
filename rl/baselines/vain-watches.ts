import type { AgentReport, AllocationView } from '../../base/allocation.ts';

/** A watch this long that has not made its peer any surer is vain, and not begun again for a while: seconds. */
const VAIN = 35;
const AVOID = 45;

/** What one robot remembers of the watches it chose, so that it does not go again and again where nothing is to be seen. */
export class VainWatches {
  private watch?: { readonly peer: number; readonly begun: number; readonly sigma: number };
  /** Peers not to be watched, each until when. */
  private readonly avoided = new Map<number, number>();

  /** Looks at how the watch under way is going; to be told of every view before the decision. */
  note({ time, self, peers, pairs }: AllocationView): void {
    const { watch } = this;
    if (!watch || self.task.kind !== 'observe' || self.task.peer !== watch.peer) return;
    const lasted = time - watch.begun;
    if (lasted < VAIN) return;
    const now = peers.find(({ agent }) => agent === watch.peer);
    const seen = pairs.some(
      ({ observer, peer, sinceSeen }) => observer === self.agent && peer === watch.peer && sinceSeen < lasted,
    );
    if (!seen && !(now && now.positionSigma < watch.sigma)) this.avoided.set(watch.peer, time + AVOID);
  }

  avoids(peer: AgentReport, time: number): boolean {
    return time < (this.avoided.get(peer.agent) ?? 0);
  }

  /** To be told whom the robot watches from now on, if anyone. */
  chosen(peer: AgentReport | undefined, time: number): void {
    if (!peer) this.watch = undefined;
    else if (this.watch?.peer !== peer.agent)
      this.watch = { peer: peer.agent, begun: time, sigma: peer.positionSigma };
  }
}
