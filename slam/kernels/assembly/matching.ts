// Hamming matching of 256-bit binary descriptors.

const NONE: i32 = 0x7fffffff;

@inline
export function hamming(a: usize, b: usize): i32 {
  const low = i8x16.popcnt(v128.xor(v128.load(a), v128.load(b)));
  const high = i8x16.popcnt(v128.xor(v128.load(a, 16), v128.load(b, 16)));
  const pairs = i16x8.extadd_pairwise_i8x16_u(i8x16.add(low, high));
  const quads = i32x4.extadd_pairwise_i16x8_u(pairs);
  return (
    i32x4.extract_lane(quads, 0) +
    i32x4.extract_lane(quads, 1) +
    i32x4.extract_lane(quads, 2) +
    i32x4.extract_lane(quads, 3)
  );
}

@inline
function cell(coordinate: f64, cellSize: f64, cells: i32): i32 {
  const index = <i32>Math.floor(coordinate / cellSize);
  return max(0, min(cells - 1, index));
}

// winner: two i32 a keypoint (query, distance), filled here.
export function searchByProjection(
  queries: i32,
  u: usize,
  v: usize,
  uRight: usize,
  radii: usize,
  minOctave: usize,
  maxOctave: usize,
  queryDescriptors: usize,
  maxDistance: i32,
  ratio: f64,
  keypoints: i32,
  x: usize,
  y: usize,
  keypointRight: usize,
  octaves: usize,
  descriptors: usize,
  columns: i32,
  rows: i32,
  cellSize: f64,
  cellStart: usize,
  cellItems: usize,
  matches: usize,
  winner: usize,
): i32 {
  for (let k = 0; k < keypoints; k++) store<i32>(winner + (<usize>k << 3), -1);
  for (let q = 0; q < queries; q++) {
    store<i32>(matches + (<usize>q << 2), -1);
    const qu = <f64>load<f32>(u + (<usize>q << 2));
    const qv = <f64>load<f32>(v + (<usize>q << 2));
    const qr = <f64>load<f32>(uRight + (<usize>q << 2));
    const radius = <f64>load<f32>(radii + (<usize>q << 2));
    const low = <i32>load<u8>(minOctave + q);
    const high = <i32>load<u8>(maxOctave + q);
    const descriptor = queryDescriptors + (<usize>q << 5);
    const firstColumn = cell(qu - radius, cellSize, columns);
    const lastColumn = cell(qu + radius, cellSize, columns);
    const firstRow = cell(qv - radius, cellSize, rows);
    const lastRow = cell(qv + radius, cellSize, rows);
    let best = NONE;
    let second = NONE;
    let bestIndex = -1;
    let bestOctave = -1;
    let secondOctave = -1;
    for (let row = firstRow; row <= lastRow; row++) {
      const line = cellStart + (<usize>(row * columns) << 2);
      const end = load<i32>(line + (<usize>(lastColumn + 1) << 2));
      for (let i = load<i32>(line + (<usize>firstColumn << 2)); i < end; i++) {
        const k = load<i32>(cellItems + (<usize>i << 2));
        const at = <usize>k << 2;
        if (!(Math.abs(<f64>load<f32>(x + at) - qu) < radius)) continue;
        if (!(Math.abs(<f64>load<f32>(y + at) - qv) < radius)) continue;
        const octave = <i32>load<u8>(octaves + k);
        if (octave < low || octave > high) continue;
        const right = <f64>load<f32>(keypointRight + at);
        if (qr >= 0 && right >= 0 && Math.abs(right - qr) >= radius) continue;
        const distance = hamming(descriptor, descriptors + (<usize>k << 5));
        if (distance < best) {
          second = best;
          secondOctave = bestOctave;
          best = distance;
          bestIndex = k;
          bestOctave = octave;
        } else if (distance < second) {
          second = distance;
          secondOctave = octave;
        }
      }
    }
    if (bestIndex < 0 || best > maxDistance) continue;
    if (secondOctave == bestOctave && <f64>best > ratio * <f64>second) continue;
    const holder = winner + (<usize>bestIndex << 3);
    if (load<i32>(holder) < 0 || best < load<i32>(holder, 4)) {
      store<i32>(holder, q);
      store<i32>(holder, best, 4);
    }
  }
  let found = 0;
  for (let k = 0; k < keypoints; k++) {
    const q = load<i32>(winner + (<usize>k << 3));
    if (q < 0) continue;
    store<i32>(matches + (<usize>q << 2), k);
    found++;
  }
  return found;
}

