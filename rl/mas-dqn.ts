import type { AllocationView, Allocator, Decision } from '../base/allocation.ts';
import type { Random } from '../base/random.ts';
import { bestAction, softAction, taskOf } from './choice.ts';
import type { QNetwork } from './network/forward.ts';
import { ObservationEncoder } from './observation/encoder.ts';

export interface MasDqnOptions {
  readonly name: string;
  readonly network: QNetwork;
  /** Tenths of the score: choices closer than about this are drawn by lot; 0: always the best. */
  readonly temperature: number;
  readonly random: Random;
}

/**
 * One robot of a team whose Q-networks were learned together. It decides by itself, from its own SLAM and what its radio has
 * delivered; what it may choose already leaves out what others have announced. Values are tenths of the score.
 */
export class MasDqn implements Allocator {
  readonly name: string;
  private readonly options: MasDqnOptions;
  private readonly encoder = new ObservationEncoder();

  constructor(options: MasDqnOptions) {
    this.name = options.name;
    this.options = options;
  }

  decide(view: AllocationView): Decision {
    const { network, temperature, random } = this.options;
    const observation = this.encoder.encode(view);
    const q = network.values(observation);
    const action = temperature > 0 ? softAction(q, temperature, random) : bestAction(q);
    const values = Array.from(q, (value, i) => ({ task: taskOf(observation, i), value }));
    return { task: taskOf(observation, action), values: values.filter(({ value }) => !Number.isNaN(value)) };
  }
}
