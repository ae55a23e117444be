/**
 * Rigid motions. A pose is one flat Float64Array of length 7, `[tx, ty, tz, qx, qy, qz, qw]` (metres, unit
 * quaternion), so that it can be stored, sent and handed to a kernel as it is. A pose named `aFromB` maps
 * coordinates in B to coordinates in A. Tangent vectors are `[translation(3), rotation(3)]`.
 *
 * `exp`, `log` and the Jacobians follow Solà, Deray, Atchuthan, "A micro Lie theory for state estimation in
 * robotics" (2018), perturbing on the right unless a name says otherwise.
 */
export type Pose = Float64Array;
export type Vec3 = ArrayLike<number>;

const SMALL_ANGLE = 1e-9;

export function identity(): Pose {
  const pose = new Float64Array(7);
  pose[6] = 1;
  return pose;
}

export function poseOf(tx: number, ty: number, tz: number, qx = 0, qy = 0, qz = 0, qw = 1): Pose {
  return Float64Array.of(tx, ty, tz, qx, qy, qz, qw);
}

/** A pose on the floor plane: position in metres, heading in radians about +z. */
export function planarPose(x: number, y: number, yaw: number, z = 0): Pose {
  return Float64Array.of(x, y, z, 0, 0, Math.sin(yaw / 2), Math.cos(yaw / 2));
}

/** Heading about +z of the pose's x axis, radians in (−π, π]. */
export function yawOf(pose: Pose): number {
  const [, , , x, y, z, w] = pose;
  return Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z));
}

export function wrapAngle(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}

/** `aFromC = aFromB · bFromC`. `out` may be either input. */
export function compose(aFromB: Pose, bFromC: Pose, out: Pose = new Float64Array(7)): Pose {
  const ax = aFromB[3];
  const ay = aFromB[4];
  const az = aFromB[5];
  const aw = aFromB[6];
  const bx = bFromC[3];
  const by = bFromC[4];
  const bz = bFromC[5];
  const bw = bFromC[6];
  const vx = bFromC[0];
  const vy = bFromC[1];
  const vz = bFromC[2];
  const cx = 2 * (ay * vz - az * vy);
  const cy = 2 * (az * vx - ax * vz);
  const cz = 2 * (ax * vy - ay * vx);
  const tx = aFromB[0] + vx + aw * cx + ay * cz - az * cy;
  const ty = aFromB[1] + vy + aw * cy + az * cx - ax * cz;
  const tz = aFromB[2] + vz + aw * cz + ax * cy - ay * cx;
  const qx = aw * bx + ax * bw + ay * bz - az * by;
  const qy = aw * by - ax * bz + ay * bw + az * bx;
  const qz = aw * bz + ax * by - ay * bx + az * bw;
  const qw = aw * bw - ax * bx - ay * by - az * bz;
  const inverseNorm = 1 / Math.sqrt(qx * qx + qy * qy + qz * qz + qw * qw);
  out[0] = tx;
  out[1] = ty;
  out[2] = tz;
  out[3] = qx * inverseNorm;
  out[4] = qy * inverseNorm;
  out[5] = qz * inverseNorm;
  out[6] = qw * inverseNorm;
  return out;
}

export function inverse(pose: Pose, out: Pose = new Float64Array(7)): Pose {
  const x = -pose[3];
  const y = -pose[4];
  const z = -pose[5];
  const w = pose[6];
  const vx = -pose[0];
  const vy = -pose[1];
  const vz = -pose[2];
  const cx = 2 * (y * vz - z * vy);
  const cy = 2 * (z * vx - x * vz);
  const cz = 2 * (x * vy - y * vx);
  out[0] = vx + w * cx + y * cz - z * cy;
  out[1] = vy + w * cy + z * cx - x * cz;
  out[2] = vz + w * cz + x * cy - y * cx;
  out[3] = x;
  out[4] = y;
  out[5] = z;
  out[6] = w;
  return out;
}

/** `aFromB⁻¹ · aFromC = bFromC`. */
export function between(aFromB: Pose, aFromC: Pose, out: Pose = new Float64Array(7)): Pose {
  return compose(inverse(aFromB), aFromC, out);
}

export function transformPoint(
  aFromB: Pose,
  pointB: Vec3,
  out: Float64Array | number[] = new Float64Array(3),
): Float64Array | number[] {
  const x = aFromB[3];
  const y = aFromB[4];
  const z = aFromB[5];
  const w = aFromB[6];
  const vx = pointB[0];
  const vy = pointB[1];
  const vz = pointB[2];
  const cx = 2 * (y * vz - z * vy);
  const cy = 2 * (z * vx - x * vz);
  const cz = 2 * (x * vy - y * vx);
  out[0] = aFromB[0] + vx + w * cx + y * cz - z * cy;
  out[1] = aFromB[1] + vy + w * cy + z * cx - x * cz;
  out[2] = aFromB[2] + vz + w * cz + x * cy - y * cx;
  return out;
}

/** Row-major 3×3 rotation of the pose. */
export function rotationMatrix(pose: Pose, out: Float64Array = new Float64Array(9)): Float64Array {
  const x = pose[3];
  const y = pose[4];
  const z = pose[5];
  const w = pose[6];
  out[0] = 1 - 2 * (y * y + z * z);
  out[1] = 2 * (x * y - w * z);
  out[2] = 2 * (x * z + w * y);
  out[3] = 2 * (x * y + w * z);
  out[4] = 1 - 2 * (x * x + z * z);
  out[5] = 2 * (y * z - w * x);
  out[6] = 2 * (x * z - w * y);
  out[7] = 2 * (y * z + w * x);
  out[8] = 1 - 2 * (x * x + y * y);
  return out;
}

