import type { SparseKernels } from '../../slam/kernels/sparse-kernels.ts';
import type { BlockPattern } from '../../slam/optimize/sparse/analysis.ts';
import { solveCholesky } from './dense.ts';

/** The block matrix written out, row-major. */
export function toDense(pattern: BlockPattern, dimension: number, values: Float64Array): Float64Array {
  const n = dimension * pattern.size;
  const dense = new Float64Array(n * n);
  const put = (block: number, row: number, column: number) => {
    for (let r = 0; r < dimension; r++) {
      for (let c = 0; c < dimension; c++) {
        const value = values[(block * dimension + r) * dimension + c];
        dense[n * (dimension * row + r) + dimension * column + c] = value;
        dense[n * (dimension * column + c) + dimension * row + r] = value;
      }
    }
  };
  for (let i = 0; i < pattern.size; i++) put(i, i, i);
  pattern.rows.forEach((row, k) => {
    put(pattern.size + k, row, pattern.columns[k]);
  });
  return dense;
}

export const sparse: Pick<SparseKernels, 'solve'> = {
  solve(pattern, dimension, values, rightSides) {
    const n = dimension * pattern.size;
    const dense = toDense(pattern, dimension, values);
    for (let at = 0; at < rightSides.length; at += n) {
      const x = solveCholesky(dense, rightSides.slice(at, at + n), n);
      if (!x) return false;
      rightSides.set(x, at);
    }
    return true;
  },
};
