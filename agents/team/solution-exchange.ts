import type { SolutionMark } from './digest.ts';
import {
  type AgentSolution,
  type HeardSolution,
  SolutionKeeper,
  type SolutionMessage,
  SolutionTeller,
} from './solution.ts';

/** Seconds between two tellings of one solution to a robot that has not said that it got it. */
const INTERVAL = 2;
const SAME_TIME = 1e-6;

/** One robot's part in passing solutions on: it tells its own when it leads, keeps the one told to it, and relays those of others. */
export class SolutionExchange {
  private readonly own: number;
  private readonly teller: SolutionTeller;
  private readonly keeper = new SolutionKeeper();
  private readonly marks = new Map<number, SolutionMark | undefined>();
  private readonly relayed = new Map<string, number>();
  private readonly toldAt = new Map<number, number>();
  private solutions: readonly AgentSolution[] = [];

  constructor(own: number) {
    this.own = own;
    this.teller = new SolutionTeller(own);
  }

  get latest(): HeardSolution | undefined {
    return this.keeper.latest;
  }

  /** What a robot, this one too, is known to have. */
  markOf(agent: number): SolutionMark | undefined {
    if (agent !== this.own) return this.marks.get(agent);
    const { latest } = this.keeper;
    return latest && { solver: latest.solver, version: latest.version };
  }

  acknowledge(agent: number, mark: SolutionMark | undefined): void {
    this.marks.set(agent, mark);
    this.teller.acknowledge(agent, mark);
  }

  /** What each robot is to be told of, until there is something newer: all at once. */
  publish(solutions: readonly AgentSolution[]): void {
    this.solutions = solutions;
    this.toldAt.clear();
  }

  /** The next that is due, those longest without first; undefined where nobody lacks anything. */
  next(living: readonly number[], time: number): SolutionMessage | undefined {
    const told = ({ agent }: AgentSolution) => this.toldAt.get(agent) ?? Number.NEGATIVE_INFINITY;
    const due = this.solutions
      .filter(
        (each) =>
          each.agent !== this.own && living.includes(each.agent) && time - told(each) >= INTERVAL - SAME_TIME,
      )
      .sort((a, b) => told(a) - told(b) || a.agent - b.agent);
    for (const solution of due) {
      this.toldAt.set(solution.agent, time);
      const message = this.teller.messageFor(solution);
      if (message) return message;
    }
    return undefined;
  }

  /** @returns the solution where it is for this robot, from its leader, and newer than what it had */
  hear(message: SolutionMessage, leader: number): HeardSolution | undefined {
    return message.agent === this.own && this.keeper.hear(message, leader) ? this.keeper.latest : undefined;
  }

  /** Whether a message for another is worth passing on: each version once. */
  isWorthRelaying({ solver, agent, version }: SolutionMessage): boolean {
    const key = `${solver} ${agent}`;
    if (agent === this.own || solver === this.own || version <= (this.relayed.get(key) ?? 0)) return false;
    this.relayed.set(key, version);
    return true;
  }
}
