import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { structureOf } from '../../../slam/optimize/graph/structure.ts';
import {
  type GraphBorder,
  optimizePoseGraph,
  type PoseGraphProblem,
} from '../../../slam/optimize/pose-graph.ts';
import { solveCholesky } from '../../oracle/dense.ts';
import { manifoldOf } from '../../oracle/graph/manifold.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const NODES = 14;
const PARAMETERS = 3;
const HIDDEN = [0.05, -0.03, 0.04];

/** A chain that depends on two and three parameters, held together by edges that depend on none. */
function chain(name: 'se2' | 'se3', noise: number): PoseGraphProblem & { border: GraphBorder } {
  const random = new Random(`border ${name}`);
  const manifold = manifoldOf(name);
  const { dimension: d, stride } = manifold;
  const truth = new Float64Array(NODES * stride);
  if (name === 'se3') for (let i = 0; i < NODES; i++) truth[7 * i + 6] = 1;
  const draw = (sigma: number) => Float64Array.from({ length: d }, () => random.normal(sigma));
  const place = (sigma: number) => {
    const out = truth.slice();
    for (let i = 1; i < NODES; i++) manifold.retract(truth, i, draw(sigma), 0, out);
    return out;
  };
  for (let i = 1; i < NODES; i++) {
    const start = truth.slice();
    start.copyWithin(stride * i, stride * (i - 1), stride * i);
    const step = draw(0.2);
    step[0] += 1;
    manifold.retract(start, i, step, 0, truth);
  }
  const from: number[] = [];
  const to: number[] = [];
  const join = (a: number, b: number) => {
    from.push(a);
    to.push(b);
  };
  for (let i = 1; i < NODES; i++) join(i - 1, i);
  for (let i = 0; i + 4 < NODES; i += 2) join(i, i + 4);
  const edges = from.length;
  const measured = new Float64Array(edges * stride);
  const zero = new Float64Array(stride);
  if (name === 'se3') zero[6] = 1;
  const information = new Float64Array(edges * d * d);
  const first = new Int32Array(edges).fill(-1);
  const width = new Int32Array(edges);
  const derivative = new Float64Array(edges * d * PARAMETERS);

  for (let e = 0; e < edges; e++) {
    measured.set(relative(name, truth, from[e], to[e]), stride * e);
    const shift = draw(noise);
    if (e < NODES - 1) {
      first[e] = e % 2;
      width[e] = e % 2 ? 2 : 3;
      for (let i = 0; i < d; i++) {
        for (let k = 0; k < width[e]; k++) {
          const value = random.normal(0.2);
          derivative[(e * d + i) * PARAMETERS + k] = value;
          shift[i] -= value * HIDDEN[first[e] + k];
        }
      }
    }
    manifold.retract(measured.slice(), e, shift, 0, measured);
    for (let i = 0; i < d; i++) {
      for (let k = 0; k < d; k++) {
        information[(e * d + i) * d + k] = i === k ? random.uniform(50, 200) : i + k === 1 ? 20 : 0;
      }
    }
  }
  return {
    manifold: name,
    nodes: place(0.05),
    fixed: Uint8Array.from({ length: NODES }, (_, i) => (i === 0 ? 1 : 0)),
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    measured,
    information,
    border: {
      values: new Float64Array(PARAMETERS),
      mean: Float64Array.of(0.01, 0, 0),
      information: Float64Array.of(0.4, 0.1, 0, 0.1, 0.3, 0, 0, 0, 0.5),
      first,
      width,
      derivative,
      widest: PARAMETERS,
    },
  };
}

/** What an edge of no error would measure: found by a few Newton steps on the oracle's own error. */
function relative(name: 'se2' | 'se3', nodes: Float64Array, from: number, to: number): Float64Array {
  const manifold = manifoldOf(name);
  const measured = new Float64Array(manifold.stride);
  if (name === 'se3') measured[6] = 1;
  for (let k = 0; k < 30; k++) {
    manifold.evaluate(nodes, from, to, measured, 0);
    const step = manifold.error.slice();
    if (name === 'se3') for (let i = 3; i < 6; i++) step[i] *= 2;
    manifold.retract(measured.slice(), 0, step, 0, measured);
  }
  return measured;
}

