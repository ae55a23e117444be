import type { Pose } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { structureOf } from '../optimize/graph/structure.ts';
import { Arrangement, type Link } from './arrangement.ts';
import { Chains, isChain } from './chains.ts';
import { bound99 } from './chi-squared.ts';
import type { Entries, Entry } from './entries.ts';
import { descend, type Suspect, solveRobustly } from './gnc.ts';
import { type Earlier, type Joint, type Layout, layOut } from './joining.ts';
import type { TeamManifold } from './manifold.ts';
import { marginalsOf } from './marginals.ts';
import { entriesOf, judgePairs, type Pair } from './pairs.ts';
import type { EdgeVerdict, SolveOptions, TeamComponent, TeamSolution } from './solution.ts';
import { problemOf } from './team-problem.ts';
import type { NodeRef } from './types.ts';

const PLAIN_STEPS = 30;

/** One solution of a team's graph, which the next one goes on from. */
export function solveTeam(
  entries: Entries,
  manifold: TeamManifold,
  { sparse }: Pick<Kernels, 'sparse'>,
  { covariancesOf = [], robust = true }: SolveOptions,
  last: Solved | undefined,
): Solved {
  const arrangement = new Arrangement(entries);
  const chains = new Chains(arrangement, manifold);
  const pairs = judgePairs(arrangement, chains, manifold);
  const layout = layOut(
    arrangement,
    chains,
    jointsOf(pairs),
    (slot) => last?.earlier(arrangement.refs[slot]),
    last ? movedPieces(pairs, last) : new Set(),
  );
  const { component } = layout;
  const links = arrangement.links.filter(({ from, to }) => component[from] === component[to]);
  const problem = problemOf(arrangement, links, layout, manifold);
  const structure = structureOf(problem);
  const session = sparse.openGraph(problem, structure, undefined);
  const weights = robust ? firstWeights(links, problem.from.length, pairs, last) : undefined;
  const iterations = weights
    ? solveRobustly(session, suspectsAmong(links), weights)
    : descend(session, PLAIN_STEPS);
  const slots = covariancesOf.flatMap((node) => arrangement.slotOf(node) ?? []);
  return new Solved({
    arrangement,
    layout,
    pairs,
    poses: layout.poses.map((_, slot) => manifold.read(problem.nodes, slot)),
    covariances: marginalsOf(slots, session, structure, manifold),
    weights: new Map(links.map(({ entry }, e) => [entry, weights ? weights[e] : 1])),
    cost: session.cost(),
    iterations,
  });
}

function jointsOf(pairs: readonly Pair[]): Joint[] {
  return pairs.flatMap(({ a, b, best, joins, kept }) =>
    joins && best ? [{ a, b, best, support: kept.length }] : [],
  );
}

/** Pieces whose agreement has turned against what joined them before. */
function movedPieces(pairs: readonly Pair[], last: Solved): Set<number> {
  const turned = pairs.filter(
    ({ kept, dropped }) =>
      entriesOf(dropped).some((entry) => last.kept(entry)) &&
      !entriesOf(kept).some((entry) => last.kept(entry)),
  );
  return new Set(turned.flatMap(({ a, b }) => [a, b]));
}

function isSuspect({ entry }: Link): boolean {
  return !isChain(entry.edge.kind);
}

function suspectsAmong(links: readonly Link[]): Suspect[] {
  return links.flatMap((link, edge) =>
    isSuspect(link) ? [{ edge, bound: bound99(link.entry.measured) }] : [],
  );
}

/** 0 for what disagrees with the rest, and for what the last solution found wrong; 1 for all others. */
function firstWeights(
  links: readonly Link[],
  count: number,
  pairs: readonly Pair[],
  last: Solved | undefined,
): Float64Array {
  const weights = new Float64Array(count).fill(1);
  const dropped = new Set(pairs.flatMap((pair) => entriesOf(pair.dropped)));
  links.forEach(({ entry }, e) => {
    if (dropped.has(entry) || last?.doubted(entry)) weights[e] = 0;
  });
  return weights;
}

interface Outcome {
  readonly arrangement: Arrangement;
  readonly layout: Layout;
  readonly pairs: readonly Pair[];
  readonly poses: readonly Pose[];
  readonly covariances: ReadonlyMap<number, Float64Array>;
  /** Of the links that are in it. */
  readonly weights: ReadonlyMap<Entry, number>;
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
  private readonly dropped: ReadonlySet<Entry>;

  constructor(outcome: Outcome) {
    this.outcome = outcome;
    this.cost = outcome.cost;
    this.iterations = outcome.iterations;
    const { arrangement, layout, pairs, weights } = outcome;
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
    this.dropped = new Set(pairs.flatMap((pair) => entriesOf(pair.dropped)));
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

  calibrationOf(_agent: number): Float64Array | undefined {
    return undefined;
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
    return weight !== undefined && weight <= 0.5 && !this.dropped.has(entry);
  }
}
