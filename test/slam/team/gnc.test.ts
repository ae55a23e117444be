import { beforeAll, describe, expect, it } from 'vitest';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { structureOf } from '../../../slam/optimize/graph/structure.ts';
import { solveRobustly, truncatedWeight } from '../../../slam/team/gnc.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

describe('graduated non-convexity', () => {
  it('weighs an error as minimises the paper’s outlier process', () => {
    for (const mu of [0.05, 0.7, 3, 40]) {
      for (const share of [0.01, 0.4, 0.9, 1, 1.3, 4, 30]) {
        const costAt = (weight: number) => weight * share + (mu * (1 - weight)) / (mu + weight);
        let best = 0;
        for (let weight = 0; weight <= 1; weight += 1e-4) if (costAt(weight) < costAt(best)) best = weight;
        expect(truncatedWeight(share, mu)).toBeCloseTo(best, 3);
      }
    }
  });

  /** One number measured again and again from a held origin: each edge says where the node lies along x. */
  function along(places: readonly number[]) {
    const edges = places.length;
    const problem = {
      manifold: 'se2' as const,
      nodes: new Float64Array(6),
      fixed: Uint8Array.of(1, 0),
      from: new Int32Array(edges),
      to: new Int32Array(edges).fill(1),
      measured: Float64Array.from(places.flatMap((x) => [x, 0, 0])),
    };
    const session = kernels.sparse.openGraph(problem, structureOf(problem), undefined);
    const suspects = places.map((_, edge) => ({ edge, bound: 6.6 }));
    return { problem, session, suspects };
  }

  it('finds where most measurements are, though their mean is nowhere near', () => {
    const places = [1, 1.5, 0.5, 1.2, 40, 41, 39];
    const { problem, session, suspects } = along(places);
    const weights = new Float64Array(places.length).fill(1);
    solveRobustly(session, suspects, weights);
    expect([...weights]).toEqual([1, 1, 1, 1, 0, 0, 0]);
    expect(problem.nodes[3]).toBeCloseTo(1.05, 6);
  });

  it('looks again at what began with no weight, and takes it if it fits after all', () => {
    const places = [1, 1.5, 0.5, 1.2, 9];
    const { problem, session, suspects } = along(places);
    const weights = Float64Array.of(1, 1, 0, 1, 0);
    solveRobustly(session, suspects, weights);
    expect([...weights]).toEqual([1, 1, 1, 1, 0]);
    expect(problem.nodes[3]).toBeCloseTo(1.05, 6);
  });
});
