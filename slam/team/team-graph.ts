import type { Pose } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { ReckoningMemory } from './chains.ts';
import { Entries, keyOf } from './entries.ts';
import { MANIFOLDS, type TeamManifold } from './manifold.ts';
import { Contacts } from './pairs.ts';
import type { SolveOptions, TeamSolution } from './solution.ts';
import { solveTeam } from './solve.ts';
import type { Solved } from './solved.ts';
import type { CalibrationPrior, NodeRef, StartPrior, TeamEdge, TeamNode } from './types.ts';

export interface TeamGraphOptions {
  readonly kernels: Pick<Kernels, 'sparse'>;
  /** `se2`: of poses and covariances only x, y and heading count. `se3` if not given. */
  readonly manifold?: 'se2' | 'se3';
}

/**
 * The joint map of a team: everyone's trajectory and what was measured between them, solved as one pose graph in which wrong
 * measurements have no part. Entries may come late, doubled and in any order; an edge waits for its nodes. Two robots are joined by
 * known starts, or by measurements enough that agree with each other along both robots' ways. Deterministic.
 */
export class TeamGraph {
  private readonly manifold: TeamManifold;
  private readonly kernels: Pick<Kernels, 'sparse'>;
  private readonly entries: Entries;
  /** What each node is tied by that came with it. */
  private readonly told = new Map<number, readonly TeamEdge[]>();
  private readonly contacts: Contacts;
  private readonly reckonings: ReckoningMemory = new WeakMap();
  private last: Solved | undefined;

  constructor({ kernels, manifold = 'se3' }: TeamGraphOptions) {
    this.kernels = kernels;
    this.manifold = MANIFOLDS[manifold];
    this.entries = new Entries(this.manifold);
    this.contacts = new Contacts(this.manifold);
  }

  /** @returns whether it was new */
  addNode(node: TeamNode): boolean {
    return this.entries.addNode(node);
  }

  /**
   * A node and what ties it to others of its own robot; told again, the new ties stand in place of the old.
   * @returns whether the node was new
   * @throws InputError as `addEdge`
   */
  tell(node: TeamNode, edges: readonly TeamEdge[]): boolean {
    const key = keyOf(node);
    for (const edge of this.told.get(key) ?? []) this.entries.removeEdge(edge);
    this.told.set(key, edges);
    for (const edge of edges) this.entries.addEdge(edge);
    return this.entries.addNode(node);
  }

  /**
   * @returns whether it was new
   * @throws InputError where it joins a robot to itself that should join two, or its covariance is not positive definite
   */
  addEdge(edge: TeamEdge): boolean {
    return this.entries.addEdge(edge);
  }

  /** @throws InputError where its covariance is not positive definite */
  addPrior(prior: StartPrior): boolean {
    return this.entries.addPrior(prior);
  }

  /** A node that stands still at a place known in the team frame; robots are told apart from landmarks by `agent` alone. */
  addLandmark(node: NodeRef, teamFromLandmark: Pose): boolean {
    return this.entries.addLandmark(node, teamFromLandmark);
  }

  /**
   * From now on the robot's wheels are calibrated along the way, by its edges that have `byCalibration`.
   * @throws InputError where its covariance is not positive definite
   */
  addCalibration(prior: CalibrationPrior): boolean {
    return this.entries.addCalibration(prior);
  }

  /** Where everything is, from all that was told so far. Goes on from the solution before. */
  solve(options: SolveOptions = {}): TeamSolution {
    const { entries, contacts, reckonings, manifold, kernels, last } = this;
    this.last = solveTeam({ entries, contacts, reckonings, manifold, kernels, last }, options);
    return this.last;
  }
}
