import { InputError } from '../../base/errors.ts';
import { adjoint, compose, inverse, type Pose, poseOf } from '../../base/se3.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { conjugate, propagate } from '../../slam/optimize/covariance.ts';
import type { TeamSolution } from '../../slam/team/solution.ts';
import { TeamGraph } from '../../slam/team/team-graph.ts';
import type { NodeRef, TeamEdge } from '../../slam/team/types.ts';
import type { AnswerEntry, NodeEntry, SightingEntry } from './entries.ts';
import type { LedgerEntry } from './ledger.ts';
import type { AgentSolution } from './solution.ts';

export interface JointMapOptions {
  readonly kernels: Pick<Kernels, 'sparse'>;
  /** Whether each robot's map begins in the team's frame. */
  readonly startsKnown: boolean;
  /** Told why, of each entry that the graph cannot take. */
  readonly refused: (reason: string) => void;
}

/** How exactly robots stand where they are said to start: σ, metres and radians. */
const START_SIGMA = [0.01, 0.003];

/** Where a body was to a node of its trajectory when robots saw each other. */
interface Instant {
  readonly told: NodeEntry;
  readonly node: NodeRef;
  readonly nodeFromBody: Pose;
  readonly covariance: Float64Array;
}

/**
 * The team's joint map as far as one robot has heard: the ledgers' entries become a graph. An instant of a sighting makes no node of its
 * own: the sighting ties the two nodes that its ends hang on.
 */
export class JointMap {
  /** Whether something has come that may move what was solved. */
  isStale = false;
  private readonly graph: TeamGraph;
  private readonly startsKnown: boolean;
  private readonly refused: (reason: string) => void;
  /** Nodes of each robot, in the order in which they were told. */
  private readonly nodes = new Map<number, number[]>();
  private readonly instants = new Map<string, Instant>();
  private readonly sightings = new Map<string, SightingEntry>();
  private readonly answers = new Map<string, { readonly owner: number; readonly answer: AnswerEntry }>();

  constructor({ kernels, startsKnown, refused }: JointMapOptions) {
    this.graph = new TeamGraph({ kernels });
    this.startsKnown = startsKnown;
    this.refused = refused;
  }

  /** Nodes so far. */
  get size(): number {
    let size = 0;
    for (const indices of this.nodes.values()) size += indices.length;
    return size;
  }

  take(known: LedgerEntry): void {
    try {
      this.place(known);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.refused(error.message);
    }
  }

  private place({ owner, number, entry }: LedgerEntry): void {
    switch (entry.kind) {
      case 'node':
        this.takeNode(entry);
        break;
      case 'sighting':
        this.sightings.set(keyOf(owner, number), entry);
        this.tie(owner, number);
        break;
      case 'answer':
        this.answers.set(keyOf(entry.observer, entry.sighting), { owner, answer: entry });
        this.tie(entry.observer, entry.sighting);
        break;
      case 'match': {
        const { node, other, fromFromTo, covariance } = entry;
        this.addTie({
          kind: 'place',
          from: { agent: owner, index: node },
          to: other,
          fromFromTo,
          covariance,
        });
      }
    }
  }

  /** Where everything is, from all that was heard so far. */
  solve(): { readonly solution: TeamSolution; readonly byAgent: readonly AgentSolution[] } {
    this.isStale = false;
    const latest = [...this.nodes].map(([agent, indices]) => ({ agent, index: indices[indices.length - 1] }));
    const solution = this.graph.solve({ covariancesOf: latest });
    return { solution, byAgent: latest.flatMap((node) => this.solutionFor(node, solution)) };
  }

  private solutionFor(latest: NodeRef, solution: TeamSolution): AgentSolution[] {
    const { agent } = latest;
    const component = solution.components[solution.componentOf(latest)];
    const covariance = solution.covarianceOf(latest);
    if (!component || !covariance) return [];
    const poses = new Map<number, Pose>();
    for (const index of this.nodes.get(agent)!) {
      const pose = solution.poseOf({ agent, index });
      if (pose && solution.components[solution.componentOf({ agent, index })] === component)
        poses.set(index, pose);
    }
    return [{ agent, frame: component.frame, poses, covariance }];
  }

