import { type Pose, poseOf, quaternionOf } from '../../base/se3.ts';

/** A 3×3 matrix, row-major; a vector. */
type Matrix = readonly number[];
type Vector = readonly number[];

const REFINEMENTS = 3;
/** Relative size below which a number stands for zero. */
const NOTHING = 1e-12;

/**
 * Every pose from which three points are seen along three rays (up to four), after Lambda Twist's idea (Persson, Nordberg,
 * ECCV 2018): the cosine law gives two conics in the distances, whose pencil holds a pair of lines; each line meets a conic
 * in up to two points. Here the lines come from the adjugate of the degenerate conic.
 * @param rays 3 unit vectors, camera frame
 * @param points 3 points, world frame, metres
 * @returns `cameraFromWorld` of each; none where points or rays coincide or lie on a line
 */
export function solveP3P(rays: readonly Vector[], points: readonly Vector[]): Pose[] {
  const world = triangleAxes(points);
  if (!world) return [];
  const poses: Pose[] = [];
  for (const distances of solveDistances(rays, points)) {
    const seen = rays.map((ray, i) => ray.map((value) => value * distances[i]));
    const camera = triangleAxes(seen);
    if (camera) poses.push(align(camera, seen[0], world, points[0]));
  }
  return poses;
}

/** Distances from the camera centre to the three points: all positive solutions of the cosine law. */
function solveDistances(rays: readonly Vector[], points: readonly Vector[]): Vector[] {
  const cosines = [dot(rays[1], rays[2]), dot(rays[0], rays[2]), dot(rays[0], rays[1])];
  const sides = [
    squaredDistance(points[1], points[2]),
    squaredDistance(points[0], points[2]),
    squaredDistance(points[0], points[1]),
  ];
  // Side i is opposite to point i: Λᵀ lawᵢ Λ = sideᵢ. Two homogeneous conics follow.
  const laws: readonly Matrix[] = [
    [0, 0, 0, 0, 1, -cosines[0], 0, -cosines[0], 1],
    [1, 0, -cosines[1], 0, 0, 0, -cosines[1], 0, 1],
    [1, -cosines[2], 0, -cosines[2], 1, 0, 0, 0, 0],
  ];
  const first = combine(laws[2], sides[0] / sides[2], laws[0], -1);
  const second = combine(laws[1], sides[0] / sides[1], laws[0], -1);
  const solutions: Vector[] = [];
  for (const line of degenerateLines(first, second)) {
    for (const direction of meet(line, first)) {
      const distances = scaleTo(direction, laws, sides, cosines);
      if (
        distances &&
        !solutions.some((other) => squaredDistance(other, distances) < 1e-14 * dot(other, other))
      )
        solutions.push(distances);
    }
  }
  return solutions;
}

/** A homogeneous solution at its true size, polished by Newton's method; undefined where not all distances are positive. */
function scaleTo(
  direction: Vector,
  laws: readonly Matrix[],
  sides: Vector,
  cosines: Vector,
): Vector | undefined {
  const sign = direction[0] + direction[1] + direction[2] < 0 ? -1 : 1;
  let size = 0;
  for (let i = 0; i < 3; i++) size += quadratic(laws[i], direction);
  if (!(size > 0)) return undefined;
  const scale = sign * Math.sqrt((sides[0] + sides[1] + sides[2]) / size);
  const found = direction.map((value) => value * scale);
  for (let n = 0; n < REFINEMENTS; n++) {
    const errors = laws.map((law, i) => quadratic(law, found) - sides[i]);
    const slope = (i: number, j: number, cosine: number) => 2 * (found[i] - cosine * found[j]);
    const jacobian = [
      ...[0, slope(1, 2, cosines[0]), slope(2, 1, cosines[0])],
      ...[slope(0, 2, cosines[1]), 0, slope(2, 0, cosines[1])],
      ...[slope(0, 1, cosines[2]), slope(1, 0, cosines[2]), 0],
    ];
    const inverse = adjugate(jacobian);
    const volume = determinant(jacobian);
    if (volume === 0) break;
    for (let i = 0; i < 3; i++) found[i] -= dot(inverse.slice(3 * i, 3 * i + 3), errors) / volume;
  }
  if (!(found[0] > 0 && found[1] > 0 && found[2] > 0)) return undefined;
  return laws.every((law, i) => Math.abs(quadratic(law, found) - sides[i]) < 1e-6 * sides[i])
    ? found
    : undefined;
}

/** The two lines of the degenerate conic `a + γ·b` that is most clearly a pair of real lines; none where there is none. */
function degenerateLines(a: Matrix, b: Matrix): Vector[] {
  const [one, other] = Math.abs(determinant(b)) >= Math.abs(determinant(a)) ? [a, b] : [b, a];
  let best: readonly Vector[] = [];
  let clearest = 0;
  const cubic = [
    determinant(one),
    trace(adjugate(one), other),
    trace(adjugate(other), one),
    determinant(other),
  ];
  for (const root of cubicRoots(cubic)) {
    const conic = combine(one, 1, other, root);
    const dual = adjugate(conic).map((value) => -value);
    const i = dual[0] >= dual[4] ? (dual[0] >= dual[8] ? 0 : 2) : dual[4] >= dual[8] ? 1 : 2;
    const size = conic.reduce((sum, value) => sum + value * value, 0);
    if (!(dual[4 * i] > clearest * size)) continue;
    clearest = dual[4 * i] / size;
    best = linesOf(
      conic,
      [dual[i], dual[3 + i], dual[6 + i]].map((value) => value / Math.sqrt(dual[4 * i])),
    );
  }
  return [...best];
}

