import type { AllocationView, Task } from '../../base/allocation.ts';
import type { TeamScore } from '../../rl/environment.ts';
import { simOptions } from '../sim-options.ts';
import { StatisticalMission } from '../statistical/mission.ts';
import type { StatisticalRunOptions } from '../statistical/run.ts';
import { Site } from '../statistical/site.ts';
import { type GuidedMission, MissionEnvironment } from './environment.ts';
import { Orders } from './orders.ts';

/** Which missions: what `runStatistical` takes, without what an environment settles itself. */
export type StatisticalEnvironmentOptions = Omit<
  StatisticalRunOptions,
  'seed' | 'policy' | 'allocator' | 'overrides'
>;

/** The decision process around missions without frames, all on one site. @throws InputError where the scenario cannot be set up */
export function statisticalEnvironment(options: StatisticalEnvironmentOptions): MissionEnvironment {
  const { scenario, where, agents } = options;
  const site = new Site(simOptions(scenario, { seed: 0, agents, where }));
  return new MissionEnvironment((seed) => new GuidedStatisticalMission(options, site, seed));
}

class GuidedStatisticalMission implements GuidedMission {
  private readonly mission: StatisticalMission;
  private readonly orders = new Map<number, Orders>();

  constructor(options: StatisticalEnvironmentOptions, site: Site, seed: number) {
    const { scenario, tables, relative, duration = scenario.duration } = options;
    const { epoch, observeBudget = Infinity } = scenario.decision;
    this.mission = new StatisticalMission({
      site,
      tables,
      seed,
      allocator: (agent) => {
        const orders = new Orders();
        this.orders.set(agent, orders);
        return orders;
      },
      duration,
      task: { epoch, observeBudget, overrides: [] },
      relative,
    });
  }

  get time(): number {
    return this.mission.time;
  }

  get isOver(): boolean {
    return this.mission.isOver;
  }

  get living(): readonly number[] {
    return this.mission.living.map(({ id }) => id);
  }

  perceive(): boolean {
    return this.mission.perceive();
  }

  view(agent: number): AllocationView {
    return this.robot(agent).view();
  }

  decide(agent: number, task: Task): void {
    this.orders.get(agent)!.task = task;
    const robot = this.robot(agent);
    robot.decide(robot.due ?? 'epoch');
  }

  act(): void {
    this.mission.act();
  }

  score(): TeamScore {
    return this.mission.score();
  }

  finish(): TeamScore {
    this.mission.finish();
    return this.mission.score();
  }

  private robot(agent: number) {
    return this.mission.robots.find(({ id }) => id === agent)!;
  }
}
