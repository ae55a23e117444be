import type { Allocator, Decision, Task } from '../../base/allocation.ts';

/** The allocator of a robot that does as it is told. */
export class Orders implements Allocator {
  readonly name = 'orders';
  task: Task = { kind: 'map' };

  decide(): Decision {
    return { task: this.task };
  }
}
