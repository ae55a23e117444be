import type { Pose } from '../../base/se3.ts';
import type { Arrangement, Link } from './arrangement.ts';
import { isChain } from './chains.ts';
import type { Entry } from './entries.ts';
import type { Earlier, Layout } from './joining.ts';
import { entriesOf, type Pair } from './pairs.ts';
import type { CalibrationEstimate, EdgeVerdict, TeamComponent, TeamSolution } from './solution.ts';
import type { NodeRef } from './types.ts';

/** Whether it may be wrong: everything but a robot's own way. */
export function isSuspect({ entry }: Link): boolean {
  return !isChain(entry.edge.kind);
}

interface Outcome {
  readonly arrangement: Arrangement;
  readonly layout: Layout;
  /** What disagreed with its like. */
  readonly dropped: ReadonlySet<Entry>;
  /** What the whole team found wrong though its like agreed. */
  readonly refuted: ReadonlySet<Entry>;
  readonly poses: readonly Pose[];
  readonly covariances: ReadonlyMap<number, Float64Array>;
  /** Of the links that are in it. */
  readonly weights: ReadonlyMap<Entry, number>;
  readonly calibrationOf: (agent: number) => CalibrationEstimate | undefined;
  readonly cost: number;
  readonly iterations: number;
}

export class Solved implements TeamSolution {
  readonly components: readonly TeamComponent[];
  readonly verdicts: readonly EdgeVerdict[];
  readonly cost: number;
  readonly iterations: number;
  private readonly outcome: Outcome;
  /** Which component each lowest root stands for. */
  private readonly numbers = new Map<number, number>();

  constructor(outcome: Outcome) {
    this.outcome = outcome;
    this.cost = outcome.cost;
    this.iterations = outcome.iterations;
    const { arrangement, layout, weights } = outcome;
    const agents = new Map<number, number[]>();
    arrangement.nodes.forEach(({ agent }, slot) => {
      if (arrangement.nodes[slot + 1]?.agent === agent) return;
      const component = layout.component[slot];
      const list = agents.get(component);
      if (list) list.push(agent);
      else agents.set(component, [agent]);
    });
    this.components = [...agents].map(([component, members], number) => {
      this.numbers.set(component, number);
      return { frame: layout.frames.get(component)!, agents: members };
    });
    this.verdicts = arrangement.links.filter(isSuspect).map(({ entry }) => {
      const weight = weights.get(entry);
      const standing = weight === undefined ? 'waiting' : weight > 0.5 ? 'kept' : 'rejected';
      return { edge: entry.edge, weight: weight ?? 0, standing };
    });
  }

  poseOf(node: NodeRef): Pose | undefined {
    const slot = this.outcome.arrangement.slotOf(node);
    return slot === undefined ? undefined : this.outcome.poses[slot];
  }

  componentOf(node: NodeRef): number {
    const slot = this.outcome.arrangement.slotOf(node);
    if (slot === undefined) return -1;
    return this.numbers.get(this.outcome.layout.component[slot]) ?? -1;
  }

  covarianceOf(node: NodeRef): Float64Array | undefined {
    const slot = this.outcome.arrangement.slotOf(node);
    return slot === undefined ? undefined : this.outcome.covariances.get(slot);
  }

  calibrationOf(agent: number): CalibrationEstimate | undefined {
    return this.outcome.calibrationOf(agent);
  }

  /** Where a node was, and in which frame. */
  earlier(node: NodeRef): Earlier | undefined {
    const { arrangement, layout, poses } = this.outcome;
    const slot = arrangement.slotOf(node);
    if (slot === undefined) return undefined;
    return { frame: layout.frames.get(layout.component[slot])!, pose: poses[slot] };
  }

  kept(entry: Entry): boolean {
    return (this.outcome.weights.get(entry) ?? 0) > 0.5;
  }

  /** Whether an edge agreed with its like and was found wrong all the same. */
  doubted(entry: Entry): boolean {
    const weight = this.outcome.weights.get(entry);
    return weight !== undefined && weight <= 0.5 && !this.outcome.dropped.has(entry);
  }

  /** Of the pair of robots most of whose agreement was found wrong, what was; one at a time, for it may be the others' fault. */
  outvoted(pairs: readonly Pair[]): Entry[] {
    let [worst, least]: [Entry[], number] = [[], 0.5];
    for (const { kept } of pairs) {
      const entries = entriesOf(kept).filter((entry) => this.outcome.weights.has(entry));
      const wrong = entries.filter((entry) => !this.kept(entry));
      const share = 1 - wrong.length / entries.length;
      if (share < least) [worst, least] = [wrong, share];
    }
    return worst;
  }

  stillRefuted(): Entry[] {
    return [...this.outcome.refuted].filter((entry) => !this.kept(entry));
  }
}
