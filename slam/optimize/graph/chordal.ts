import { quaternionOf, rotationMatrix } from '../../../base/se3.ts';
import type { SparseKernels } from '../../kernels/sparse-kernels.ts';
import type { PoseGraphProblem } from '../pose-graph.ts';
import type { GraphStructure } from './structure.ts';

/**
 * The chordal relaxation (Carlone, Tron, Daniilidis, Dellaert, "Initialization techniques for 3D SLAM", ICRA 2015): rotations
 * as free matrices, which makes them linear least squares, each then made a rotation; translations, linear too, given those.
 * Held nodes must have their poses in `nodes`.
 * @returns nodes
 */
export function chordalStart(
  problem: PoseGraphProblem & { readonly manifold: 'se2' | 'se3' },
  structure: GraphStructure,
  sparse: SparseKernels,
): Float64Array {
  const shape = problem.manifold === 'se2' ? PLANE : SPACE;
  const nodes = problem.nodes.slice();
  const rotations = solveRotations(problem, shape, structure, sparse);
  if (!rotations) return nodes;
  solveTranslations(problem, shape, rotations, structure, sparse, nodes);
  return nodes;
}

interface Shape {
  readonly dimension: 2 | 3;
  readonly stride: number;
  /** Row-major rotation of the node or measurement at `list[at]`. */
  rotation(list: Float64Array, at: number, out: Float64Array): Float64Array;
  /** Makes the matrix at `list[at]` a rotation. */
  orthonormalize(list: Float64Array, at: number): void;
  /** Writes a rotation to a node. */
  setRotation(rotation: Float64Array, node: Float64Array): void;
}

const PLANE: Shape = {
  dimension: 2,
  stride: 3,
  rotation(list, at, out) {
    const cos = Math.cos(list[at + 2]);
    const sin = Math.sin(list[at + 2]);
    out[0] = cos;
    out[1] = -sin;
    out[2] = sin;
    out[3] = cos;
    return out;
  },
  orthonormalize(list, at) {
    const cos = list[at] + list[at + 3];
    const sin = list[at + 2] - list[at + 1];
    const norm = Math.sqrt(cos * cos + sin * sin);
    list[at] = norm > 0 ? cos / norm : 1;
    list[at + 2] = norm > 0 ? sin / norm : 0;
    list[at + 1] = -list[at + 2];
    list[at + 3] = list[at];
  },
  setRotation(rotation, node) {
    node[2] = Math.atan2(rotation[2], rotation[0]);
  },
};

const SPACE: Shape = {
  dimension: 3,
  stride: 7,
  rotation: (list, at, out) => rotationMatrix(list.subarray(at, at + 7), out),
  orthonormalize(list, at) {
    const m = list.subarray(at, at + 9);
    for (let k = 0; k < POLAR_STEPS; k++) polarStep(m);
    gramSchmidt(m);
  },
  setRotation(rotation, node) {
    node.set(quaternionOf(rotation), 3);
  },
};

const POLAR_STEPS = 5;

/** Towards the nearest rotation (Higham 1986): the mean of a matrix and its inverse transposed. */
function polarStep(m: Float64Array): void {
  const [a, b, c, d, e, f, g, h, i] = m;
  const [ca, cb, cc] = [e * i - f * h, f * g - d * i, d * h - e * g];
  const determinant = a * ca + b * cb + c * cc;
  if (!(determinant > 0)) return;
  const cofactors = [
    ca,
    cb,
    cc,
    c * h - b * i,
    a * i - c * g,
    b * g - a * h,
    b * f - c * e,
    c * d - a * f,
    a * e - b * d,
  ];
  for (let k = 0; k < 9; k++) m[k] = (m[k] + cofactors[k] / determinant) / 2;
}

/** A rotation from the first two rows. */
function gramSchmidt(m: Float64Array): void {
  normalize(m, 0, 0);
  const dot = m[0] * m[3] + m[1] * m[4] + m[2] * m[5];
  for (let k = 0; k < 3; k++) m[3 + k] -= dot * m[k];
  normalize(m, 3, 1);
  m[6] = m[1] * m[5] - m[2] * m[4];
  m[7] = m[2] * m[3] - m[0] * m[5];
  m[8] = m[0] * m[4] - m[1] * m[3];
}

function normalize(m: Float64Array, at: number, axis: number): void {
  const norm = Math.sqrt(m[at] * m[at] + m[at + 1] * m[at + 1] + m[at + 2] * m[at + 2]);
  for (let k = 0; k < 3; k++) m[at + k] = norm > 0 ? m[at + k] / norm : k === axis ? 1 : 0;
}

