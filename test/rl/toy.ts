import type { AllocationView, Task } from '../../base/allocation.ts';
import { Random } from '../../base/random.ts';
import type { Actors, Plays } from '../../rl/actors.ts';
import type { TeamEnvironment, TeamMoment, TeamStep } from '../../rl/environment.ts';
import { FEATURES } from '../../rl/network/features.ts';
import { QNetwork } from '../../rl/network/forward.ts';
import { playEpisode } from '../../rl/rollout.ts';
import type { TrainingConfig } from '../../rl/training-config.ts';
import { pair, report, view } from './observation/views.ts';

const EPOCH = 10;
const MOMENTS = 3;
/** What it is worth to watch the robot in need, and what every watcher costs; mapping alone makes the rest. */
const WATCHED = 0.5;
const COST = 0.15;

/**
 * One robot is in need at a time, which only its inlier ratio tells: its σ does not. Only the nearest of the others can watch it:
 * everyone mapping scores 0.5, everyone watching 0.7 for three robots, the best there is 0.85.
 */
export class WhoIsUnsure implements TeamEnvironment {
  agents: readonly number[] = [];
  private readonly team: number;
  private random = new Random('toy');
  private moment = 0;
  private places: readonly number[] = [];
  private needy = 0;
  private tasks: Task[] = [];

  constructor(team: number) {
    this.team = team;
  }

  reset(seed: number): TeamMoment {
    this.random = new Random(`toy/${seed}`);
    this.agents = Array.from({ length: this.team }, (_, i) => i);
    this.moment = 0;
    this.draw();
    return { time: 0, views: this.views() };
  }

  step(tasks: ReadonlyMap<number, Task>): TeamStep {
    this.tasks = this.agents.map((agent) => tasks.get(agent) ?? this.tasks[agent]);
    const watchers = this.tasks.filter((task) => task.kind === 'observe').length;
    const task = this.tasks[this.nearest()];
    const isWatched = task.kind === 'observe' && task.peer === this.needy;
    const reward = (0.5 + (isWatched ? WATCHED : 0) - COST * watchers) / MOMENTS;
    this.moment++;
    this.draw();
    const over = this.moment === MOMENTS;
    const info = { accurateCoverage: 0, accurateCoverageAuc: 0, ateRmse: null, timeLostS: 0, observeS: 0 };
    const views = this.views();
    if (over) this.agents = [];
    return { time: EPOCH * this.moment, views, reward, dt: EPOCH, terminated: false, truncated: over, info };
  }

  close(): void {}

  /** Tasks are over at every moment, so that nothing is masked. */
  private draw(): void {
    this.places = this.agents.map(() => this.random.uniform(0, 20));
    this.needy = this.random.int(this.team);
    this.tasks = this.agents.map(() => ({ kind: 'map' }));
  }

  private nearest(): number {
    const gap = (agent: number) => Math.abs(this.places[agent] - this.places[this.needy]);
    const others = this.agents.filter((agent) => agent !== this.needy);
    return others.reduce((best, other) => (gap(other) < gap(best) ? other : best));
  }

  private views(): Map<number, AllocationView> {
    const reports = this.agents.map((agent) =>
      report(agent, { x: this.places[agent] }, { inlierRatio: agent === this.needy ? 0.1 : 0.9 }),
    );
    const pairs = this.agents.flatMap((a) =>
      this.agents
        .filter((b) => b !== a)
        .map((b) => pair(a, b, { distance: Math.abs(this.places[a] - this.places[b]) })),
    );
    return new Map(
      reports.map((self) => {
        const peers = reports.filter((other) => other !== self);
        return [self.agent, view(self, peers, { pairs, remaining: EPOCH * (MOMENTS - this.moment) })];
      }),
    );
  }
}

export const TOY_CONFIG: TrainingConfig = {
  seed: 1,
  rounds: 20,
  episodes: 16,
  steps: 10,
  network: {
    reads: 'team',
    credit: 'team',
    dueling: true,
    hidden: 32,
    embedding: 24,
    pair: 12,
    head: 24,
    attention: 2,
  },
  learner: {
    learningRate: 5e-3,
    gradientNorm: 10,
    targetRate: 0.1,
    doubleQ: true,
    margin: 1,
    marginWeight: 0,
  },
  batch: 32,
  horizon: 0,
  replay: 4000,
  priority: { exponent: 0, correction: 0 },
  exploration: { start: 0.8, end: 0.1, rounds: 10, hold: 0 },
  dropFeatures: 0,
  imitation: { rounds: 0 },
  validation: { every: 10, episodes: 24 },
};

/** Plays in the caller's own thread. */
export class ToyActors implements Actors {
  private readonly team: number;
  private readonly config: TrainingConfig;
  readonly played: number[] = [];

  constructor(config: TrainingConfig, team = 3) {
    this.team = team;
    this.config = config;
  }

  async play({ list, ids, weights, exploration, dropFeatures }: Plays) {
    const network = new QNetwork(this.config.network, FEATURES, weights);
    const behaviour = {
      network,
      exploration,
      dropFeatures,
      hold: this.config.exploration.hold,
      record: list === 'training',
    };
    if (list === 'training') this.played.push(...ids);
    return Promise.all(
      ids.map((id) =>
        playEpisode(
          new WhoIsUnsure(this.team),
          id,
          id + (list === 'training' ? 0 : 1e6),
          behaviour,
          new Random(`${list}/${id}`),
        ),
      ),
    );
  }
}
