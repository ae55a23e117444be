/** Plain dense linear algebra on row-major arrays. */

/** Solves `A x = b` for a symmetric positive definite n×n A; undefined where it is not. */
export function solveCholesky(a: Float64Array, b: Float64Array, n: number): Float64Array | undefined {
  const l = a.slice();
  for (let j = 0; j < n; j++) {
    let diagonal = l[n * j + j];
    for (let k = 0; k < j; k++) diagonal -= l[n * j + k] * l[n * j + k];
    if (!(diagonal > 0)) return undefined;
    l[n * j + j] = Math.sqrt(diagonal);
    for (let i = j + 1; i < n; i++) {
      let sum = l[n * i + j];
      for (let k = 0; k < j; k++) sum -= l[n * i + k] * l[n * j + k];
      l[n * i + j] = sum / l[n * j + j];
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= l[n * i + k] * x[k];
    x[i] /= l[n * i + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= l[n * k + i] * x[k];
    x[i] /= l[n * i + i];
  }
  return x;
}

/** `A (n×k) · B (k×m)`. */
export function multiply(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  n: number,
  k: number,
  m: number,
): Float64Array {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      for (let l = 0; l < k; l++) out[m * i + j] += a[k * i + l] * b[m * l + j];
    }
  }
  return out;
}

export function transpose(a: ArrayLike<number>, n: number, m: number): Float64Array {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) out[n * j + i] = a[m * i + j];
  return out;
}
