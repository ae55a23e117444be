// Rigid motions on addresses: 7 f64 a pose, [translation, quaternion xyzw]; see base/se3.ts.

@inline
export function at(address: usize, index: i32): f64 {
  return load<f64>(address + (<usize>index << 3));
}

@inline
export function put(address: usize, index: i32, value: f64): void {
  store<f64>(address + (<usize>index << 3), value);
}

export function transform(pose: usize, px: f64, py: f64, pz: f64, out: usize): void {
  const x = at(pose, 3);
  const y = at(pose, 4);
  const z = at(pose, 5);
  const w = at(pose, 6);
  const cx = 2 * (y * pz - z * py);
  const cy = 2 * (z * px - x * pz);
  const cz = 2 * (x * py - y * px);
  put(out, 0, at(pose, 0) + px + w * cx + y * cz - z * cy);
  put(out, 1, at(pose, 1) + py + w * cy + z * cx - x * cz);
  put(out, 2, at(pose, 2) + pz + w * cz + x * cy - y * cx);
}

export function rotation(pose: usize, out: usize): void {
  const x = at(pose, 3);
  const y = at(pose, 4);
  const z = at(pose, 5);
  const w = at(pose, 6);
  put(out, 0, 1 - 2 * (y * y + z * z));
  put(out, 1, 2 * (x * y - w * z));
  put(out, 2, 2 * (x * z + w * y));
  put(out, 3, 2 * (x * y + w * z));
  put(out, 4, 1 - 2 * (x * x + z * z));
  put(out, 5, 2 * (y * z - w * x));
  put(out, 6, 2 * (x * z - w * y));
  put(out, 7, 2 * (y * z + w * x));
  put(out, 8, 1 - 2 * (x * x + y * y));
}

// out must differ from a and b.
export function compose(a: usize, b: usize, out: usize): void {
  transform(a, at(b, 0), at(b, 1), at(b, 2), out);
  const ax = at(a, 3);
  const ay = at(a, 4);
  const az = at(a, 5);
  const aw = at(a, 6);
  const bx = at(b, 3);
  const by = at(b, 4);
  const bz = at(b, 5);
  const bw = at(b, 6);
  const qx = aw * bx + ax * bw + ay * bz - az * by;
  const qy = aw * by - ax * bz + ay * bw + az * bx;
  const qz = aw * bz + ax * by - ay * bx + az * bw;
  const qw = aw * bw - ax * bx - ay * by - az * bz;
  const scale = 1 / Math.sqrt(qx * qx + qy * qy + qz * qz + qw * qw);
  put(out, 3, qx * scale);
  put(out, 4, qy * scale);
  put(out, 5, qz * scale);
  put(out, 6, qw * scale);
}

// out must differ from pose.
export function inverse(pose: usize, out: usize): void {
  put(out, 0, 0);
  put(out, 1, 0);
  put(out, 2, 0);
  put(out, 3, -at(pose, 3));
  put(out, 4, -at(pose, 4));
  put(out, 5, -at(pose, 5));
  put(out, 6, at(pose, 6));
  transform(out, -at(pose, 0), -at(pose, 1), -at(pose, 2), out);
}

export function exp(v: usize, out: usize): void {
  const rx = at(v, 0);
  const ry = at(v, 1);
  const rz = at(v, 2);
  const x = at(v, 3);
  const y = at(v, 4);
  const z = at(v, 5);
  const theta2 = x * x + y * y + z * z;
  const theta = Math.sqrt(theta2);
  const s = theta < 1e-9 ? 0.5 : Math.sin(theta / 2) / theta;
  const a = theta < 1e-5 ? 0.5 - theta2 / 24 : (1 - Math.cos(theta)) / theta2;
  const b = theta < 1e-5 ? 1.0 / 6 - theta2 / 120 : (theta - Math.sin(theta)) / (theta2 * theta);
  const cx = y * rz - z * ry;
  const cy = z * rx - x * rz;
  const cz = x * ry - y * rx;
  put(out, 0, rx + a * cx + b * (y * cz - z * cy));
  put(out, 1, ry + a * cy + b * (z * cx - x * cz));
  put(out, 2, rz + a * cz + b * (x * cy - y * cx));
  put(out, 3, s * x);
  put(out, 4, s * y);
  put(out, 5, s * z);
  put(out, 6, Math.cos(theta / 2));
}

