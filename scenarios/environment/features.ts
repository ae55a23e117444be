import type { Mission } from '../../agents/mission.ts';
import type { AllocationView, Task } from '../../base/allocation.ts';
import type { TeamScore } from '../../rl/environment.ts';
import type { Evaluator, EvaluatorProgress } from '../evaluate/evaluator.ts';
import { type RunOptions, setUp } from '../run.ts';
import { type GuidedMission, MissionEnvironment } from './environment.ts';
import { Orders } from './orders.ts';

/** Which missions: what `runScenario` takes, without what an environment settles itself. */
export type EnvironmentOptions = Omit<
  RunOptions,
  'seed' | 'policy' | 'allocator' | 'overrides' | 'onReady' | 'onTick'
>;

/** The decision process around missions that are run in full, with SLAM. @throws InputError where the scenario cannot be set up */
export function featuresEnvironment(options: EnvironmentOptions): MissionEnvironment {
  return new MissionEnvironment((seed) => new GuidedSlamMission(options, seed));
}

class GuidedSlamMission implements GuidedMission {
  private readonly mission: Mission;
  private readonly evaluator: Evaluator;
  private readonly orders: ReadonlyMap<number, Orders>;

  constructor(options: EnvironmentOptions, seed: number) {
    const orders: Orders[] = [];
    const allocator = () => {
      orders.push(new Orders());
      return orders.at(-1)!;
    };
    const { mission, evaluator } = setUp({ ...options, seed, policy: 'guided', allocator });
    this.mission = mission;
    this.evaluator = evaluator;
    this.orders = new Map(mission.agents.map(({ profile }, i) => [profile.id, orders[i]]));
  }

  get time(): number {
    return this.mission.time;
  }

  get isOver(): boolean {
    return this.mission.isOver;
  }

  get living(): readonly number[] {
    return this.mission.living.map(({ profile }) => profile.id);
  }

  async perceive(): Promise<boolean> {
    await this.mission.perceive();
    return this.mission.living.some(({ due }) => due);
  }

  view(agent: number): AllocationView {
    return this.agent(agent).view();
  }

  decide(agent: number, task: Task): void {
    this.orders.get(agent)!.task = task;
    const one = this.agent(agent);
    one.decide(one.due ?? 'epoch');
  }

  act(): void {
    this.mission.act();
  }

  score(): TeamScore {
    return this.scoreOf(this.evaluator.soFar());
  }

  finish(): TeamScore {
    this.mission.end('finished');
    return this.scoreOf(this.evaluator.finish());
  }

  private scoreOf({
    accurateCoverage,
    accurateCoverageAuc,
    teamAte,
    timeLostS,
  }: EvaluatorProgress): TeamScore {
    const observeS = this.mission.agents.reduce((sum, { tasks }) => sum + tasks.spent.observe, 0);
    const ateRmse = Number.isFinite(teamAte) ? teamAte : null;
    return { accurateCoverage, accurateCoverageAuc, ateRmse, timeLostS, observeS };
  }

  private agent(id: number) {
    return this.mission.agents.find(({ profile }) => profile.id === id)!;
  }
}
