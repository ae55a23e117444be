import { InputError } from '../../base/errors.ts';
import type { Pose } from '../../base/se3.ts';
import { invertPositive } from '../optimize/positive.ts';
import { informationOf, measuredAxes, type TeamManifold } from './manifold.ts';
import type { CalibrationPrior, EdgeKind, NodeRef, StartPrior, TeamEdge, TeamNode } from './types.ts';

/** An edge as it is kept: what the solver needs of it is worked out once. */
export interface Entry {
  readonly edge: TeamEdge;
  /** Of the solver's error, dimension². */
  readonly information: Float64Array;
  /** How many axes it measures. */
  readonly measured: number;
}

export interface Prior {
  readonly node: NodeRef;
  readonly teamFromBody: Pose;
  readonly covariance: Float64Array;
  readonly information: Float64Array;
}

export interface Calibration extends CalibrationPrior {
  readonly information: Float64Array;
}

export interface Landmark {
  readonly node: NodeRef;
  readonly teamFromBody: Pose;
}

const KINDS: readonly EdgeKind[] = ['wheels', 'vision', 'loop', 'sighting', 'place'];

/** Everything a team has told, each thing once and in an order that does not depend on when it came. */
export class Entries {
  /** By robot, then index. */
  readonly nodes: TeamNode[] = [];
  /** By node, then kind, then what was measured. */
  readonly edges: Entry[] = [];
  readonly priors: Prior[] = [];
  /** Nodes that stand still where they are known to be. */
  readonly landmarks: Landmark[] = [];
  /** By robot. */
  readonly calibrations: Calibration[] = [];
  private readonly manifold: TeamManifold;

  constructor(manifold: TeamManifold) {
    this.manifold = manifold;
  }

  /** @returns whether it was new */
  addNode(node: TeamNode): boolean {
    return insert(this.nodes, node, compareRefs);
  }

  /**
   * @returns whether it was new
   * @throws InputError where it joins a robot to itself that should join two, or its covariance is not positive definite
   */
  addEdge(edge: TeamEdge): boolean {
    const name = `${edge.kind} from ${nameOf(edge.from)} to ${nameOf(edge.to)}`;
    const ofTwo = edge.kind === 'sighting' || edge.kind === 'place';
    if (ofTwo !== (edge.from.agent !== edge.to.agent))
      throw new InputError(
        name,
        ofTwo ? 'joins a robot to itself' : 'joins two robots; only a sighting or a place can',
      );
    if (compareRefs(edge.from, edge.to) === 0) throw new InputError(name, 'joins a node to itself');
    const information = this.informationOf(edge.fromFromTo, edge.covariance, name);
    if (edge.byCalibration && edge.byCalibration.length % 6 !== 0)
      throw new InputError(name, `byCalibration has ${edge.byCalibration.length} numbers; it is 6×k`);
    const measured = measuredAxes(edge.covariance, this.manifold).length;
    return insert(this.edges, { edge, information, measured }, compareEntries);
  }

  removeEdge(edge: TeamEdge): void {
    const at = this.edges.findIndex((entry) => entry.edge === edge);
    if (at >= 0) this.edges.splice(at, 1);
  }

  /** @throws InputError where its covariance is not positive definite */
  addPrior({ agent, index = 0, teamFromBody, covariance }: StartPrior): boolean {
    const node = { agent, index };
    const information = this.informationOf(teamFromBody, covariance, `prior of ${nameOf(node)}`);
    return insert(this.priors, { node, teamFromBody, covariance, information }, (a, b) =>
      compareRefs(a.node, b.node),
    );
  }

  addLandmark(node: NodeRef, teamFromBody: Pose): boolean {
    return insert(this.landmarks, { node, teamFromBody }, (a, b) => compareRefs(a.node, b.node));
  }

  /** @throws InputError where its covariance is not positive definite */
  addCalibration(prior: CalibrationPrior): boolean {
    const information = invertPositive(prior.covariance, prior.mean.length);
    if (!information)
      throw new InputError(`calibration of agent ${prior.agent}`, 'its covariance is not positive definite');
    return insert(this.calibrations, { ...prior, information }, (a, b) => a.agent - b.agent);
  }

  private informationOf(pose: Pose, covariance: Float64Array, name: string): Float64Array {
    if (!pose.every(Number.isFinite))
      throw new InputError(name, 'its pose holds a number that is not finite');
    const information = informationOf(covariance, this.manifold);
    if (information) return information;
    throw new InputError(name, 'its covariance is not positive definite where it is finite');
  }
}

/** One number a node. */
export function keyOf({ agent, index }: NodeRef): number {
  return agent * 0x100000000 + index;
}

export function compareRefs(a: NodeRef, b: NodeRef): number {
  return a.agent - b.agent || a.index - b.index;
}

function nameOf({ agent, index }: NodeRef): string {
  return `node ${index} of agent ${agent}`;
}

function compareEntries({ edge: a }: Entry, { edge: b }: Entry): number {
  return (
    compareRefs(a.from, b.from) ||
    compareRefs(a.to, b.to) ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    compareNumbers(a.fromFromTo, b.fromFromTo) ||
    compareNumbers(a.covariance, b.covariance)
  );
}

function compareNumbers(a: Float64Array, b: Float64Array): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i] < b[i]) return -1;
    if (a[i] > b[i]) return 1;
  }
  return 0;
}

/** Into a sorted list, where it is not there yet. */
function insert<T>(list: T[], item: T, compare: (a: T, b: T) => number): boolean {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compare(list[middle], item);
    if (order === 0) return false;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, item);
  return true;
}
