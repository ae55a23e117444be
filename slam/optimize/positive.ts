/** Inverse of a symmetric n×n by Cholesky; undefined where it is not positive definite. */
export function invertPositive(matrix: Float64Array, n: number): Float64Array | undefined {
  const l = matrix.slice();
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) l[n * j + j] -= l[n * j + k] * l[n * j + k];
    if (!(l[n * j + j] > 0 && l[n * j + j] < Number.POSITIVE_INFINITY)) return undefined;
    l[n * j + j] = Math.sqrt(l[n * j + j]);
    for (let i = j + 1; i < n; i++) {
      for (let k = 0; k < j; k++) l[n * i + j] -= l[n * i + k] * l[n * j + k];
      l[n * i + j] /= l[n * j + j];
    }
  }
  const out = new Float64Array(n * n);
  for (let c = 0; c < n; c++) {
    for (let i = c; i < n; i++) {
      let sum = i === c ? 1 : 0;
      for (let k = c; k < i; k++) sum -= l[n * i + k] * out[n * k + c];
      out[n * i + c] = sum / l[n * i + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = out[n * i + c];
      for (let k = i + 1; k < n; k++) sum -= l[n * k + i] * out[n * k + c];
      out[n * i + c] = sum / l[n * i + i];
    }
  }
  return out;
}
