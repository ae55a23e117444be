import type { Allocator } from '../base/allocation.ts';
import type { Random } from '../base/random.ts';
import type { World } from '../base/world.ts';
import type { Kernels } from '../slam/kernels/kernels.ts';
import { Agent } from './agent.ts';
import type { MissionListener } from './events.ts';
import type { DecisionRecord, Override } from './tasks.ts';

export interface MissionOptions {
  readonly world: World;
  readonly kernels: Kernels;
  /** Makes one robot's allocator; `random` is that robot's own stream. */
  readonly allocator: (agent: number, random: Random) => Allocator;
  readonly random: Random;
  /** Names for whoever listens. */
  readonly scenario: string;
  readonly policy: string;
  readonly seed: number;
  /** Mission length and time between decisions, seconds. */
  readonly duration: number;
  readonly epoch: number;
  /** Seconds that each robot may spend in `observe`, ways included; absent: as many as it likes. */
  readonly observeBudget?: number;
  /** Keypoints wanted of an image, where cameras deliver images. */
  readonly features?: number;
  /** Decisions put in the policy's place: a branch of the mission that goes without them. */
  readonly overrides?: readonly Override[];
  readonly listener?: MissionListener;
}

/** Packets missing this long make a robot count as gone, seconds. */
const SILENCE = 2;
const HALF = 0.5;

/** A team on a mission. The same world, seed and policy give the same bytes. */
export class Mission {
  /** By rising id; those whose robot is gone stay with what they have. */
  readonly agents: readonly Agent[];
  private readonly options: MissionOptions;
  private readonly byId: ReadonlyMap<number, Agent>;
  private readonly gone = new Set<number>();
  /** Those with a packet in this tick. */
  private awake: readonly Agent[] = [];

  constructor(options: MissionOptions) {
    const { world, kernels, random, listener } = options;
    this.options = options;
    const team = world.bodies.map(({ profile }) => profile);
    this.agents = world.bodies.map((body) => {
      const own = random.fork(`agent${body.profile.id}`);
      return new Agent({
        body,
        team,
        kernels,
        link: world.link,
        allocator: options.allocator(body.profile.id, own.fork('policy')),
        random: own,
        features: options.features,
        epoch: options.epoch,
        duration: options.duration,
        observeBudget: options.observeBudget ?? Infinity,
        overrides: options.overrides ?? [],
        emit: listener,
      });
    });
    this.byId = new Map(this.agents.map((agent) => [agent.profile.id, agent]));
    listener?.({
      type: 'start',
      time: world.time,
      scenario: options.scenario,
      policy: options.policy,
      seed: options.seed,
      duration: options.duration,
      agents: this.agents.map(({ profile }) => profile),
    });
  }

  /** Mission time, seconds. */
  get time(): number {
    return this.options.world.time;
  }

  get isOver(): boolean {
    const { world, duration } = this.options;
    return world.time >= duration - HALF * world.tick || this.gone.size === this.agents.length;
  }

  /** Every decision so far, in the order they were taken. */
  decisions(): DecisionRecord[] {
    const all = this.agents.flatMap(({ tasks }) => tasks.decisions);
    return all.sort((a, b) => a.time - b.time || a.agent - b.agent);
  }

  /** One tick: the world moves, each robot senses, thinks and acts. */
  async tick(): Promise<void> {
    await this.perceive();
    for (const agent of this.awake) if (agent.due) agent.decide(agent.due);
    this.act();
  }

  /** The first part of a tick, for whoever decides in the robots' place: asks for it, and for `act` when that is done. */
  async perceive(): Promise<void> {
    const { world } = this.options;
    const packets = await world.step();
    this.awake = packets.flatMap(({ agent }) => this.byId.get(agent) ?? []);
    packets.forEach((packet) => {
      this.byId.get(packet.agent)?.perceive(packet, world.time);
    });
  }

  /** The last part of a tick. */
  act(): void {
    for (const agent of this.awake) agent.act();
    this.noticeSilence();
  }

  /** Those whose robot has not fallen silent. */
  get living(): readonly Agent[] {
    return this.agents.filter(({ profile }) => !this.gone.has(profile.id));
  }

  /** Ticks until the mission is over or `goOn` says no. */
  async run(goOn: () => boolean | Promise<boolean> = () => true): Promise<void> {
    let stopped = false;
    while (!this.isOver && !stopped) {
      await this.tick();
      stopped = !(await goOn());
    }
    this.end(stopped ? 'stopped' : 'finished');
  }

  /** The maps come to rest. */
  end(reason: 'finished' | 'stopped'): void {
    for (const agent of this.agents) agent.finish();
    this.options.listener?.({ type: 'end', time: this.time, reason });
  }

  private noticeSilence(): void {
    for (const { profile, heardAt } of this.agents) {
      const silent = this.time - heardAt > SILENCE;
      if (silent === this.gone.has(profile.id)) continue;
      if (silent) this.gone.add(profile.id);
      else this.gone.delete(profile.id);
      this.options.listener?.({
        type: 'log',
        time: this.time,
        agent: profile.id,
        level: silent ? 'error' : 'info',
        text: `${profile.name} ${silent ? 'has fallen silent' : 'is back'}`,
      });
    }
  }
}