export function log(pose: usize, out: usize): void {
  const sign: f64 = at(pose, 6) < 0 ? -1 : 1;
  const qx = sign * at(pose, 3);
  const qy = sign * at(pose, 4);
  const qz = sign * at(pose, 5);
  const qw = sign * at(pose, 6);
  const n = Math.sqrt(qx * qx + qy * qy + qz * qz);
  const scale = n < 1e-9 ? 2 : (2 * Math.atan2(n, qw)) / n;
  const x = scale * qx;
  const y = scale * qy;
  const z = scale * qz;
  const theta2 = x * x + y * y + z * z;
  const theta = Math.sqrt(theta2);
  const c =
    theta < 1e-4
      ? 1.0 / 12 + theta2 / 720
      : 1 / theta2 - (1 + Math.cos(theta)) / (2 * theta * Math.sin(theta));
  const vx = at(pose, 0);
  const vy = at(pose, 1);
  const vz = at(pose, 2);
  const cx = y * vz - z * vy;
  const cy = z * vx - x * vz;
  const cz = x * vy - y * vx;
  put(out, 0, vx - 0.5 * cx + c * (y * cz - z * cy));
  put(out, 1, vy - 0.5 * cy + c * (z * cx - x * cz));
  put(out, 2, vz - 0.5 * cz + c * (x * cy - y * cx));
  put(out, 3, x);
  put(out, 4, y);
  put(out, 5, z);
}

const matrix = memory.data(72, 16);

// 6×6 adjoint of a pose.
export function adjoint(pose: usize, out: usize): void {
  rotation(pose, matrix);
  const tx = at(pose, 0);
  const ty = at(pose, 1);
  const tz = at(pose, 2);
  memory.fill(out, 0, 288);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < 3; i++) {
      put(out, 6 * i + c, at(matrix, 3 * i + c));
      put(out, 6 * (i + 3) + c + 3, at(matrix, 3 * i + c));
    }
    put(out, c + 3, ty * at(matrix, 6 + c) - tz * at(matrix, 3 + c));
    put(out, 6 + c + 3, tz * at(matrix, c) - tx * at(matrix, 6 + c));
    put(out, 12 + c + 3, tx * at(matrix, 3 + c) - ty * at(matrix, c));
  }
}

// out (6×6) = a · b, out apart from both.
export function multiply6(a: usize, b: usize, out: usize): void {
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) {
      let sum: f64 = 0;
      for (let k = 0; k < 6; k++) sum += at(a, 6 * i + k) * at(b, 6 * k + j);
      put(out, 6 * i + j, sum);
    }
  }
}

// out (6×6) = aᵀ · b, out apart from both.
export function multiplyTransposed6(a: usize, b: usize, out: usize): void {
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) {
      let sum: f64 = 0;
      for (let k = 0; k < 6; k++) sum += at(a, 6 * k + i) * at(b, 6 * k + j);
      put(out, 6 * i + j, sum);
    }
  }
}

const ad = memory.data(288, 16);
const ad2 = memory.data(288, 16);
const ad4 = memory.data(288, 16);

@inline
function putCross(row: i32, column: i32, a: f64, b: f64, c: f64): void {
  put(ad, 6 * row + column + 1, -c);
  put(ad, 6 * row + column + 2, b);
  put(ad, 6 * (row + 1) + column, c);
  put(ad, 6 * (row + 1) + column + 2, -a);
  put(ad, 6 * (row + 2) + column, -b);
  put(ad, 6 * (row + 2) + column + 1, a);
}

// Inverse Jacobian of SE(3), left for sign −1 and right for sign +1: I ± ad/2 + ad²/12 − ad⁴/720.
export function inverseJacobian(v: usize, sign: f64, out: usize): void {
  memory.fill(ad, 0, 288);
  putCross(0, 0, at(v, 3), at(v, 4), at(v, 5));
  putCross(3, 3, at(v, 3), at(v, 4), at(v, 5));
  putCross(0, 3, at(v, 0), at(v, 1), at(v, 2));
  multiply6(ad, ad, ad2);
  multiply6(ad2, ad2, ad4);
  for (let i = 0; i < 36; i++) {
    const one: f64 = i % 7 == 0 ? 1 : 0;
    put(out, i, one + (sign * at(ad, i)) / 2 + at(ad2, i) / 12 - at(ad4, i) / 720);
  }
}

// A pose as rotation matrix (9) and translation (3).
export function frameOf(pose: usize, out: usize): void {
  rotation(pose, out);
  memory.copy(out + 72, pose, 24);
}
