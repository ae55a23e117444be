import type { AllocationView, Task } from '../../base/allocation.ts';
import type { TeamEnvironment, TeamMoment, TeamScore, TeamStep } from '../../rl/environment.ts';

/** A mission whose tasks are chosen from outside: a tick is perceived, then decided where that is due, then acted on. */
export interface GuidedMission {
  /** Seconds. */
  readonly time: number;
  readonly isOver: boolean;
  /** Ids of the robots alive, rising. */
  readonly living: readonly number[];
  /** The world moves by a tick. @returns whether a robot's decision is due */
  perceive(): boolean | Promise<boolean>;
  view(agent: number): AllocationView;
  decide(agent: number, task: Task): void;
  act(): void;
  score(): TeamScore;
  /** The mission has ended, or is given up. @returns its final score */
  finish(): TeamScore;
}

/** Missions as a decision process: see docs/decision-process.md. */
export class MissionEnvironment implements TeamEnvironment {
  private readonly begin: (seed: number) => GuidedMission;
  private mission?: GuidedMission;
  private asked: readonly number[] = [];
  /** Mission time and score at the decision moment. */
  private since = 0;
  private earned = 0;

  /** @param begin sets up the mission of a seed: the same each time */
  constructor(begin: (seed: number) => GuidedMission) {
    this.begin = begin;
  }

  get agents(): readonly number[] {
    return this.asked;
  }

  async reset(seed: number): Promise<TeamMoment> {
    this.close();
    this.mission = this.begin(seed);
    this.earned = 0;
    this.since = 0;
    while (!(await this.mission.perceive())) this.mission.act();
    return this.ask(this.mission);
  }

  async step(tasks: ReadonlyMap<number, Task>): Promise<TeamStep> {
    const { mission } = this;
    if (!mission || this.asked.length === 0)
      throw new Error('the mission is over, or was never begun: call reset');
    this.decide(mission, tasks);
    await this.goOn(mission);
    const over = mission.isOver;
    const info = over ? mission.finish() : mission.score();
    const dt = mission.time - this.since;
    const reward = info.accurateCoverageAuc - this.earned;
    this.earned = info.accurateCoverageAuc;
    const moment = this.ask(mission);
    const terminated = mission.living.length === 0;
    if (over) this.asked = [];
    return { ...moment, reward, dt, terminated, truncated: over && !terminated, info };
  }

  close(): void {
    this.mission = undefined;
    this.asked = [];
  }

  private decide(mission: GuidedMission, tasks: ReadonlyMap<number, Task>): void {
    for (const agent of tasks.keys()) {
      if (this.asked.includes(agent)) continue;
      throw new RangeError(`a task for robot ${agent}; those that take one now are ${this.asked.join(', ')}`);
    }
    for (const agent of this.asked) {
      const view = mission.view(agent);
      mission.decide(agent, permitted(tasks.get(agent) ?? view.self.task, view));
    }
  }

  /** On to the next decision moment, or the end. */
  private async goOn(mission: GuidedMission): Promise<void> {
    let due = false;
    while (!due && !mission.isOver) {
      mission.act();
      due = await mission.perceive();
    }
  }

  private ask(mission: GuidedMission): TeamMoment {
    this.since = mission.time;
    this.asked = mission.living;
    return { time: mission.time, views: new Map(this.asked.map((agent) => [agent, mission.view(agent)])) };
  }
}

/** What is asked for if it can be done, else to map. */
function permitted(task: Task, { self, peers, budgetLeft }: AllocationView): Task {
  if (task.kind === 'map') return task;
  const possible =
    task.peer !== self.agent && peers.some(({ agent }) => agent === task.peer) && budgetLeft > 0;
  return possible ? task : { kind: 'map' };
}
