import type { Manifold } from './manifold.ts';

/**
 * Spatial poses; the error is g2o's of an EDGE_SE3:QUAT: translation and vector part of the quaternion (w ≥ 0) of
 * `measured⁻¹ · from⁻¹ · to`. A node moves by its translation in its own frame and by a rotation vector on its right.
 */
export class Se3Edges implements Manifold {
  readonly stride = 7;
  readonly dimension = 6;
  readonly error = new Float64Array(6);
  readonly byFrom = new Float64Array(36);
  readonly byTo = new Float64Array(36);
  /** Translation of `to` in the frame of `from`. */
  private readonly relative = new Float64Array(3);
  private readonly moved = new Float64Array(3);
  private readonly quaternion = new Float64Array(4);
  private readonly matrix = new Float64Array(9);

  evaluate(nodes: Float64Array, from: number, to: number, measured: Float64Array, edge: number): void {
    const [a, b, m] = [7 * from, 7 * to, 7 * edge];
    const { relative, moved, quaternion: q, error } = this;
    unrotate(
      nodes,
      a + 3,
      nodes[b] - nodes[a],
      nodes[b + 1] - nodes[a + 1],
      nodes[b + 2] - nodes[a + 2],
      relative,
    );
    unrotate(
      measured,
      m + 3,
      relative[0] - measured[m],
      relative[1] - measured[m + 1],
      relative[2] - measured[m + 2],
      moved,
    );
    conjugateTimes(nodes, a + 3, nodes, b + 3, q);
    conjugateTimes(measured, m + 3, q, 0, q);
    const sign = q[3] < 0 ? -1 : 1;
    for (let i = 0; i < 4; i++) q[i] *= sign;
    for (let i = 0; i < 3; i++) {
      error[i] = moved[i];
      error[3 + i] = q[i];
    }
  }

  linearize(nodes: Float64Array, from: number, to: number, measured: Float64Array, edge: number): void {
    this.evaluate(nodes, from, to, measured, edge);
    const { byFrom, byTo, matrix: r, relative: t, quaternion: q } = this;
    const [x, y, z, w] = [0.5 * q[0], 0.5 * q[1], 0.5 * q[2], 0.5 * q[3]];
    rotationOf(q, 0, r);
    for (let i = 0; i < 3; i++) {
      for (let c = 0; c < 3; c++) byTo[6 * i + c] = r[3 * i + c];
    }
    setCross(byTo, w, x, y, z);
    rotationOf(measured, 7 * edge + 3, r);
    for (let i = 0; i < 3; i++) {
      // Row i of Rᵀ, of −Rᵀ and of Rᵀ·[t]×.
      const [r0, r1, r2] = [r[i], r[3 + i], r[6 + i]];
      const row = 6 * i;
      byFrom[row] = -r0;
      byFrom[row + 1] = -r1;
      byFrom[row + 2] = -r2;
      byFrom[row + 3] = r1 * t[2] - r2 * t[1];
      byFrom[row + 4] = r2 * t[0] - r0 * t[2];
      byFrom[row + 5] = r0 * t[1] - r1 * t[0];
    }
    // −½(w·I − [v]×)·Rᵀ
    for (let c = 0; c < 3; c++) {
      const [r0, r1, r2] = [r[3 * c], r[3 * c + 1], r[3 * c + 2]];
      byFrom[21 + c] = -(w * r0 + z * r1 - y * r2);
      byFrom[27 + c] = -(w * r1 - z * r0 + x * r2);
      byFrom[33 + c] = -(w * r2 + y * r0 - x * r1);
    }
  }

  retract(nodes: Float64Array, node: number, delta: Float64Array, at: number, out: Float64Array): void {
    const k = 7 * node;
    const [x, y, z, w] = [nodes[k + 3], nodes[k + 4], nodes[k + 5], nodes[k + 6]];
    const [vx, vy, vz] = [delta[at], delta[at + 1], delta[at + 2]];
    const cx = 2 * (y * vz - z * vy);
    const cy = 2 * (z * vx - x * vz);
    const cz = 2 * (x * vy - y * vx);
    out[k] = nodes[k] + vx + w * cx + y * cz - z * cy;
    out[k + 1] = nodes[k + 1] + vy + w * cy + z * cx - x * cz;
    out[k + 2] = nodes[k + 2] + vz + w * cz + x * cy - y * cx;
    const [rx, ry, rz] = [delta[at + 3], delta[at + 4], delta[at + 5]];
    const angle = Math.sqrt(rx * rx + ry * ry + rz * rz);
    const s = angle < 1e-9 ? 0.5 : Math.sin(angle / 2) / angle;
    const [dx, dy, dz, dw] = [s * rx, s * ry, s * rz, Math.cos(angle / 2)];
    const qx = w * dx + x * dw + y * dz - z * dy;
    const qy = w * dy - x * dz + y * dw + z * dx;
    const qz = w * dz + x * dy - y * dx + z * dw;
    const qw = w * dw - x * dx - y * dy - z * dz;
    const scale = 1 / Math.sqrt(qx * qx + qy * qy + qz * qz + qw * qw);
    out[k + 3] = qx * scale;
    out[k + 4] = qy * scale;
    out[k + 5] = qz * scale;
    out[k + 6] = qw * scale;
  }
}

/** ½(w·I + [v]×) in the lower right of a 6×6. */
function setCross(out: Float64Array, w: number, x: number, y: number, z: number): void {
  out[21] = w;
  out[22] = -z;
  out[23] = y;
  out[27] = z;
  out[28] = w;
  out[29] = -x;
  out[33] = -y;
  out[34] = x;
  out[35] = w;
}

/** Rotates a vector by the inverse of the quaternion at `q[at]`. */
function unrotate(q: Float64Array, at: number, vx: number, vy: number, vz: number, out: Float64Array): void {
  const [x, y, z, w] = [-q[at], -q[at + 1], -q[at + 2], q[at + 3]];
  const cx = 2 * (y * vz - z * vy);
  const cy = 2 * (z * vx - x * vz);
  const cz = 2 * (x * vy - y * vx);
  out[0] = vx + w * cx + y * cz - z * cy;
  out[1] = vy + w * cy + z * cx - x * cz;
  out[2] = vz + w * cz + x * cy - y * cx;
}

/** `a⁻¹ · b` of unit quaternions; `out` may be `b`. */
function conjugateTimes(a: Float64Array, i: number, b: Float64Array, j: number, out: Float64Array): void {
  const [ax, ay, az, aw] = [-a[i], -a[i + 1], -a[i + 2], a[i + 3]];
  const [bx, by, bz, bw] = [b[j], b[j + 1], b[j + 2], b[j + 3]];
  out[0] = aw * bx + ax * bw + ay * bz - az * by;
  out[1] = aw * by - ax * bz + ay * bw + az * bx;
  out[2] = aw * bz + ax * by - ay * bx + az * bw;
  out[3] = aw * bw - ax * bx - ay * by - az * bz;
}

function rotationOf(q: Float64Array, at: number, out: Float64Array): void {
  const [x, y, z, w] = [q[at], q[at + 1], q[at + 2], q[at + 3]];
  out[0] = 1 - 2 * (y * y + z * z);
  out[1] = 2 * (x * y - w * z);
  out[2] = 2 * (x * z + w * y);
  out[3] = 2 * (x * y + w * z);
  out[4] = 1 - 2 * (x * x + z * z);
  out[5] = 2 * (y * z - w * x);
  out[6] = 2 * (x * z - w * y);
  out[7] = 2 * (y * z + w * x);
  out[8] = 1 - 2 * (x * x + y * y);
}
