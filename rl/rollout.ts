import type { AllocationView, Allocator, Task } from '../base/allocation.ts';
import type { Random } from '../base/random.ts';
import { actionOf, bestAction, taskOf } from './choice.ts';
import type { TeamEnvironment } from './environment.ts';
import type { QNetwork } from './network/forward.ts';
import { dropFeatures } from './observation/drop-features.ts';
import { ObservationEncoder } from './observation/encoder.ts';
import type { Observation } from './observation/observation.ts';
import type { Episode, Moment } from './replay/episode.ts';

/** Who decides in an episode, and how curiously. */
export interface Behaviour {
  readonly network: QNetwork;
  /** Chance, at each decision that is free, to choose by lot: half the time to map, else anyone who may be observed. */
  readonly exploration: number;
  /** Seconds for which such a choice is held on average: a watch takes several epochs, and one that ends at once teaches nothing. */
  readonly hold: number;
  /** Chance of each feature to be missing from a robot's observations, throughout the episode. */
  readonly dropFeatures: number;
  /** Where given, it decides, each robot by one of its own, and the network does not. */
  readonly teacher?: (random: Random) => Allocator;
  /** Whether to remember more than the score. */
  readonly record: boolean;
}

/**
 * Plays a mission from beginning to end. Everything in it follows from the environment, `seed`, the stream and the behaviour.
 * @param id of the episode in its list
 */
export async function playEpisode(
  environment: TeamEnvironment,
  id: number,
  seed: number,
  behaviour: Behaviour,
  random: Random,
): Promise<Episode> {
  const robots = new Map<number, Player>();
  const playerOf = (robot: number) => {
    const player = robots.get(robot) ?? new Player(behaviour, random.fork(`robot${robot}`));
    robots.set(robot, player);
    return player;
  };
  const moments: Moment[] = [];
  let score = 0;
  let { views } = await environment.reset(seed);
  for (let over = false; !over; ) {
    const turns = [...views].map(([robot, view]) => ({ robot, ...playerOf(robot).decide(view) }));
    const step = await environment.step(new Map(turns.map(({ robot, task }) => [robot, task])));
    score += step.reward;
    if (behaviour.record)
      moments.push({
        observations: turns.map(({ observation }) => observation),
        actions: Int16Array.from(turns, ({ action }) => action),
        reward: step.reward,
        dt: step.dt,
      });
    views = step.views;
    over = step.terminated || step.truncated;
  }
  return { id, taught: behaviour.teacher !== undefined, score, moments };
}

interface Turn {
  readonly observation: Observation;
  readonly action: number;
  readonly task: Task;
}

/** One robot of an episode. */
class Player {
  private readonly behaviour: Behaviour;
  private readonly random: Random;
  private readonly encoder = new ObservationEncoder();
  private readonly teacher?: Allocator;
  /** A task chosen by lot, and until when it is held. */
  private whim?: { readonly task: Task; readonly until: number };

  constructor(behaviour: Behaviour, random: Random) {
    this.behaviour = behaviour;
    this.random = random;
    this.teacher = behaviour.teacher?.(random.fork('teacher'));
  }

  decide(view: AllocationView): Turn {
    const whole = this.encoder.encode(view);
    const { dropFeatures: share } = this.behaviour;
    // The same stream each time, so that the same features are missing each time.
    const observation = share > 0 ? dropFeatures(whole, this.random.fork('features'), share) : whole;
    const action = this.choose(view, observation);
    return { observation, action, task: taskOf(observation, action) };
  }

  private choose(view: AllocationView, observation: Observation): number {
    if (this.teacher) return actionOf(observation, this.teacher.decide(view).task);
    const { exploration, network, hold } = this.behaviour;
    const held = this.whim && view.time < this.whim.until ? actionOf(observation, this.whim.task) : undefined;
    if (held !== undefined && (held > 0 || this.whim?.task.kind === 'map')) return held;
    this.whim = undefined;
    if (exploration === 0 || !this.random.chance(exploration)) return bestAction(network.values(observation));
    const action = this.anyAction(observation);
    const length = -hold * Math.log(1 - this.random.uniform());
    this.whim = { task: taskOf(observation, action), until: view.time + length };
    return action;
  }

  private anyAction({ allowed }: Observation): number {
    const peers = Array.from(allowed, (may, action) => (may ? action : 0)).filter((action) => action > 0);
    return peers.length === 0 || this.random.chance(0.5) ? 0 : this.random.pick(peers);
  }
}