/** Rotations of all nodes, row-major; undefined where the system is singular. Each row x of a rotation obeys x_to = Mᵀ·x_from. */
function solveRotations(
  problem: PoseGraphProblem,
  shape: Shape,
  { row, pair, pattern }: GraphStructure,
  sparse: SparseKernels,
): Float64Array | undefined {
  const { dimension: d, stride } = shape;
  const { from, to, measured, nodes } = problem;
  const block = d * d;
  const h = new Float64Array((pattern.size + pattern.rows.length) * block);
  const rightSides = new Float64Array(pattern.size * block);
  const length = pattern.size * d;
  const m = new Float64Array(block);
  const held = new Float64Array(block);
  for (let e = 0; e < from.length; e++) {
    const weight = meanInformation(problem, e, d, true);
    const i = row[from[e]];
    const j = row[to[e]];
    shape.rotation(measured, stride * e, m);
    for (let k = 0; k < d; k++) {
      if (i >= 0) h[i * block + k * (d + 1)] += weight;
      if (j >= 0) h[j * block + k * (d + 1)] += weight;
    }
    if (i >= 0 && j >= 0) {
      // Row i, column j of the system is −M; transposed where the pattern has it the other way round.
      for (let r = 0; r < d; r++) {
        for (let c = 0; c < d; c++)
          h[pair[e] * block + r * d + c] -= weight * (i > j ? m[r * d + c] : m[c * d + r]);
      }
    } else if (i >= 0 || j >= 0) {
      const other = i >= 0 ? to[e] : from[e];
      shape.rotation(nodes, stride * other, held);
      for (let axis = 0; axis < d; axis++) {
        for (let r = 0; r < d; r++) {
          let sum = 0;
          for (let c = 0; c < d; c++) sum += (i >= 0 ? m[r * d + c] : m[c * d + r]) * held[axis * d + c];
          rightSides[axis * length + Math.max(i, j) * d + r] += weight * sum;
        }
      }
    }
  }
  if (!sparse.solve(pattern, d, h, rightSides)) return undefined;
  const rotations = new Float64Array(row.length * block);
  row.forEach((at, node) => {
    const rotation = rotations.subarray(node * block, (node + 1) * block);
    if (at < 0) {
      shape.rotation(nodes, stride * node, rotation);
      return;
    }
    for (let axis = 0; axis < d; axis++) {
      for (let c = 0; c < d; c++) rotation[axis * d + c] = rightSides[axis * length + at * d + c];
    }
    shape.orthonormalize(rotations, node * block);
  });
  return rotations;
}

/** Sets the free nodes to the rotations, and to the translations that fit them best: t_to − t_from = R_from·t_measured. */
function solveTranslations(
  problem: PoseGraphProblem,
  shape: Shape,
  rotations: Float64Array,
  { row, pair, pattern }: GraphStructure,
  sparse: SparseKernels,
  nodes: Float64Array,
): void {
  const { dimension: d, stride } = shape;
  const { from, to, measured } = problem;
  const h = new Float64Array(pattern.size + pattern.rows.length);
  const rightSides = new Float64Array(d * pattern.size);
  for (let e = 0; e < from.length; e++) {
    const weight = meanInformation(problem, e, d, false);
    const i = row[from[e]];
    const j = row[to[e]];
    if (i >= 0) h[i] += weight;
    if (j >= 0) h[j] += weight;
    if (i >= 0 && j >= 0) h[pair[e]] -= weight;
    for (let axis = 0; axis < d; axis++) {
      let step = 0;
      for (let c = 0; c < d; c++) step += rotations[(from[e] * d + axis) * d + c] * measured[stride * e + c];
      const at = axis * pattern.size;
      if (j >= 0) rightSides[at + j] += weight * (step + (i < 0 ? nodes[stride * from[e] + axis] : 0));
      if (i >= 0) rightSides[at + i] += weight * ((j < 0 ? nodes[stride * to[e] + axis] : 0) - step);
    }
  }
  if (!sparse.solve(pattern, 1, h, rightSides)) return;
  row.forEach((at, node) => {
    if (at < 0) return;
    const pose = nodes.subarray(stride * node, stride * (node + 1));
    shape.setRotation(rotations.subarray(node * d * d, (node + 1) * d * d), pose);
    for (let axis = 0; axis < d; axis++) pose[axis] = rightSides[axis * pattern.size + at];
  });
}

/** Mean of the diagonal of an edge's information on its rotation, or on its translation. */
function meanInformation(
  { information }: PoseGraphProblem,
  edge: number,
  d: number,
  ofRotation: boolean,
): number {
  if (!information) return 1;
  const size = d === 2 ? 3 : 6;
  const first = ofRotation ? d : 0;
  const end = ofRotation ? size : d;
  let sum = 0;
  for (let k = first; k < end; k++) sum += information[(edge * size + k) * size + k];
  return sum / (end - first);
}
