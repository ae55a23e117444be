import { Random } from '../../base/random.ts';
import type { Plays } from '../../rl/actors.ts';
import type { TeamEnvironment } from '../../rl/environment.ts';
import { FEATURES } from '../../rl/network/features.ts';
import { QNetwork } from '../../rl/network/forward.ts';
import { POLICIES } from '../../rl/policies.ts';
import type { Episode } from '../../rl/replay/episode.ts';
import { playEpisode } from '../../rl/rollout.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { featuresEnvironment } from '../environment/features.ts';
import { statisticalEnvironment } from '../environment/statistical.ts';
import type { Scenario } from '../schema.ts';
import type { Tables } from '../statistical/tables.ts';
import { episodeAt, type TrainingPlan } from './plan.ts';

/** One episode to be played. */
export type Play = Omit<Plays, 'ids'> & { readonly id: number };

/** Plays episodes of a training; what one comes to follows from the plan and the play alone. */
export class EpisodePlayer {
  private readonly plan: TrainingPlan;
  private readonly kernels: Kernels;
  private readonly tables: Tables;
  /** Made once a scene and team size: to lay out a building takes longer than a mission in it. */
  private readonly environments = new Map<Scenario, Map<number, TeamEnvironment>>();

  constructor(plan: TrainingPlan, kernels: Kernels, tables: Tables) {
    this.plan = plan;
    this.kernels = kernels;
    this.tables = tables;
  }

  async play({ list, id, weights, exploration, dropFeatures, taught }: Play): Promise<Episode> {
    const { training } = this.plan;
    const { scenario, agents, seed } = episodeAt(this.plan, list, id);
    const behaviour = {
      network: new QNetwork(training.network, FEATURES, weights),
      exploration,
      hold: training.exploration.hold,
      dropFeatures,
      teacher: taught ? POLICIES[training.imitation.teacher] : undefined,
      record: list === 'training',
    };
    const random = new Random(`training/${training.seed}/${list}/${id}/choices`);
    return playEpisode(this.environment(scenario, agents), id, seed, behaviour, random);
  }

  private environment(scenario: Scenario, agents: number): TeamEnvironment {
    const bySize = this.environments.get(scenario) ?? new Map<number, TeamEnvironment>();
    this.environments.set(scenario, bySize);
    const environment = bySize.get(agents) ?? this.made(scenario, agents);
    bySize.set(agents, environment);
    return environment;
  }

  private made(scenario: Scenario, agents: number): TeamEnvironment {
    const { fidelity, duration } = this.plan.training;
    const common = { scenario, where: scenario.name, agents, duration };
    return fidelity === 'statistical'
      ? statisticalEnvironment({ ...common, tables: this.tables })
      : featuresEnvironment({ ...common, kernels: this.kernels });
  }
}
