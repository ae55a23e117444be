import { compose, inverse, wrapAngle } from '../../../base/se3.ts';
import { composeSimilarity, inverseSimilarity } from '../../../base/sim3.ts';
import type { ManifoldName, PoseGraphProblem } from '../pose-graph.ts';
import type { GraphStructure } from './structure.ts';

interface Group {
  readonly identity: Float64Array;
  compose(a: Float64Array, b: Float64Array): Float64Array;
  inverse(a: Float64Array): Float64Array;
}

function composePlanar(a: Float64Array, b: Float64Array): Float64Array {
  const cos = Math.cos(a[2]);
  const sin = Math.sin(a[2]);
  return Float64Array.of(
    a[0] + cos * b[0] - sin * b[1],
    a[1] + sin * b[0] + cos * b[1],
    wrapAngle(a[2] + b[2]),
  );
}

function inversePlanar(a: Float64Array): Float64Array {
  const cos = Math.cos(a[2]);
  const sin = Math.sin(a[2]);
  return Float64Array.of(-cos * a[0] - sin * a[1], sin * a[0] - cos * a[1], -a[2]);
}

const GROUPS: Record<ManifoldName, Group> = {
  se2: {
    identity: new Float64Array(3),
    compose: composePlanar,
    inverse: inversePlanar,
  },
  se3: {
    identity: Float64Array.of(0, 0, 0, 0, 0, 0, 1),
    compose: (a, b) => compose(a, b),
    inverse: (a) => inverse(a),
  },
  sim3: {
    identity: Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1),
    compose: (a, b) => composeSimilarity(a, b),
    inverse: (a) => inverseSimilarity(a),
  },
};

/** Nodes as the edges of a breadth-first tree from the held ones have them; a held node that is NaN is at the origin. */
export function spanningTreeStart(problem: PoseGraphProblem, { row }: GraphStructure): Float64Array {
  const { from, to, measured } = problem;
  const group = GROUPS[problem.manifold];
  const stride = group.identity.length;
  const nodes = problem.nodes.slice();
  const edgesOf: number[][] = Array.from(row, () => []);
  for (let e = 0; e < from.length; e++) {
    edgesOf[from[e]].push(e);
    edgesOf[to[e]].push(e);
  }
  const reached: number[] = [];
  const seen = new Uint8Array(row.length);
  const reach = (node: number) => {
    seen[node] = 1;
    reached.push(node);
  };
  const at = (list: Float64Array, i: number) => list.subarray(stride * i, stride * (i + 1));
  for (let node = 0; node < row.length; node++) {
    if (row[node] >= 0) continue;
    if (at(nodes, node).some(Number.isNaN)) nodes.set(group.identity, stride * node);
    reach(node);
  }
  for (let k = 0; k < reached.length; k++) {
    const node = reached[k];
    for (const e of edgesOf[node]) {
      const forwards = from[e] === node;
      const other = forwards ? to[e] : from[e];
      if (seen[other]) continue;
      const step = forwards ? at(measured, e) : group.inverse(at(measured, e));
      nodes.set(group.compose(at(nodes, node), step), stride * other);
      reach(other);
    }
  }
  return nodes;
}