/** Unit quaternion `[x, y, z, w]` with w ≥ 0 of a row-major 3×3 rotation (Shepperd's method). */
export function quaternionOf(r: ArrayLike<number>): Float64Array {
  const trace = r[0] + r[4] + r[8];
  const q = new Float64Array(4);
  if (trace > r[0] && trace > r[4] && trace > r[8]) {
    const s = 2 * Math.sqrt(1 + trace);
    q[0] = (r[7] - r[5]) / s;
    q[1] = (r[2] - r[6]) / s;
    q[2] = (r[3] - r[1]) / s;
    q[3] = s / 4;
  } else {
    const i = r[0] >= r[4] && r[0] >= r[8] ? 0 : r[4] >= r[8] ? 1 : 2;
    const j = (i + 1) % 3;
    const k = (i + 2) % 3;
    const s = 2 * Math.sqrt(1 + r[4 * i] - r[4 * j] - r[4 * k]);
    q[i] = s / 4;
    q[j] = (r[3 * j + i] + r[3 * i + j]) / s;
    q[k] = (r[3 * k + i] + r[3 * i + k]) / s;
    q[3] = (r[3 * k + j] - r[3 * j + k]) / s;
  }
  const norm = Math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]) * (q[3] < 0 ? -1 : 1);
  for (let i = 0; i < 4; i++) q[i] /= norm;
  return q;
}

/** Exponential map of `[rho(3), theta(3)]`. */
export function exp(tangent: ArrayLike<number>, out: Pose = new Float64Array(7)): Pose {
  const [x, y, z] = [tangent[3], tangent[4], tangent[5]];
  const [rx, ry, rz] = [tangent[0], tangent[1], tangent[2]];
  const theta2 = x * x + y * y + z * z;
  const theta = Math.sqrt(theta2);
  const half = theta / 2;
  const s = theta < SMALL_ANGLE ? 0.5 : Math.sin(half) / theta;
  const a = theta < 1e-5 ? 0.5 - theta2 / 24 : (1 - Math.cos(theta)) / theta2;
  const b = theta < 1e-5 ? 1 / 6 - theta2 / 120 : (theta - Math.sin(theta)) / (theta2 * theta);
  const cx = y * rz - z * ry;
  const cy = z * rx - x * rz;
  const cz = x * ry - y * rx;
  out[0] = rx + a * cx + b * (y * cz - z * cy);
  out[1] = ry + a * cy + b * (z * cx - x * cz);
  out[2] = rz + a * cz + b * (x * cy - y * cx);
  out[3] = s * x;
  out[4] = s * y;
  out[5] = s * z;
  out[6] = Math.cos(half);
  return out;
}

/** Logarithm, the inverse of `exp`: `[rho(3), theta(3)]` with |theta| ≤ π. */
export function log(pose: Pose, out: Float64Array = new Float64Array(6)): Float64Array {
  const sign = pose[6] < 0 ? -1 : 1;
  const qx = sign * pose[3];
  const qy = sign * pose[4];
  const qz = sign * pose[5];
  const qw = sign * pose[6];
  const n = Math.sqrt(qx * qx + qy * qy + qz * qz);
  const scale = n < SMALL_ANGLE ? 2 : (2 * Math.atan2(n, qw)) / n;
  const x = scale * qx;
  const y = scale * qy;
  const z = scale * qz;
  const theta2 = x * x + y * y + z * z;
  const theta = Math.sqrt(theta2);
  const c =
    theta < 1e-4 ? 1 / 12 + theta2 / 720 : 1 / theta2 - (1 + Math.cos(theta)) / (2 * theta * Math.sin(theta));
  const vx = pose[0];
  const vy = pose[1];
  const vz = pose[2];
  const cx = y * vz - z * vy;
  const cy = z * vx - x * vz;
  const cz = x * vy - y * vx;
  out[0] = vx - 0.5 * cx + c * (y * cz - z * cy);
  out[1] = vy - 0.5 * cy + c * (z * cx - x * cz);
  out[2] = vz - 0.5 * cz + c * (x * cy - y * cx);
  out[3] = x;
  out[4] = y;
  out[5] = z;
  return out;
}

/** The pose a share `t` in [0, 1] of the way along the geodesic from `a` to `b`. */
export function interpolate(a: Pose, b: Pose, t: number): Pose {
  const step = log(between(a, b));
  for (let i = 0; i < 6; i++) step[i] *= t;
  return compose(a, exp(step));
}

/** 6×6 row-major adjoint: `Ad(T) · tau` moves a right perturbation `tau` of T to the left. */
export function adjoint(pose: Pose, out: Float64Array = new Float64Array(36)): Float64Array {
  const r = rotationMatrix(pose);
  const [tx, ty, tz] = pose;
  out.fill(0);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < 3; i++) {
      out[6 * i + c] = r[3 * i + c];
      out[6 * (i + 3) + c + 3] = r[3 * i + c];
    }
    out[c + 3] = ty * r[6 + c] - tz * r[3 + c];
    out[6 + c + 3] = tz * r[c] - tx * r[6 + c];
    out[12 + c + 3] = tx * r[3 + c] - ty * r[c];
  }
  return out;
}

/** Distance between the two origins, metres. */
export function distance(a: Pose, b: Pose): number {
  const dx = a[0] - b[0];
  const dy = a[1] - b[1];
  const dz = a[2] - b[2];
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

/** Angle of the rotation between the two poses, radians in [0, π]. */
export function angleBetween(a: Pose, b: Pose): number {
  const d = between(a, b);
  const n = Math.sqrt(d[3] * d[3] + d[4] * d[4] + d[5] * d[5]);
  return 2 * Math.atan2(n, Math.abs(d[6]));
}
