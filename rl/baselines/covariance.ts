/**
 * The joint covariance of the positions of a team of n along one axis, m²: n × n, row-major, symmetric. Both axes of the floor
 * are taken to be alike, and headings to be known.
 */
export type JointCovariance = Float64Array;

/** Robots who have lately seen each other err alike, but never quite. */
const MOST_CORRELATED = 0.999;
const SHRINK = 0.7;
/** Nobody is surer than a millimetre, m²: a covariance with no variance has no inverse. */
const SUREST = 1e-6;

/**
 * From each robot's own variance and what is known of their positions relative to each other. Who was just measured by one that
 * knows its place knows its own as well, whatever it told before: its variance is at most that one's and the measurement's.
 * @param variances n, m²
 * @param relative n × n, m², the variance of the one's position relative to the other's; Infinity: not known
 */
export function jointCovariance(variances: Float64Array, relative: Float64Array): JointCovariance {
  const n = variances.length;
  const own = tightened(variances, relative);
  const joint = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    joint[n * i + i] = own[i];
    for (let j = 0; j < i; j++) {
      const most = MOST_CORRELATED * Math.sqrt(own[i] * own[j]);
      const known = Math.min(relative[n * i + j], relative[n * j + i]);
      const common = (own[i] + own[j] - known) / 2;
      joint[n * i + j] = joint[n * j + i] = Math.max(0, Math.min(most, common));
    }
  }
  while (!isPositive(joint, n)) shrink(joint, n);
  return joint;
}

/** σᵢ² ≤ σⱼ² + σᵢⱼ², for every j. */
function tightened(variances: Float64Array, relative: Float64Array): Float64Array {
  const n = variances.length;
  const own = variances.map((variance) => Math.max(variance, SUREST));
  // Who was put right puts right who saw it: at most n − 1 links lead from anyone to anyone.
  for (let round = 1; round < n; round++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) if (i !== j) own[i] = Math.min(own[i], own[j] + relative[n * i + j]);
  return own;
}

/** Pairs taken one by one may not make a whole: such a team is believed to have less in common. */
function shrink(joint: JointCovariance, n: number): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) joint[n * i + j] *= SHRINK;
}

/** By Cholesky's decomposition. */
function isPositive(joint: JointCovariance, n: number): boolean {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = joint[n * i + j];
      for (let k = 0; k < j; k++) sum -= lower[n * i + k] * lower[n * j + k];
      if (i === j && !(sum > 0)) return false;
      lower[n * i + j] = i === j ? Math.sqrt(sum) : sum / lower[n * j + j];
    }
  }
  return true;
}

/**
 * What i's sighting of j makes of it, in place: Kalman's update with z = xⱼ − xᵢ.
 * @param noise the sighting's variance, m²
 */
export function fuse(joint: JointCovariance, n: number, i: number, j: number, noise: number): void {
  const innovation = joint[n * i + i] + joint[n * j + j] - 2 * joint[n * i + j] + noise;
  // The update of row k needs the old rows i and j, so these two come last, and at once.
  for (let k = 0; k < n; k++) {
    if (k === i || k === j) continue;
    const gain = (joint[n * k + j] - joint[n * k + i]) / innovation;
    for (let l = 0; l < n; l++) joint[n * k + l] -= gain * (joint[n * j + l] - joint[n * i + l]);
  }
  const gainI = (joint[n * i + j] - joint[n * i + i]) / innovation;
  const gainJ = (joint[n * j + j] - joint[n * j + i]) / innovation;
  for (let l = 0; l < n; l++) {
    const difference = joint[n * j + l] - joint[n * i + l];
    joint[n * i + l] -= gainI * difference;
    joint[n * j + l] -= gainJ * difference;
  }
}

/** By how much robot k's variance would fall by that, m². */
export function dropOf(
  joint: JointCovariance,
  n: number,
  i: number,
  j: number,
  noise: number,
  k: number,
): number {
  const innovation = joint[n * i + i] + joint[n * j + j] - 2 * joint[n * i + j] + noise;
  const cross = joint[n * k + j] - joint[n * k + i];
  return (cross * cross) / innovation;
}
