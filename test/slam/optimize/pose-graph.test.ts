import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { between, compose, distance, exp, type Pose, planarPose, yawOf } from '../../../base/se3.ts';
import {
  betweenSimilarities,
  composeSimilarity,
  expSimilarity,
  type Similarity,
} from '../../../base/sim3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { structureOf } from '../../../slam/optimize/graph/structure.ts';
import { LOSSES } from '../../../slam/optimize/loss.ts';
import {
  type ManifoldName,
  optimizePoseGraph,
  type PoseGraphProblem,
} from '../../../slam/optimize/pose-graph.ts';
import { solveCholesky } from '../../oracle/dense.ts';
import { manifoldOf } from '../../oracle/graph/manifold.ts';
import { linearStep } from '../../oracle/graph/step.ts';
import { lossOf, weightOf } from '../../oracle/loss.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

type Group = {
  readonly name: ManifoldName;
  exp(tangent: number[]): Float64Array;
  compose(a: Float64Array, b: Float64Array): Float64Array;
  between(a: Float64Array, b: Float64Array): Float64Array;
  /** A step of a walk around a circle. */
  step(share: number): number[];
};

const planar = (x: Float64Array) => planarPose(x[0], x[1], x[2]);
const flat = (p: Pose) => Float64Array.of(p[0], p[1], yawOf(p));

const GROUPS: Group[] = [
  {
    name: 'se2',
    exp: (t) => flat(exp([t[0], t[1], 0, 0, 0, t[2]])),
    compose: (a, b) => flat(compose(planar(a), planar(b))),
    between: (a, b) => flat(between(planar(a), planar(b))),
    step: (turn) => [1, 0, turn],
  },
  { name: 'se3', exp: (t) => exp(t), compose, between, step: (turn) => [1, 0, 0.02, 0, 0.01, turn] },
  {
    name: 'sim3',
    exp: (t) => expSimilarity(t),
    compose: (a: Similarity, b: Similarity) => composeSimilarity(a, b),
    between: betweenSimilarities,
    step: (turn) => [1, 0, 0.02, 0, 0.01, turn, 0],
  },
];

const NODES = 40;

/** A circle walked with noise, closed by exact edges across it, started from dead reckoning. */
function noisyLoop(group: Group, random: Random, sigma: number, wrong = 0) {
  const { dimension: d, stride } = manifoldOf(group.name);
  const truth = [group.exp(new Array(d).fill(0))];
  const turn = (2 * Math.PI) / NODES;
  for (let i = 1; i < NODES; i++) truth.push(group.compose(truth[i - 1], group.exp(group.step(turn))));
  const noise = (size: number) => group.exp(Array.from({ length: d }, () => random.normal(size)));
  const edges: { from: number; to: number; measured: Float64Array; weight: number }[] = [];
  const add = (from: number, to: number, size: number, believed = size) => {
    const measured = group.compose(group.between(truth[from], truth[to]), noise(size));
    edges.push({ from, to, measured, weight: 1 / (believed * believed) });
  };
  for (let i = 1; i < NODES; i++) add(i - 1, i, sigma);
  for (let i = 0; i < NODES; i += 3) add((i + 19) % NODES, i, 1e-3);
  add(NODES - 1, 0, 1e-3);
  for (let k = 0; k < wrong; k++) add(3 * k, 3 * k + 11, 1, 0.01);
  const nodes = new Float64Array(NODES * stride);
  nodes.set(truth[0]);
  for (let i = 1; i < NODES; i++) {
    const before = nodes.slice(stride * (i - 1), stride * i);
    nodes.set(group.compose(before, edges[i - 1].measured), stride * i);
  }
  const information = new Float64Array(edges.length * d * d);
  edges.forEach(({ weight }, e) => {
    for (let i = 0; i < d; i++) information[(e * d + i) * d + i] = weight;
  });
  const problem: PoseGraphProblem = {
    manifold: group.name,
    nodes,
    fixed: new Uint8Array(NODES).fill(1, 0, 1),
    from: Int32Array.from(edges, ({ from }) => from),
    to: Int32Array.from(edges, ({ to }) => to),
    measured: Float64Array.from(edges.flatMap(({ measured }) => [...measured])),
    information,
  };
  const worst = () =>
    Math.max(...truth.map((pose, i) => distance(pose, nodes.subarray(stride * i, stride * (i + 1)))));
  return { problem, worst: group.name === 'se2' ? () => planarWorst(truth, nodes) : worst };
}

