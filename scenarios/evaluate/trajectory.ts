import { InputError } from '../../base/errors.ts';
import { type Pose, poseOf, rotationMatrix } from '../../base/se3.ts';

/** Poses over time for evaluation: 3×4 row-major matrices as the files have them, 12 numbers each. */
export interface Trajectory {
  readonly times: Float64Array;
  /** The times are but line numbers, as the file has none. */
  readonly untimed?: boolean;
  readonly matrices: Float64Array;
}

/** From poses of 7 numbers (translation, quaternion). */
export function fromPoses(times: ArrayLike<number>, poses: ArrayLike<number>): Trajectory {
  const matrices = new Float64Array(12 * times.length);
  for (let i = 0; i < times.length; i++) {
    const at = (k: number) => poses[7 * i + k];
    const norm = Math.hypot(at(3), at(4), at(5), at(6));
    const pose = poseOf(at(0), at(1), at(2), at(3) / norm, at(4) / norm, at(5) / norm, at(6) / norm);
    const r = rotationMatrix(pose);
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) matrices[12 * i + 4 * row + column] = r[3 * row + column];
      matrices[12 * i + 4 * row + 3] = at(row);
    }
  }
  return { times: Float64Array.from(times), matrices };
}

/** Columns of EuRoC's state: time, position, quaternion (w first), velocity and biases. */
const EUROC_COLUMNS = 17;

/** The same motion, told of a body that rides along at `bodyFromOther`. */
export function ofOther(trajectory: Trajectory, bodyFromOther: Pose): Trajectory {
  const [tx, ty, tz] = bodyFromOther;
  const r = rotationMatrix(bodyFromOther);
  const matrices = new Float64Array(trajectory.matrices.length);
  for (let row = 0; row < matrices.length; row += 4) {
    const [a, b, c, d] = trajectory.matrices.subarray(row, row + 4);
    for (let column = 0; column < 3; column++)
      matrices[row + column] = a * r[column] + b * r[3 + column] + c * r[6 + column];
    matrices[row + 3] = a * tx + b * ty + c * tz + d;
  }
  return { times: trajectory.times, matrices };
}

/**
 * Reads a trajectory in TUM format (time x y z qx qy qz qw), KITTI format (12 numbers; times are line numbers unless given) or
 * EuRoC format (nanoseconds,x,y,z,qw,qx,qy,qz, and perhaps velocity and biases): of these, the one with commas.
 * @throws InputError naming file and line
 */
export function parseTrajectory(text: string, where: string, kittiTimes?: string): Trajectory {
  const rows: { values: number[]; line: number }[] = [];
  let commas = false;
  text.split('\n').forEach((raw, i) => {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) return;
    commas ||= content.includes(',');
    const values = content.split(/[\s,]+/).map(Number);
    if (![8, 12, EUROC_COLUMNS].includes(values.length) || !values.every(Number.isFinite)) {
      throw new InputError(
        `${where}:${i + 1}`,
        'a line should hold 8 numbers (TUM: time x y z qx qy qz qw), 12 (KITTI: a 3×4 matrix), or with commas 8 or 17 (EuRoC: nanoseconds,x,y,z,qw,qx,qy,qz,…)',
      );
    }
    if (rows.length > 0 && rows[0].values.length !== values.length) {
      throw new InputError(
        `${where}:${i + 1}`,
        `${values.length} numbers after lines of ${rows[0].values.length}`,
      );
    }
    rows.push({ values, line: i + 1 });
  });
  if (rows.length === 0) throw new InputError(where, 'holds no poses');
  const [{ values }] = rows;
  if (values.length === 12) return fromKitti(rows, where, kittiTimes);
  const isEuroc = values.length === EUROC_COLUMNS || commas;
  return fromTum(isEuroc ? rows.map(eurocAsTum) : rows, where);
}

function eurocAsTum({ values, line }: { values: number[]; line: number }): {
  values: number[];
  line: number;
} {
  const [nanoseconds, x, y, z, qw, qx, qy, qz] = values;
  return { values: [nanoseconds * 1e-9, x, y, z, qx, qy, qz, qw], line };
}

function fromTum(rows: readonly { values: number[]; line: number }[], where: string): Trajectory {
  rows.forEach(({ values, line }, i) => {
    if (i > 0 && values[0] < rows[i - 1].values[0]) {
      throw new InputError(`${where}:${line}`, `time ${values[0]} goes back from ${rows[i - 1].values[0]}`);
    }
    if (!(Math.hypot(...values.slice(4)) > 1e-6))
      throw new InputError(`${where}:${line}`, 'the quaternion is zero');
  });
  return fromPoses(
    rows.map(({ values }) => values[0]),
    rows.flatMap(({ values }) => values.slice(1)),
  );
}

function fromKitti(rows: readonly { values: number[] }[], where: string, kittiTimes?: string): Trajectory {
  const times = kittiTimes?.trim().split(/\s+/).map(Number) ?? rows.map((_, i) => i);
  if (times.length !== rows.length) {
    throw new InputError(where, `has ${rows.length} poses but its times file ${times.length} times`);
  }
  return {
    times: Float64Array.from(times),
    untimed: kittiTimes === undefined,
    matrices: Float64Array.from(rows.flatMap(({ values }) => values)),
  };
}

/** Pairs by nearest time, from the shorter into the longer, at most `maxDifference` seconds apart (evo's rule). */
export function associate(
  estimate: Trajectory,
  truth: Trajectory,
  maxDifference = 0.01,
): { estimate: Trajectory; truth: Trajectory } {
  const truthIsLonger = truth.times.length > estimate.times.length;
  const [short, long] = truthIsLonger ? [estimate, truth] : [truth, estimate];
  const inShort: number[] = [];
  const inLong: number[] = [];
  let next = 0;
  for (let i = 0; i < short.times.length; i++) {
    const off = (j: number) => Math.abs(long.times[j] - short.times[i]);
    // Of equally near ones the first counts, as with numpy's argmin; real recordings repeat times.
    for (let j = next + 1; j < long.times.length && off(j) <= off(j - 1); j++)
      if (off(j) < off(next)) next = j;
    if (off(next) > maxDifference) continue;
    inShort.push(i);
    inLong.push(next);
  }
  const [fromShort, fromLong] = [select(short, inShort), select(long, inLong)];
  return truthIsLonger ? { estimate: fromShort, truth: fromLong } : { estimate: fromLong, truth: fromShort };
}

function select(trajectory: Trajectory, indices: readonly number[]): Trajectory {
  const matrices = new Float64Array(12 * indices.length);
  indices.forEach((index, i) => {
    matrices.set(trajectory.matrices.subarray(12 * index, 12 * index + 12), 12 * i);
  });
  return { times: Float64Array.from(indices, (index) => trajectory.times[index]), matrices };
}
