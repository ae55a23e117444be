// Which surface each pixel shows, and how far it is: convex polygons, clipped, projected and drawn row by row into a buffer of
// inverse depths, which are linear on the image. Frames: a body's own, then the camera's (x right, y down, z forward).

import * as r from './records';

const NEAREST: f64 = 0.02;
// A surface that hides another must be nearer by this share, so that of two in one plane always the same shows.
const NEARER: f32 = 1.00002;

// The camera as the body at hand has it: position and axes in the body's frame.
let ex: f64, ey: f64, ez: f64;
let q0: f64, q1: f64, q2: f64, q3: f64, q4: f64, q5: f64, q6: f64, q7: f64, q8: f64;
let fx: f64, fy: f64, cx: f64, cy: f64;
// Tangents of the image's sides.
let left: f64, right: f64, top: f64, bottom: f64;

// ids: i32 a pixel, 1 + the index of its plane, 0 for none. Both buffers have 16 spare bytes. scratch: 16 bytes a row and 4 kB.
// Returns how many planes were written.
export function drawScene(
  bodies: usize,
  bodyCount: i32,
  skipped: i32,
  polygons: usize,
  vertices: usize,
  camera: usize,
  width: i32,
  height: i32,
  inverseDepth: usize,
  ids: usize,
  planes: usize,
  mostPlanes: i32,
  corners: usize,
  scratch: usize,
): i32 {
  const bytes = <usize>(width * height) << 2;
  memory.fill(inverseDepth, 0, bytes);
  memory.fill(ids, 0, bytes);
  fx = load<f64>(camera);
  fy = load<f64>(camera, 8);
  cx = load<f64>(camera, 16);
  cy = load<f64>(camera, 24);
  left = (-0.5 - cx) / fx;
  right = (<f64>width - 0.5 - cx) / fx;
  top = (-0.5 - cy) / fy;
  bottom = (<f64>height - 0.5 - cy) / fy;
  let count = 0;
  let corner: i32 = 0;
  for (let b = 0; b < bodyCount; b++) {
    const body = bodies + <usize>b * r.BODY_SIZE;
    if (b == skipped || load<f64>(body, r.BODY_PRESENT) == 0) continue;
    lookFrom(body, camera);
    if (isOutside(load<f64>(body, r.BODY_MIDDLE), load<f64>(body, r.BODY_RADIUS))) continue;
    const first = <i32>load<f64>(body, r.BODY_FIRST);
    const end = first + <i32>load<f64>(body, r.BODY_COUNT);
    for (let p = first; p < end && count < mostPlanes; p++) {
      const polygon = polygons + <usize>p * r.POLYGON_SIZE;
      const above = height3(polygon);
      if (above < 1e-6) continue;
      const on = corners + <usize>corner * r.CORNER_SIZE;
      const n = project(polygon, vertices, on, scratch);
      if (n < 3) continue;
      const plane = planes + <usize>count * r.PLANE_SIZE;
      fillPlane(polygon, above, plane);
      store<i32>(plane, b, r.PLANE_BODY);
      store<i32>(plane, corner, r.PLANE_FIRST);
      store<i32>(plane, n, r.PLANE_COUNT);
      count++;
      corner += n;
      fillPolygon(on, n, plane, count, width, height, inverseDepth, ids, scratch);
    }
  }
  return count;
}

function lookFrom(body: usize, camera: usize): void {
  const cos = load<f64>(body, r.BODY_COS);
  const sin = load<f64>(body, r.BODY_SIN);
  const position = camera + r.CAMERA_POSITION;
  const m = camera + r.CAMERA_ROTATION;
  const dx = load<f64>(position) - load<f64>(body, r.BODY_X);
  const dy = load<f64>(position, 8) - load<f64>(body, r.BODY_Y);
  ex = cos * dx + sin * dy;
  ey = cos * dy - sin * dx;
  ez = load<f64>(position, 16);
  q0 = cos * load<f64>(m) + sin * load<f64>(m, 24);
  q1 = cos * load<f64>(m, 8) + sin * load<f64>(m, 32);
  q2 = cos * load<f64>(m, 16) + sin * load<f64>(m, 40);
  q3 = cos * load<f64>(m, 24) - sin * load<f64>(m);
  q4 = cos * load<f64>(m, 32) - sin * load<f64>(m, 8);
  q5 = cos * load<f64>(m, 40) - sin * load<f64>(m, 16);
  q6 = load<f64>(m, 48);
  q7 = load<f64>(m, 56);
  q8 = load<f64>(m, 64);
}

