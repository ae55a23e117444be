import type { AllocationView, Allocator, Decision, Task } from '../../base/allocation.ts';
import type { Random } from '../../base/random.ts';

/** Share of decisions that send a robot to watch somebody. */
const OBSERVE_SHARE = 0.25;

/** Now and then watches a teammate drawn by lot: shows both tasks, and what choosing blindly is worth. */
export class RandomAllocator implements Allocator {
  readonly name = 'random';
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  decide({ self, peers }: AllocationView): Decision {
    const keep = self.task.kind === 'observe' && this.random.chance(1 - OBSERVE_SHARE);
    if (keep) return { task: self.task };
    const task: Task =
      peers.length > 0 && this.random.chance(OBSERVE_SHARE)
        ? { kind: 'observe', peer: this.random.pick(peers).agent }
        : { kind: 'map' };
    return { task };
  }
}
