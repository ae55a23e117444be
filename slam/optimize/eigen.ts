/** Eigenvectors and singular vectors of small matrices, by Jacobi's rotations (Golub, Van Loan, "Matrix Computations", 8.5). */

/** Sweeps after which any matrix met here has long converged. */
const SWEEPS = 30;
/** Share of the matrix below which what is off the diagonal counts as gone. */
const CONVERGED = 1e-32;

export interface Eigen {
  /** Falling. */
  readonly values: Float64Array;
  /** Row i is the unit vector to value i. */
  readonly vectors: Float64Array;
}

/** Of a symmetric n×n matrix, row-major; it is left as it was. */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[n * i + i] = 1;
  for (let sweep = 0; sweep < SWEEPS && !isDiagonal(a, n); sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[n * j + j] - a[n * i + i] || i - j);
  const vectors = new Float64Array(n * n);
  order.forEach((i, row) => {
    vectors.set(v.subarray(n * i, n * i + n), n * row);
  });
  return { values: Float64Array.from(order, (i) => a[n * i + i]), vectors };
}

function isDiagonal(a: Float64Array, n: number): boolean {
  let off = 0;
  let all = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const square = a[n * i + j] * a[n * i + j];
      all += square;
      if (i !== j) off += square;
    }
  }
  return off <= CONVERGED * all;
}

/** Turns rows and columns p and q so that a[p, q] vanishes; the rows of `v` turn along. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[n * p + q];
  if (apq === 0) return;
  const theta = (a[n * q + q] - a[n * p + p]) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const kp = a[n * k + p];
    const kq = a[n * k + q];
    a[n * k + p] = c * kp - s * kq;
    a[n * k + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = a[n * p + k];
    const qk = a[n * q + k];
    a[n * p + k] = c * pk - s * qk;
    a[n * q + k] = s * pk + c * qk;
    const vp = v[n * p + k];
    const vq = v[n * q + k];
    v[n * p + k] = c * vp - s * vq;
    v[n * q + k] = s * vp + c * vq;
  }
}

export interface Svd3 {
  /** 3×3 row-major, columns are the left singular vectors. */
  readonly u: Float64Array;
  /** Falling. */
  readonly s: Float64Array;
  /** Rows are the right singular vectors: the matrix is `u · diag(s) · vt`. */
  readonly vt: Float64Array;
}

/** Singular values of a 3×3 matrix of rank 2 or 3, row-major. `u` and `vt` may be reflections. */
export function svd3(m: Float64Array): Svd3 {
  const square = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 3; k++) square[3 * i + j] += m[3 * k + i] * m[3 * k + j];
    }
  }
  const { vectors: vt } = symmetricEigen(square, 3);
  const s = new Float64Array(3);
  const u = new Float64Array(9);
  for (let c = 0; c < 2; c++) setLeft(m, vt, s, u, c);
  // The third follows from the other two, whether or not anything is left of its value.
  for (let i = 0; i < 3; i++) {
    const [j, k] = [(i + 1) % 3, (i + 2) % 3];
    u[3 * i + 2] = u[3 * j] * u[3 * k + 1] - u[3 * k] * u[3 * j + 1];
  }
  for (let i = 0; i < 3; i++) {
    for (let k = 0; k < 3; k++) s[2] += u[3 * i + 2] * m[3 * i + k] * vt[6 + k];
  }
  if (s[2] < 0) {
    s[2] = -s[2];
    for (let i = 0; i < 3; i++) u[3 * i + 2] = -u[3 * i + 2];
  }
  return { u, s, vt };
}

/** Left singular vector and value to a right one: what the matrix makes of it. */
function setLeft(m: Float64Array, vt: Float64Array, s: Float64Array, u: Float64Array, c: number): void {
  const image = [0, 1, 2].map(
    (i) => m[3 * i] * vt[3 * c] + m[3 * i + 1] * vt[3 * c + 1] + m[3 * i + 2] * vt[3 * c + 2],
  );
  s[c] = Math.sqrt(image[0] * image[0] + image[1] * image[1] + image[2] * image[2]);
  for (let i = 0; i < 3; i++) u[3 * i + c] = image[i] / s[c];
}
