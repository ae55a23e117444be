/** A symmetric 6 × 6 system H x = b gathered row by row, row-major. */
export class NormalEquations {
  readonly h = new Float64Array(36);
  readonly b = new Float64Array(6);
  cost = 0;

  clear(): void {
    this.h.fill(0);
    this.b.fill(0);
    this.cost = 0;
  }

  /** Adds a measurement: residual r with Jacobian row j and weight 1/σ². */
  add(r: number, j: Float64Array, weight: number): void {
    this.cost += weight * r * r;
    for (let i = 0; i < 6; i++) {
      this.b[i] -= weight * j[i] * r;
      for (let k = 0; k < 6; k++) this.h[6 * i + k] += weight * j[i] * j[k];
    }
  }
}

/** Inverse of a symmetric positive definite 6 × 6 matrix by Cholesky's method, its diagonal enlarged by a share; null if it is none. */
export function inverse6(matrix: Float64Array, damping = 0): Float64Array | null {
  const l = new Float64Array(36);
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[6 * i + j] * (i === j ? 1 + damping : 1);
      for (let k = 0; k < j; k++) sum -= l[6 * i + k] * l[6 * j + k];
      if (i !== j) l[6 * i + j] = sum / l[7 * j];
      else if (sum > 0) l[7 * i] = Math.sqrt(sum);
      else return null;
    }
  }
  const inverse = new Float64Array(36);
  const column = new Float64Array(6);
  for (let c = 0; c < 6; c++) {
    for (let i = 0; i < 6; i++) {
      let sum = i === c ? 1 : 0;
      for (let k = 0; k < i; k++) sum -= l[6 * i + k] * column[k];
      column[i] = sum / l[7 * i];
    }
    for (let i = 5; i >= 0; i--) {
      let sum = column[i];
      for (let k = i + 1; k < 6; k++) sum -= l[6 * k + i] * column[k];
      column[i] = sum / l[7 * i];
    }
    for (let i = 0; i < 6; i++) inverse[6 * i + c] = column[i];
  }
  return inverse;
}