  private takeNode(told: NodeEntry): void {
    const { node, edges } = told;
    const { agent, index } = node;
    if (isInstant(told)) {
      const { from, fromFromTo, covariance } = edges[0];
      this.instants.set(keyOf(agent, index), { told, node: from, nodeFromBody: fromFromTo, covariance });
      return;
    }
    let known = this.nodes.get(agent);
    if (!known) {
      known = [];
      this.nodes.set(agent, known);
      if (this.startsKnown)
        this.graph.addPrior({
          agent,
          index,
          teamFromBody: node.worldFromBody,
          covariance: startCovariance(),
        });
    }
    if (this.graph.tell(node, edges)) known.push(index);
    else this.isStale = true;
  }

  /** A sighting counts once the one who was seen has said where it was. */
  private tie(observer: number, number: number): void {
    const key = keyOf(observer, number);
    const sighting = this.sightings.get(key);
    const answered = this.answers.get(key);
    if (!sighting || !answered || answered.owner !== sighting.peer) return;
    const from = this.instants.get(keyOf(observer, sighting.node));
    const to = this.instants.get(keyOf(answered.owner, answered.answer.node));
    if (!from || !to) return;
    this.addTie(isTurnKnown(sighting) ? poseTie(from, sighting, to) : this.placeTie(from, sighting, to));
  }

  /** Where nobody knows how a body is turned, it is tied itself: from there its node's place would not follow. */
  private placeTie(from: Instant, { bodyFromPeer, covariance }: SightingEntry, to: Instant): TeamEdge {
    const { node, edges } = to.told;
    this.graph.tell(node, edges);
    const [x, y, z] = compose(from.nodeFromBody, bodyFromPeer);
    const turn = Float64Array.of(0, 0, 0, ...from.nodeFromBody.subarray(3));
    const places = covariance.map((value, i) => (i % 6 < 3 && i < 18 ? value : 0));
    const inNode = conjugate(adjoint(turn), propagate(from.covariance, bodyFromPeer, places));
    for (const i of [21, 28, 35]) inNode[i] = Number.POSITIVE_INFINITY;
    return { kind: 'sighting', from: from.node, to: node, fromFromTo: poseOf(x, y, z), covariance: inNode };
  }

  private addTie(edge: TeamEdge): void {
    if (this.graph.addEdge(edge)) this.isStale = true;
  }
}

/** Whether a node only marks when robots saw each other. */
function isInstant({ node, edges }: NodeEntry): boolean {
  return node.keyframe < 0 && edges.length === 1 && edges[0].kind === 'vision';
}

/** Ties the nodes that two bodies hang on. */
function poseTie(from: Instant, { bodyFromPeer, covariance }: SightingEntry, to: Instant): TeamEdge {
  const seen = propagate(from.covariance, bodyFromPeer, covariance);
  const both = seen.map((value, i) => value + to.covariance[i]);
  return {
    kind: 'sighting',
    from: from.node,
    to: to.node,
    fromFromTo: compose(from.nodeFromBody, compose(bodyFromPeer, inverse(to.nodeFromBody))),
    covariance: conjugate(adjoint(to.nodeFromBody), both),
  };
}

/** A range and bearing tells where a body is, and not how it is turned. */
function isTurnKnown({ covariance }: SightingEntry): boolean {
  return [21, 28, 35].every((i) => Number.isFinite(covariance[i]));
}

function startCovariance(): Float64Array {
  const covariance = new Float64Array(36);
  for (let i = 0; i < 6; i++) {
    const sigma = START_SIGMA[i < 3 ? 0 : 1];
    covariance[7 * i] = sigma * sigma;
  }
  return covariance;
}

function keyOf(agent: number, number: number): string {
  return `${agent}/${number}`;
}