/** The lines of a conic of rank 2 that cross in `crossing` (scaled so that its outer product is minus the adjugate). */
function linesOf(conic: Matrix, [x, y, z]: Vector): Vector[] {
  const product = [
    ...[conic[0], conic[1] - z, conic[2] + y],
    ...[conic[3] + z, conic[4], conic[5] - x],
    ...[conic[6] - y, conic[7] + x, conic[8]],
  ];
  let largest = 0;
  for (let i = 1; i < 9; i++) if (Math.abs(product[i]) > Math.abs(product[largest])) largest = i;
  const row = largest - (largest % 3);
  const column = largest % 3;
  return [product.slice(row, row + 3), [product[column], product[column + 3], product[column + 6]]];
}

/** Where a line meets a conic: homogeneous, none or two (one twice where it touches). */
function meet(line: Vector, conic: Matrix): Vector[] {
  const axis = line.map(Math.abs);
  const k = axis[0] >= axis[1] ? (axis[0] >= axis[2] ? 0 : 2) : axis[1] >= axis[2] ? 1 : 2;
  // Two points that span the line.
  const p = [0, 0, 0];
  const q = [0, 0, 0];
  const [i, j] = [(k + 1) % 3, (k + 2) % 3];
  p[i] = line[k];
  p[k] = -line[i];
  q[j] = line[k];
  q[k] = -line[j];
  const a = quadratic(conic, p);
  const b = bilinear(conic, p, q);
  const c = quadratic(conic, q);
  const discriminant = b * b - a * c;
  if (discriminant < -NOTHING * (b * b + Math.abs(a * c))) return [];
  const root = Math.sqrt(Math.max(0, discriminant));
  const sum = -(b + (b < 0 ? -root : root));
  // p·s + q·t with a·s² + 2b·s·t + c·t² = 0: (s, t) = (sum, a) and (c, sum).
  const along = (s: number, t: number) => p.map((value, n) => s * value + t * q[n]);
  return [along(sum, a), along(c, sum)];
}

/** Real roots of c₀ + c₁x + c₂x² + c₃x³. */
export function cubicRoots([c0, c1, c2, c3]: Vector): number[] {
  if (c3 === 0) return [];
  const a = c2 / c3 / 3;
  const p = c1 / c3 / 3 - a * a;
  const q = a * a * a - (a * c1) / c3 / 2 + c0 / c3 / 2;
  const discriminant = q * q + p * p * p;
  if (discriminant > 0) {
    const large = -Math.sign(q || 1) * Math.cbrt(Math.abs(q) + Math.sqrt(discriminant));
    return [large - (large === 0 ? 0 : p / large) - a];
  }
  const radius = Math.sqrt(Math.max(0, -p));
  if (radius === 0) return [-a];
  const angle = Math.acos(Math.max(-1, Math.min(1, -q / (radius * radius * radius)))) / 3;
  return [0, 1, 2].map((n) => 2 * radius * Math.cos(angle - (2 * Math.PI * n) / 3) - a);
}

/** Rows: the axes of a triangle's own frame; undefined where it is none. */
function triangleAxes([a, b, c]: readonly Vector[]): readonly Vector[] | undefined {
  const u = minus(b, a);
  const n = cross(u, minus(c, a));
  const length = Math.sqrt(dot(u, u));
  const area = Math.sqrt(dot(n, n));
  if (!(area > 1e-9 * (dot(u, u) + squaredDistance(a, c)))) return undefined;
  const x = u.map((value) => value / length);
  const z = n.map((value) => value / area);
  return [x, cross(z, x), z];
}

function align(camera: readonly Vector[], seen: Vector, world: readonly Vector[], point: Vector): Pose {
  const rotation = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 3; k++) rotation[3 * i + j] += camera[k][i] * world[k][j];
    }
  }
  const [qx, qy, qz, qw] = quaternionOf(rotation);
  const t = seen.map((value, i) => value - dot(Array.from(rotation.subarray(3 * i, 3 * i + 3)), point));
  return poseOf(t[0], t[1], t[2], qx, qy, qz, qw);
}

function combine(a: Matrix, s: number, b: Matrix, t: number): Matrix {
  return a.map((value, i) => s * value + t * b[i]);
}

function adjugate(m: Matrix): Matrix {
  return [
    ...[m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4]],
    ...[m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5]],
    ...[m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]],
  ];
}

function determinant(m: Matrix): number {
  return (
    m[0] * (m[4] * m[8] - m[5] * m[7]) -
    m[1] * (m[3] * m[8] - m[5] * m[6]) +
    m[2] * (m[3] * m[7] - m[4] * m[6])
  );
}

/** Trace of a product. */
function trace(a: Matrix, b: Matrix): number {
  let sum = 0;
  for (let i = 0; i < 3; i++) for (let k = 0; k < 3; k++) sum += a[3 * i + k] * b[3 * k + i];
  return sum;
}

function bilinear(m: Matrix, a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) sum += a[i] * m[3 * i + j] * b[j];
  return sum;
}

function quadratic(m: Matrix, a: Vector): number {
  return bilinear(m, a, a);
}

function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function squaredDistance(a: Vector, b: Vector): number {
  const difference = minus(a, b);
  return dot(difference, difference);
}