// lines: p, q, r a query. x, y, bounds: f64 a keypoint. winner: two i32 a keypoint (query, distance), filled here.
export function searchAlongLines(
  queries: i32,
  lines: usize,
  queryDescriptors: usize,
  keypoints: i32,
  x: usize,
  y: usize,
  bounds: usize,
  descriptors: usize,
  maxDistance: i32,
  matches: usize,
  winner: usize,
): i32 {
  for (let k = 0; k < keypoints; k++) store<i32>(winner + (<usize>k << 3), -1);
  const even = keypoints & ~1;
  for (let i = 0; i < queries; i++) {
    store<i32>(matches + (<usize>i << 2), -1);
    const line = lines + <usize>(24 * i);
    const p = load<f64>(line);
    const q = load<f64>(line, 8);
    const r = load<f64>(line, 16);
    const norm = p * p + q * q;
    const descriptor = queryDescriptors + (<usize>i << 5);
    let best = maxDistance + 1;
    let bestIndex = -1;
    for (let k = 0; k < even; k += 2) {
      const at = <usize>k << 3;
      const error = f64x2.add(
        f64x2.add(f64x2.mul(f64x2.splat(p), v128.load(x + at)), f64x2.mul(f64x2.splat(q), v128.load(y + at))),
        f64x2.splat(r),
      );
      const limit = f64x2.mul(v128.load(bounds + at), f64x2.splat(norm));
      const near = i64x2.bitmask(f64x2.le(f64x2.mul(error, error), limit));
      for (let lane = 0; lane < 2; lane++) {
        if (!(near & (1 << lane))) continue;
        const distance = hamming(descriptor, descriptors + (<usize>(k + lane) << 5));
        if (distance >= best) continue;
        best = distance;
        bestIndex = k + lane;
      }
    }
    if (even < keypoints) {
      const at = <usize>even << 3;
      const error = p * load<f64>(x + at) + q * load<f64>(y + at) + r;
      if (error * error <= load<f64>(bounds + at) * norm) {
        const distance = hamming(descriptor, descriptors + (<usize>even << 5));
        if (distance < best) {
          best = distance;
          bestIndex = even;
        }
      }
    }
    if (bestIndex < 0) continue;
    const holder = winner + (<usize>bestIndex << 3);
    if (load<i32>(holder) < 0 || best < load<i32>(holder, 4)) {
      store<i32>(holder, i);
      store<i32>(holder, best, 4);
    }
  }
  let found = 0;
  for (let k = 0; k < keypoints; k++) {
    const i = load<i32>(winner + (<usize>k << 3));
    if (i < 0) continue;
    store<i32>(matches + (<usize>i << 2), k);
    found++;
  }
  return found;
}

// Differing bits of 32 bytes, a sum for every eighth of them, as u16.
@inline
function differences(low: v128, high: v128, b: usize): v128 {
  const first = i8x16.popcnt(v128.xor(low, v128.load(b)));
  return i16x8.extadd_pairwise_i8x16_u(i8x16.add(first, i8x16.popcnt(v128.xor(high, v128.load(b, 16)))));
}

// Adds neighbours, and neighbours of both operands come out side by side.
@inline
function fold(a: v128, b: v128): v128 {
  return i16x8.extadd_pairwise_i8x16_u(i8x16.narrow_i16x8_u(a, b));
}

// Distances of a descriptor, in two halves, to four that follow one another.
@inline
function hammingFour(low: v128, high: v128, b: usize): v128 {
  const first = fold(differences(low, high, b), differences(low, high, b + 32));
  const last = fold(differences(low, high, b + 64), differences(low, high, b + 96));
  return i32x4.extadd_pairwise_i16x8_u(fold(first, last));
}

// Best, second and index of four lanes, i32 each.
const lanes = memory.data(48, 16);

// b: 96 bytes beyond its end may be read. backIndex, backDistance: an i32 a descriptor of b, rounded up to four, filled here: its nearest
// a and how far that is.
export function matchBruteForce(
  countA: i32,
  a: usize,
  countB: i32,
  b: usize,
  maxDistance: i32,
  ratio: f64,
  matches: usize,
  backIndex: usize,
  backDistance: usize,
): i32 {
  for (let j = 0; j < countB; j += 4) {
    v128.store(backIndex + (<usize>j << 2), i32x4.splat(-1));
    v128.store(backDistance + (<usize>j << 2), i32x4.splat(NONE));
  }
  for (let i = 0; i < countA; i++) {
    nearestTwo(i, a + (<usize>i << 5), countB, b, backIndex, backDistance);
    let best = NONE;
    let second = NONE;
    let index = -1;
    for (let lane: usize = 0; lane < 16; lane += 4) {
      const distance = load<i32>(lanes + lane);
      const at = load<i32>(lanes + lane, 32);
      second = min(second, min(max(best, distance), load<i32>(lanes + lane, 16)));
      if (distance < best || (distance == best && at < index)) {
        best = distance;
        index = at;
      }
    }
    const good = index >= 0 && best <= maxDistance && <f64>best <= ratio * <f64>second;
    store<i32>(matches + (<usize>i << 2), good ? index : -1);
  }
  let found = 0;
  for (let i = 0; i < countA; i++) {
    const j = load<i32>(matches + (<usize>i << 2));
    if (j < 0) continue;
    if (load<i32>(backIndex + (<usize>j << 2)) == i) found++;
    else store<i32>(matches + (<usize>i << 2), -1);
  }
  return found;
}

// Fills `lanes`, each from every fourth descriptor of b, and tells those whose nearest this one is so far.
@inline
function nearestTwo(i: i32, from: usize, countB: i32, b: usize, backIndex: usize, backDistance: usize): void {
  const low = v128.load(from);
  const high = v128.load(from, 16);
  const me = i32x4.splat(i);
  const end = i32x4.splat(countB);
  let best = i32x4.splat(NONE);
  let second = i32x4.splat(NONE);
  let index = i32x4.splat(-1);
  let here = i32x4(0, 1, 2, 3);
  for (let j = 0; j < countB; j += 4) {
    const beyond = i32x4.ge_s(here, end);
    const distance = v128.bitselect(i32x4.splat(NONE), hammingFour(low, high, b + (<usize>j << 5)), beyond);
    const at = <usize>j << 2;
    const before = v128.load(backDistance + at);
    const nearer = i32x4.lt_s(distance, before);
    v128.store(backDistance + at, i32x4.min_s(distance, before));
    v128.store(backIndex + at, v128.bitselect(me, v128.load(backIndex + at), nearer));
    second = i32x4.min_s(second, i32x4.max_s(best, distance));
    index = v128.bitselect(here, index, i32x4.lt_s(distance, best));
    best = i32x4.min_s(best, distance);
    here = i32x4.add(here, i32x4.splat(4));
  }
  v128.store(lanes, best);
  v128.store(lanes, second, 16);
  v128.store(lanes, index, 32);
}
