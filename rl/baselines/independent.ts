import type { Allocator, Decision } from '../../base/allocation.ts';

/** Everyone maps on their own, always: what collaboration is measured against. */
export class Independent implements Allocator {
  readonly name = 'independent';

  decide(): Decision {
    return { task: { kind: 'map' } };
  }
}
