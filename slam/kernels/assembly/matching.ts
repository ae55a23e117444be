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

// back: two i32 a descriptor of b (index of its nearest a, that distance), filled here.
export function matchBruteForce(
  countA: i32,
  a: usize,
  countB: i32,
  b: usize,
  maxDistance: i32,
  ratio: f64,
  matches: usize,
  back: usize,
): i32 {
  for (let j = 0; j < countB; j++) {
    store<i32>(back + (<usize>j << 3), -1);
    store<i32>(back + (<usize>j << 3), NONE, 4);
  }
  for (let i = 0; i < countA; i++) {
    const from = a + (<usize>i << 5);
    let best = NONE;
    let second = NONE;
    let index = -1;
    for (let j = 0; j < countB; j++) {
      const distance = hamming(from, b + (<usize>j << 5));
      const holder = back + (<usize>j << 3);
      if (distance < load<i32>(holder, 4)) {
        store<i32>(holder, i);
        store<i32>(holder, distance, 4);
      }
      if (distance < best) {
        second = best;
        best = distance;
        index = j;
      } else if (distance < second) {
        second = distance;
      }
    }
    const good = index >= 0 && best <= maxDistance && <f64>best <= ratio * <f64>second;
    store<i32>(matches + (<usize>i << 2), good ? index : -1);
  }
  let found = 0;
  for (let i = 0; i < countA; i++) {
    const j = load<i32>(matches + (<usize>i << 2));
    if (j < 0) continue;
    if (load<i32>(back + (<usize>j << 3)) == i) found++;
    else store<i32>(matches + (<usize>i << 2), -1);
  }
  return found;
}