function planarWorst(truth: readonly Float64Array[], nodes: Float64Array): number {
  return Math.max(...truth.map((pose, i) => Math.hypot(pose[0] - nodes[3 * i], pose[1] - nodes[3 * i + 1])));
}

describe.each(GROUPS)('pose graph over $name', (group) => {
  const { dimension: d, stride } = manifoldOf(group.name);

  it('has the Jacobians that differences give', () => {
    const random = new Random(`jacobians ${group.name}`);
    const manifold = manifoldOf(group.name);
    const draw = (sigma: number) => group.exp(Array.from({ length: d }, () => random.normal(sigma)));
    for (let n = 0; n < 20; n++) {
      const [a, b] = [draw(1), draw(1)];
      const measured = group.compose(group.between(a, b), draw(0.02));
      const nodes = Float64Array.of(...a, ...b);
      manifold.linearize(nodes, 0, 1, measured, 0);
      const analytic = [manifold.byFrom.slice(), manifold.byTo.slice()];
      for (const node of [0, 1]) {
        for (let k = 0; k < d; k++) {
          const errors = [1e-5, -1e-5].map((step) => {
            const delta = new Float64Array(d);
            delta[k] = step;
            const moved = nodes.slice();
            manifold.retract(nodes, node, delta, 0, moved);
            manifold.evaluate(moved, 0, 1, measured, 0);
            return manifold.error.slice();
          });
          for (let i = 0; i < d; i++) {
            const slope = (errors[0][i] - errors[1][i]) / 2e-5;
            expect(Math.abs(analytic[node][i * d + k] - slope)).toBeLessThan(1e-6);
          }
        }
      }
    }
  });

  it('costs, steps and predicts what the dense oracle does, under every loss', () => {
    for (const loss of [undefined, ...LOSSES.map((kind) => ({ kind, scale: 1000 }))]) {
      const { problem } = noisyLoop(group, new Random(`twin ${group.name}`), 0.02, 2);
      const session = kernels.sparse.openGraph(problem, structureOf(problem), loss);
      const expected = linearStep(problem, 1e-3, loss);
      session.linearize();
      expect(session.cost() / expected.cost).toBeCloseTo(1, 10);
      expect(session.attempt(1e-3)! / expected.predicted).toBeCloseTo(1, 7);
      expect(session.trialCost() / expected.trialCost).toBeCloseTo(1, 7);
      session.accept();
      problem.nodes.forEach((value, k) => {
        expect(Math.abs(value - expected.nodes[k])).toBeLessThan(1e-6);
      });
    }
  });

  it('weighs an edge as its information times the weight would, and tells its χ² unweighted', () => {
    const { problem } = noisyLoop(group, new Random(`weights ${group.name}`), 0.02, 2);
    const random = new Random('weights');
    const weights = Float64Array.from(problem.from, (_, e) => (e % 5 === 0 ? 0 : random.uniform(0.1, 2)));
    const information = problem.information!.map((value, k) => value * weights[Math.floor(k / (d * d))]);
    const expected = linearStep({ ...problem, information }, 1e-3);
    const plain = kernels.sparse.openGraph(problem, structureOf(problem), undefined);
    const session = kernels.sparse.openGraph(problem, structureOf(problem), undefined);
    session.weigh(weights);
    session.linearize();
    expect(session.cost() / expected.cost).toBeCloseTo(1, 10);
    expect(session.attempt(1e-3)! / expected.predicted).toBeCloseTo(1, 7);
    expect(session.trialCost() / expected.trialCost).toBeCloseTo(1, 7);
    const sum = problem.from.reduce((total, _, e) => total + session.chi2(e), 0);
    expect(sum / plain.cost()).toBeCloseTo(1, 10);
  });

  it('solves unit columns at rest as dense inversion of the normal equations does', () => {
    const { problem } = noisyLoop(group, new Random(`covariance ${group.name}`), 0.02);
    const structure = structureOf(problem);
    const session = kernels.sparse.openGraph(problem, structure, undefined);
    const unknowns = d * structure.pattern.size;
    const asked = [0, 7, unknowns - 1];
    const columns = new Float64Array(asked.length * unknowns);
    asked.forEach((unit, k) => {
      columns[k * unknowns + unit] = 1;
    });
    expect(session.solveAtRest(columns)).toBe(true);
    const { hessian } = linearStep(problem, 0);
    asked.forEach((unit, k) => {
      const right = new Float64Array(unknowns);
      right[unit] = 1;
      const expected = solveCholesky(hessian, right, unknowns)!;
      const scale = Math.max(...expected.map(Math.abs));
      expected.forEach((value, i) => {
        expect(Math.abs(columns[k * unknowns + i] - value)).toBeLessThan(1e-6 * scale);
      });
    });
  });

  it('pulls a noisy loop back to where it was, and the held node stays', () => {
    const { problem, worst } = noisyLoop(group, new Random(`loop ${group.name}`), 0.02);
    const start = problem.nodes.slice(0, stride);
    const before = worst();
    const { initialCost, finalCost, iterations } = optimizePoseGraph(problem, { kernels });
    expect(before).toBeGreaterThan(0.3);
    expect(worst()).toBeLessThan(before / 4);
    expect(finalCost).toBeLessThan(initialCost / 100);
    expect(iterations).toBeLessThan(20);
    expect(problem.nodes.slice(0, stride)).toEqual(start);
  });

  it('holds the first node if none is, and needs no information matrices', () => {
    const { problem } = noisyLoop(group, new Random(`free ${group.name}`), 0.02);
    const start = problem.nodes.slice(0, stride);
    const free = { ...problem, fixed: new Uint8Array(NODES), information: undefined };
    const { finalCost } = optimizePoseGraph(free, { kernels });
    expect(finalCost).toBeLessThan(0.2);
    expect(problem.nodes.slice(0, stride)).toEqual(start);
  });

  it('shrugs off wrong edges with a robust loss, and not without', () => {
    for (const kind of ['huber', 'cauchy'] as const) {
      const outcome = [undefined, { kind, scale: 1 }].map((loss) => {
        const { problem, worst } = noisyLoop(group, new Random(`robust ${group.name}`), 0.002, 2);
        optimizePoseGraph(problem, { kernels, loss });
        return worst();
      });
      expect(outcome[0]).toBeGreaterThan(0.1);
      expect(outcome[1]).toBeLessThan(outcome[0] / 5);
    }
  });

  it('stops where it is told to, with the best so far, and gives the same bytes twice', () => {
    const run = (iterations: number) => {
      const { problem } = noisyLoop(group, new Random(`stop ${group.name}`), 0.02);
      const costs: number[] = [];
      const result = optimizePoseGraph(problem, {
        kernels,
        onIteration: (iteration, cost) => {
          costs.push(cost);
          return iteration < iterations;
        },
      });
      return { result, costs, nodes: problem.nodes };
    };
    const short = run(2);
    expect(short.result.iterations).toBe(2);
    expect(short.result.finalCost).toBe(short.costs[1]);
    expect(run(50)).toEqual(run(50));
  });
});

describe('losses', () => {
  it.each(LOSSES)('%s equals χ² for small errors, grows slower, and its weight is its slope', (kind) => {
    const loss = { kind, scale: 1.5 };
    expect(lossOf(1e-6, loss)).toBeCloseTo(1e-6, 11);
    expect(weightOf(1e-9, loss)).toBeCloseTo(1, 6);
    for (const chi2 of [0.1, 1, 2.2, 5, 40]) {
      const slope = (lossOf(chi2 + 1e-5, loss) - lossOf(chi2 - 1e-5, loss)) / 2e-5;
      expect(weightOf(chi2, loss)).toBeCloseTo(slope, 6);
      expect(lossOf(chi2, loss)).toBeLessThanOrEqual(chi2);
    }
  });
});
