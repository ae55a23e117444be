import type { Allocator, Task } from '../../base/allocation.ts';
import { Random } from '../../base/random.ts';
import type { TeamEnvironment, TeamScore } from '../../rl/environment.ts';

/**
 * One mission from beginning to end, each robot with an allocator of its own that sees its own view.
 * @param allocator makes one robot's, from that robot's own stream
 */
export async function play(
  environment: TeamEnvironment,
  allocator: (random: Random) => Allocator,
  seed: number,
): Promise<TeamScore> {
  const random = new Random(seed).fork('play');
  const allocators = new Map<number, Allocator>();
  const allocatorOf = (agent: number) => {
    const own = allocators.get(agent) ?? allocator(random.fork(`agent${agent}/policy`));
    allocators.set(agent, own);
    return own;
  };
  let { views } = await environment.reset(seed);
  try {
    for (;;) {
      const tasks = new Map<number, Task>();
      for (const [agent, view] of views) tasks.set(agent, allocatorOf(agent).decide(view).task);
      const step = await environment.step(tasks);
      if (step.terminated || step.truncated) return step.info;
      views = step.views;
    }
  } finally {
    environment.close();
  }
}
