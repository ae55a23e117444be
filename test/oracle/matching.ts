import type {
  KeypointGrid,
  LineKeypoints,
  LineQueries,
  ProjectionQueries,
} from '../../slam/kernels/kernels.ts';

const DESCRIPTOR_BYTES = 32;
const NONE = 0x7fffffff;

function popcount(byte: number): number {
  let count = 0;
  for (let rest = byte; rest; rest &= rest - 1) count++;
  return count;
}

export function hamming(a: Uint8Array, i: number, b: Uint8Array, j: number): number {
  let distance = 0;
  for (let k = 0; k < DESCRIPTOR_BYTES; k++) {
    distance += popcount(a[DESCRIPTOR_BYTES * i + k] ^ b[DESCRIPTOR_BYTES * j + k]);
  }
  return distance;
}

/** See `Kernels.searchByProjection`; here every keypoint is tried, without the grid. */
export function searchByProjection(
  queries: ProjectionQueries,
  frame: KeypointGrid,
  matches: Int32Array,
): number {
  const winner = new Map<number, { query: number; distance: number }>();
  for (let q = 0; q < queries.count; q++) {
    matches[q] = -1;
    let best = NONE;
    let second = NONE;
    let bestIndex = -1;
    let secondOctave = -1;
    for (const k of candidates(queries, q, frame)) {
      const distance = hamming(queries.descriptors, q, frame.descriptors, k);
      if (distance < best) {
        second = best;
        secondOctave = bestIndex < 0 ? -1 : frame.octave[bestIndex];
        best = distance;
        bestIndex = k;
      } else if (distance < second) {
        second = distance;
        secondOctave = frame.octave[k];
      }
    }
    if (bestIndex < 0 || best > queries.maxDistance) continue;
    if (secondOctave === frame.octave[bestIndex] && best > queries.ratio * second) continue;
    const holder = winner.get(bestIndex);
    if (!holder || best < holder.distance) winner.set(bestIndex, { query: q, distance: best });
  }
  for (const [k, { query }] of winner) matches[query] = k;
  return winner.size;
}

/** In the order the grid gives them, since ties go to the first met. */
function candidates(queries: ProjectionQueries, q: number, frame: KeypointGrid): number[] {
  const found: number[] = [];
  const radius = queries.radius[q];
  for (const k of frame.cellItems) {
    if (Math.abs(frame.x[k] - queries.u[q]) >= radius) continue;
    if (Math.abs(frame.y[k] - queries.v[q]) >= radius) continue;
    if (frame.octave[k] < queries.minOctave[q] || frame.octave[k] > queries.maxOctave[q]) continue;
    const bothRight = queries.uRight[q] >= 0 && frame.uRight[k] >= 0;
    if (bothRight && Math.abs(frame.uRight[k] - queries.uRight[q]) >= radius) continue;
    found.push(k);
  }
  return found;
}

/** See `Kernels.searchAlongLines`. */
export function searchAlongLines(
  queries: LineQueries,
  keypoints: LineKeypoints,
  matches: Int32Array,
): number {
  const { x, y, bounds } = keypoints;
  const winner = new Map<number, { query: number; distance: number }>();
  for (let i = 0; i < queries.count; i++) {
    matches[i] = -1;
    const [p, q, r] = queries.lines.subarray(3 * i, 3 * i + 3);
    let best = queries.maxDistance + 1;
    let bestIndex = -1;
    for (let k = 0; k < keypoints.count; k++) {
      const error = p * x[k] + q * y[k] + r;
      if (error * error > bounds[k] * (p * p + q * q)) continue;
      const distance = hamming(queries.descriptors, i, keypoints.descriptors, k);
      if (distance >= best) continue;
      best = distance;
      bestIndex = k;
    }
    const holder = winner.get(bestIndex);
    if (bestIndex >= 0 && (!holder || best < holder.distance))
      winner.set(bestIndex, { query: i, distance: best });
  }
  for (const [k, { query }] of winner) matches[query] = k;
  return winner.size;
}

/** See `Kernels.matchBruteForce`. */
export function matchBruteForce(
  a: Uint8Array,
  b: Uint8Array,
  maxDistance: number,
  ratio: number,
  matches: Int32Array,
): number {
  const countA = a.length / DESCRIPTOR_BYTES;
  const countB = b.length / DESCRIPTOR_BYTES;
  const nearest = (from: Uint8Array, i: number, to: Uint8Array, count: number) => {
    let [best, second, index] = [NONE, NONE, -1];
    for (let j = 0; j < count; j++) {
      const distance = hamming(from, i, to, j);
      if (distance < best) [best, second, index] = [distance, best, j];
      else if (distance < second) second = distance;
    }
    return { best, second, index };
  };
  let found = 0;
  for (let i = 0; i < countA; i++) {
    const { best, second, index } = nearest(a, i, b, countB);
    const good = index >= 0 && best <= maxDistance && best <= ratio * second;
    matches[i] = good && nearest(b, index, a, countA).index === i ? index : -1;
    if (matches[i] >= 0) found++;
  }
  return found;
}
