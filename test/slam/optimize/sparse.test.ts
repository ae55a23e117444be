import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { SparseKernels } from '../../../slam/kernels/sparse-kernels.ts';
import { analyzeBlocks, type BlockPattern } from '../../../slam/optimize/sparse/analysis.ts';
import { minimumDegree } from '../../../slam/optimize/sparse/ordering.ts';
import { sparse as oracle } from '../../oracle/sparse.ts';

let sparse: SparseKernels;
beforeAll(async () => {
  sparse = (await readKernels()).sparse;
});

/** Pairs of a random connected or unconnected graph. */
function randomPairs(random: Random, size: number, density: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      if (random.chance(density)) pairs.push(random.chance(0.5) ? [i, j] : [j, i]);
    }
  }
  return random.shuffle(pairs);
}

function gridPairs(width: number, height: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < width * height; i++) {
    if (i % width > 0) pairs.push([i, i - 1]);
    if (i >= width) pairs.push([i - width, i]);
  }
  return pairs;
}

function patternOf(size: number, pairs: readonly [number, number][]): BlockPattern {
  return analyzeBlocks(
    size,
    Int32Array.from(pairs, ([row]) => row),
    Int32Array.from(pairs, ([, column]) => column),
  );
}

/** A positive definite matrix of the pattern: a sum of squares of differences across the pairs, and a little of each node. */
function randomValues(random: Random, pattern: BlockPattern, d: number, floor = 0.1): Float64Array {
  const values = new Float64Array((pattern.size + pattern.rows.length) * d * d);
  for (let i = 0; i < pattern.size; i++) {
    for (let r = 0; r < d; r++) values[(i * d + r) * d + r] = floor;
  }
  pattern.rows.forEach((row, k) => {
    const a = Float64Array.from({ length: d * d }, () => random.normal());
    const b = Float64Array.from({ length: d * d }, () => random.normal());
    const add = (block: number, left: Float64Array, right: Float64Array) => {
      for (let r = 0; r < d; r++) {
        for (let c = 0; c < d; c++) {
          for (let l = 0; l < d; l++) values[(block * d + r) * d + c] += left[l * d + r] * right[l * d + c];
        }
      }
    };
    add(row, a, a);
    add(pattern.columns[k], b, b);
    add(pattern.size + k, a, b);
  });
  return values;
}

describe('block Cholesky', () => {
  it('equals the dense factor: every block size, random patterns, several right-hand sides', () => {
    const random = new Random('sparse');
    for (const d of [1, 2, 3, 6, 7, 9]) {
      for (const [size, density] of [
        [1, 0],
        [2, 1],
        [9, 0],
        [14, 0.15],
        [23, 0.4],
        [12, 1],
        [40, 0.06],
      ]) {
        const pattern = patternOf(size, randomPairs(random, size, density));
        const values = randomValues(random, pattern, d);
        const ours = Float64Array.from({ length: 2 * d * size }, () => random.normal());
        const theirs = ours.slice();
        expect(sparse.solve(pattern, d, values, ours)).toBe(true);
        expect(oracle.solve(pattern, d, values, theirs)).toBe(true);
        const scale = Math.max(...theirs.map(Math.abs));
        ours.forEach((x, i) => {
          expect(Math.abs(x - theirs[i])).toBeLessThan(1e-8 * scale);
        });
      }
    }
  });

  it('says so where the matrix is not positive definite, and leaves the right-hand side alone', () => {
    const random = new Random('indefinite');
    const pattern = patternOf(30, randomPairs(random, 30, 0.1));
    const values = randomValues(random, pattern, 3);
    values[9 * 17 + 4] -= 100;
    const x = new Float64Array(90).fill(1);
    expect(sparse.solve(pattern, 3, values, x)).toBe(false);
    expect(x).toEqual(new Float64Array(90).fill(1));
    values[9 * 17 + 4] = Number.NaN;
    expect(sparse.solve(pattern, 3, values, x)).toBe(false);
  });
});

describe('analysis of a pattern', () => {
  /** Blocks in the factor of a pattern eliminated in this order, counted the plain way. */
  function fill(size: number, pairs: readonly [number, number][], position: ArrayLike<number>): number {
    const beside: Set<number>[] = Array.from({ length: size }, () => new Set());
    for (const [i, j] of pairs) {
      beside[Math.min(position[i], position[j])].add(Math.max(position[i], position[j]));
    }
    let count = size;
    for (let k = 0; k < size; k++) {
      const rows = [...beside[k]].sort((a, b) => a - b);
      count += rows.length;
      for (const row of rows.slice(1)) beside[rows[0]].add(row);
    }
    return count;
  }

  it('orders every node once', () => {
    const random = new Random('order');
    for (let n = 0; n < 30; n++) {
      const size = 1 + random.int(60);
      const neighbours: number[][] = Array.from({ length: size }, () => []);
      for (const [i, j] of randomPairs(random, size, random.uniform(0, 0.3))) {
        neighbours[i].push(j);
        neighbours[j].push(i);
      }
      expect([...minimumDegree(neighbours)].sort((a, b) => a - b)).toEqual([...neighbours.keys()]);
    }
  });

  it('fills in little: none on a tree, one chord a node on a ring, a third of the natural order on a grid', () => {
    const random = new Random('fill');
    const tree = Array.from({ length: 199 }, (_, k): [number, number] => [k + 1, random.int(k + 1)]);
    expect(fill(200, tree, patternOf(200, tree).position)).toBe(200 + 199);
    const ring = Array.from({ length: 50 }, (_, k): [number, number] => [k, (k + 1) % 50]);
    expect(fill(50, ring, patternOf(50, ring).position)).toBe(50 + 50 + 47);
    const grid = gridPairs(40, 40);
    expect(fill(1600, grid, patternOf(1600, grid).position)).toBeLessThan(
      fill(1600, grid, [...new Array(1600).keys()]) / 3,
    );
  });

  it('merges columns of a dense matrix in one supernode, and holds all blocks of every pattern', () => {
    const random = new Random('supernodes');
    const dense = patternOf(8, randomPairs(random, 8, 1));
    expect([...dense.first]).toEqual([0, 8]);
    for (let n = 0; n < 20; n++) {
      const size = 2 + random.int(50);
      const pattern = patternOf(size, randomPairs(random, size, 0.1));
      for (let s = 0; s + 1 < pattern.first.length; s++) {
        const below = pattern.below.subarray(pattern.belowStart[s], pattern.belowStart[s + 1]);
        const rows = new Set(below);
        expect([...below]).toEqual([...rows].sort((a, b) => a - b));
        for (let k = pattern.blockStart[s]; k < pattern.blockStart[s + 1]; k++) {
          const [row, column] = [pattern.blockRows[k], pattern.blockColumns[k]];
          expect(column >= pattern.first[s] && column < pattern.first[s + 1]).toBe(true);
          expect(row >= column && (row < pattern.first[s + 1] || rows.has(row))).toBe(true);
        }
      }
      expect(new Set(pattern.blocks.map((k) => (k < 0 ? ~k : k))).size).toBe(size + pattern.rows.length);
    }
  });
});