// Whether nothing of the sphere around a body can be on the image.
function isOutside(middle: f64, radius: f64): bool {
  const mz = middle - ez;
  const x = q6 * mz - q0 * ex - q3 * ey;
  const y = q7 * mz - q1 * ex - q4 * ey;
  const z = q8 * mz - q2 * ex - q5 * ey;
  return (
    z < -radius ||
    x - right * z > radius * Math.sqrt(1 + right * right) ||
    left * z - x > radius * Math.sqrt(1 + left * left) ||
    y - bottom * z > radius * Math.sqrt(1 + bottom * bottom) ||
    top * z - y > radius * Math.sqrt(1 + top * top)
  );
}

// Height of the camera above a polygon's plane.
@inline
function height3(polygon: usize): f64 {
  return (
    load<f64>(polygon) * ex + load<f64>(polygon, 8) * ey + load<f64>(polygon, 16) * ez - load<f64>(polygon, r.POLYGON_OFFSET)
  );
}

// A polygon's corners on the image, the part too near cut off; 0 where none of it is in view.
function project(polygon: usize, vertices: usize, out: usize, scratch: usize): i32 {
  const count = load<i32>(polygon, r.POLYGON_COUNT);
  let vertex = vertices + <usize>load<i32>(polygon, r.POLYGON_FIRST) * r.VERTEX_SIZE;
  let everywhere = 31;
  let anywhere = 0;
  for (let i = 0; i < count; i++) {
    const dx = load<f64>(vertex) - ex;
    const dy = load<f64>(vertex, 8) - ey;
    const dz = load<f64>(vertex, 16) - ez;
    const x = q0 * dx + q3 * dy + q6 * dz;
    const y = q1 * dx + q4 * dy + q7 * dz;
    const z = q2 * dx + q5 * dy + q8 * dz;
    const at = scratch + <usize>i * r.VERTEX_SIZE;
    store<f64>(at, x);
    store<f64>(at, y, 8);
    store<f64>(at, z, 16);
    const code =
      <i32>(x < left * z) | (<i32>(x > right * z) << 1) | (<i32>(y < top * z) << 2) | (<i32>(y > bottom * z) << 3) | (<i32>(z < NEAREST) << 4);
    everywhere &= code;
    anywhere |= code;
    vertex += r.VERTEX_SIZE;
  }
  if (everywhere != 0) return 0;
  if ((anywhere & 16) == 0) {
    for (let i = 0; i < count; i++) {
      const at = scratch + <usize>i * r.VERTEX_SIZE;
      putCorner(out, i, load<f64>(at), load<f64>(at, 8), load<f64>(at, 16));
    }
    return count;
  }
  let kept = 0;
  let before = scratch + <usize>(count - 1) * r.VERTEX_SIZE;
  for (let i = 0; i < count; i++) {
    const at = scratch + <usize>i * r.VERTEX_SIZE;
    const z = load<f64>(at, 16);
    const previous = load<f64>(before, 16);
    if (z < NEAREST != previous < NEAREST) {
      const share = (NEAREST - previous) / (z - previous);
      const x = load<f64>(before) + share * (load<f64>(at) - load<f64>(before));
      const y = load<f64>(before, 8) + share * (load<f64>(at, 8) - load<f64>(before, 8));
      putCorner(out, kept++, x, y, NEAREST);
    }
    if (z >= NEAREST) putCorner(out, kept++, load<f64>(at), load<f64>(at, 8), z);
    before = at;
  }
  return kept;
}

@inline
function putCorner(out: usize, i: i32, x: f64, y: f64, z: f64): void {
  store<f32>(out + <usize>i * r.CORNER_SIZE, <f32>(cx + (fx * x) / z));
  store<f32>(out + <usize>i * r.CORNER_SIZE, <f32>(cy + (fy * y) / z), 4);
}

// Inverse depth and texture coordinates as functions of the pixel.
function fillPlane(polygon: usize, above: f64, plane: usize): void {
  putGradient(plane + r.PLANE_W, polygon + r.POLYGON_NORMAL, -(1 + load<f64>(polygon, r.POLYGON_BIAS)) / above);
  const origin = polygon + r.POLYGON_ORIGIN;
  const ox = ex - load<f64>(origin);
  const oy = ey - load<f64>(origin, 8);
  const oz = ez - load<f64>(origin, 16);
  putAxis(plane + r.PLANE_S, polygon + r.POLYGON_U, ox, oy, oz);
  putAxis(plane + r.PLANE_T, polygon + r.POLYGON_V, ox, oy, oz);
  store<f32>(plane, load<f32>(polygon, r.POLYGON_GREY), r.PLANE_GREY);
  store<f32>(plane, load<f32>(polygon, r.POLYGON_STRENGTH), r.PLANE_STRENGTH);
  store<i32>(plane, load<i32>(polygon, r.POLYGON_LOOK), r.PLANE_LOOK);
  store<i32>(plane, load<i32>(polygon, r.POLYGON_SEED), r.PLANE_SEED);
}

