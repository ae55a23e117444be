import type { ManifoldName } from '../../../slam/optimize/pose-graph.ts';
import { Se2Edges } from './se2.ts';
import { Se3Edges } from './se3.ts';
import { Sim3Edges } from './sim3.ts';

/** The error of a relative measurement between two nodes, and how a node moves. One instance keeps its own scratch. */
export interface Manifold {
  /** Numbers a node. */
  readonly stride: number;
  /** Of a tangent vector, so of an error. */
  readonly dimension: number;
  /** Error of the last edge evaluated. */
  readonly error: Float64Array;
  /** Jacobians of the last edge linearised, `dimension²` row-major, under right perturbations of its nodes. */
  readonly byFrom: Float64Array;
  readonly byTo: Float64Array;
  /** Error of `measured⁻¹ · (from⁻¹ · to)`; node indices, and which measurement. */
  evaluate(nodes: Float64Array, from: number, to: number, measured: Float64Array, edge: number): void;
  /** The same with its Jacobians. */
  linearize(nodes: Float64Array, from: number, to: number, measured: Float64Array, edge: number): void;
  /** `out[node] = nodes[node] ⊞ delta[at…]`. */
  retract(nodes: Float64Array, node: number, delta: Float64Array, at: number, out: Float64Array): void;
}

export function manifoldOf(name: ManifoldName): Manifold {
  switch (name) {
    case 'se2':
      return new Se2Edges();
    case 'se3':
      return new Se3Edges();
    case 'sim3':
      return new Sim3Edges();
  }
}