/** All errors, whitened, of nodes moved by `delta` and parameters of which it holds the last ones. */
function residuals(problem: PoseGraphProblem & { border: GraphBorder }, delta: Float64Array): number[] {
  const manifold = manifoldOf(problem.manifold);
  const { dimension: d } = manifold;
  const nodes = problem.nodes.slice();
  for (let i = 1; i < NODES; i++) manifold.retract(problem.nodes, i, delta, d * (i - 1), nodes);
  const { border } = problem;
  const values = border.values.map((value, k) => value + delta[d * (NODES - 1) + k]);
  const out: number[] = [];
  problem.from.forEach((from, e) => {
    const shift = new Float64Array(d);
    for (let i = 0; i < d; i++)
      for (let k = 0; k < border.width[e]; k++)
        shift[i] += border.derivative[(e * d + i) * PARAMETERS + k] * values[border.first[e] + k];
    const measured = problem.measured.slice();
    manifold.retract(problem.measured, e, shift, 0, measured);
    manifold.evaluate(nodes, from, problem.to[e], measured, e);
    out.push(...whiten(problem.information!.slice(e * d * d, (e + 1) * d * d), manifold.error, d));
  });
  out.push(
    ...whiten(
      border.information,
      values.map((value, k) => value - border.mean[k]),
      PARAMETERS,
    ),
  );
  return out;
}

/** Lᵀ·error where the information is L·Lᵀ. */
function whiten(information: Float64Array, error: Float64Array, n: number): number[] {
  const l = information.slice();
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) l[n * j + j] -= l[n * j + k] * l[n * j + k];
    l[n * j + j] = Math.sqrt(l[n * j + j]);
    for (let i = j + 1; i < n; i++) {
      for (let k = 0; k < j; k++) l[n * i + j] -= l[n * i + k] * l[n * j + k];
      l[n * i + j] /= l[n * j + j];
    }
  }
  return Array.from({ length: n }, (_, c) => {
    let sum = 0;
    for (let r = c; r < n; r++) sum += l[n * r + c] * error[r];
    return sum;
  });
}

const cost = (all: readonly number[]) => all.reduce((sum, r) => sum + r * r, 0);

describe.each(['se2', 'se3'] as const)('parameters beside a pose graph over %s', (name) => {
  it('cost, and step and covariance are, what dense differences give', () => {
    const problem = chain(name, 1e-3);
    optimizePoseGraph(problem, { kernels });
    const d = manifoldOf(name).dimension;
    const n = d * (NODES - 1) + PARAMETERS;
    const at = residuals(problem, new Float64Array(n));
    const jacobian = Array.from({ length: n }, (_, k) => {
      const [plus, minus] = [1e-6, -1e-6].map((step) => {
        const delta = new Float64Array(n);
        delta[k] = step;
        return residuals(problem, delta);
      });
      return plus.map((value, i) => (value - minus[i]) / 2e-6);
    });
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, i) => sum + value * b[i], 0);
    const h = Float64Array.from(jacobian.flatMap((a) => jacobian.map((b) => dot(a, b))));
    const gradient = jacobian.map((a) => dot(a, at));
    const structure = structureOf(problem);
    const session = kernels.sparse.openGraph(problem, structure, undefined);
    expect(session.cost() / cost(at)).toBeCloseTo(1, 8);
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(0.02 * Math.sqrt(h[0]));

    const unknowns = d * structure.pattern.size;
    const columns = new Float64Array(2 * unknowns);
    const asked = [4, unknowns - 1];
    asked.forEach((unit, k) => {
      columns[k * unknowns + unit] = 1;
    });
    expect(session.solveAtRest(columns)).toBe(true);
    const inverseColumn = (unit: number) => {
      const right = new Float64Array(n);
      right[unit] = 1;
      return solveCholesky(h, right, n)!;
    };
    asked.forEach((unit, k) => {
      const expected = inverseColumn(unit);
      for (let i = 0; i < unknowns; i++)
        expect(Math.abs(columns[k * unknowns + i] - expected[i])).toBeLessThan(2e-2 * expected[unit]);
    });
    for (let k = 0; k < PARAMETERS; k++) {
      const expected = inverseColumn(unknowns + k);
      for (let i = 0; i < PARAMETERS; i++) {
        const scale = 2e-2 * expected[unknowns + k];
        expect(Math.abs(session.borderCovariance![PARAMETERS * i + k] - expected[unknowns + i])).toBeLessThan(
          scale,
        );
      }
    }
  });

  it('are found, with the nodes, and the decrease foretold comes', () => {
    const problem = chain(name, 1e-3);
    const session = kernels.sparse.openGraph(problem, structureOf(problem), undefined);
    session.linearize();
    const before = session.cost();
    const foretold = session.attempt(1e-9)!;
    expect((before - session.trialCost()) / foretold).toBeGreaterThan(0.9);
    expect((before - session.trialCost()) / foretold).toBeLessThan(1.1);
    const { finalCost, iterations } = optimizePoseGraph(problem, { kernels });
    expect(iterations).toBeLessThan(20);
    expect(finalCost).toBeLessThan(0.05);
    HIDDEN.forEach((value, k) => {
      expect(problem.border.values[k]).toBeCloseTo(value, 2);
    });
  });
});