// A direction's product with the ray through (u, v), scaled: its slopes along u and v, and what it is at (0, 0).
@inline
function putGradient(out: usize, direction: usize, scale: f64): void {
  const x = load<f64>(direction);
  const y = load<f64>(direction, 8);
  const z = load<f64>(direction, 16);
  const alongU = (q0 * x + q3 * y + q6 * z) / fx;
  const alongV = (q1 * x + q4 * y + q7 * z) / fy;
  store<f32>(out, <f32>(scale * alongU));
  store<f32>(out, <f32>(scale * alongV), 4);
  store<f32>(out, <f32>(scale * (q2 * x + q5 * y + q8 * z - cx * alongU - cy * alongV)), 8);
}

@inline
function putAxis(out: usize, axis: usize, ox: f64, oy: f64, oz: f64): void {
  putGradient(out, axis, 1);
  store<f32>(out, <f32>(load<f64>(axis) * ox + load<f64>(axis, 8) * oy + load<f64>(axis, 16) * oz), 12);
}

// Rows between the corners; edges that fall bound them on the left, edges that rise on the right.
function fillPolygon(
  corners: usize,
  count: i32,
  plane: usize,
  id: i32,
  width: i32,
  height: i32,
  inverseDepth: usize,
  ids: usize,
  scratch: usize,
): void {
  let highest: f32 = f32.MAX_VALUE;
  let lowest: f32 = -f32.MAX_VALUE;
  for (let i = 0; i < count; i++) {
    const v = load<f32>(corners + <usize>i * r.CORNER_SIZE, 4);
    highest = min(highest, v);
    lowest = max(lowest, v);
  }
  const first = <i32>max<f32>(0, ceil(highest));
  const end = <i32>min<f32>(<f32>height, ceil(lowest));
  if (first >= end) return;
  const begins = scratch;
  const ends = scratch + (<usize>height << 2);
  for (let i = 0; i < count; i++) {
    const a = corners + <usize>i * r.CORNER_SIZE;
    const b = corners + <usize>(i + 1 == count ? 0 : i + 1) * r.CORNER_SIZE;
    const down = load<f32>(b, 4) > load<f32>(a, 4);
    followEdge(down ? a : b, down ? b : a, down ? begins : ends, first, end, width);
  }
  const wu = load<f32>(plane, r.PLANE_W);
  const wv = load<f32>(plane, r.PLANE_W + 4);
  const w1 = load<f32>(plane, r.PLANE_W + 8);
  for (let y = first; y < end; y++) {
    const from = load<i32>(begins + (<usize>y << 2));
    const to = load<i32>(ends + (<usize>y << 2));
    if (from >= to) continue;
    const at = (<usize>(y * width + from)) << 2;
    fillSpan(inverseDepth + at, ids + at, to - from, id, wu, w1 + wv * <f32>y + wu * <f32>from);
  }
}

// The first pixel at or right of an edge from a down to b, in every row between first and end.
@inline
function followEdge(a: usize, b: usize, out: usize, first: i32, end: i32, width: i32): void {
  const top = <f64>load<f32>(a, 4);
  const bottom = <f64>load<f32>(b, 4);
  const from = max(first, <i32>max<f64>(Math.ceil(top), 0));
  const to = <i32>min<f64>(<f64>end, Math.ceil(bottom));
  if (from >= to) return;
  const u = <f64>load<f32>(a);
  const slope = (<f64>load<f32>(b) - u) / (bottom - top);
  let x = u + (<f64>from - top) * slope;
  const last = <f64>width;
  for (let y = from; y < to; y++) {
    store<i32>(out + (<usize>y << 2), <i32>Math.ceil(max<f64>(0, min<f64>(last, x))));
    x += slope;
  }
}

@inline
function fillSpan(depth: usize, ids: usize, count: i32, id: i32, step: f32, start: f32): void {
  const lanes = i32x4(0, 1, 2, 3);
  const nearer = f32x4.splat(NEARER);
  const ours = i32x4.splat(id);
  let w = f32x4.add(f32x4.splat(start), f32x4.mul(f32x4.splat(step), f32x4(0, 1, 2, 3)));
  const steps = f32x4.splat(4 * step);
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2;
    const before = v128.load(depth + at);
    const inside = i32x4.lt_s(lanes, i32x4.splat(count - i));
    const shown = v128.and(inside, f32x4.gt(w, f32x4.mul(before, nearer)));
    v128.store(depth + at, v128.bitselect(w, before, shown));
    v128.store(ids + at, v128.bitselect(ours, v128.load(ids + at), shown));
    w = f32x4.add(w, steps);
  }
}
