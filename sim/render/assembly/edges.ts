// Edges without stairs: where neighbouring pixels show different surfaces, what each quarter of the pixel shows is asked anew, of
// those surfaces only. A surface's grey is that of the neighbour that shows it.

import * as r from './records';

const MOST: i32 = 6;
// Surfaces met around a pixel, and the grey of each.
const seen = memory.data(4 * 6);
const greys = memory.data(4 * 6);

export function softenEdges(
  planes: usize,
  corners: usize,
  width: i32,
  height: i32,
  ids: usize,
  grey: usize,
  out: usize,
): void {
  memory.copy(out, grey, <usize>(width * height));
  const line = <usize>width << 2;
  for (let y = 1; y < height - 1; y++) {
    const row = ids + <usize>y * line;
    for (let x = 1; x < width - 1; x += 4) {
      const at = row + (<usize>x << 2);
      const own = v128.load(at);
      const sides = v128.or(i32x4.ne(own, v128.load(at - 4)), i32x4.ne(own, v128.load(at + 4)));
      const ends = v128.or(i32x4.ne(own, v128.load(at - line)), i32x4.ne(own, v128.load(at + line)));
      let marked = i32x4.bitmask(v128.or(sides, ends));
      while (marked != 0) {
        const px = x + ctz(marked);
        marked &= marked - 1;
        if (px < width - 1) {
          const pixel = y * width + px;
          store<u8>(out + <usize>pixel, mixed(planes, corners, px, y, width, ids + (<usize>pixel << 2), grey + <usize>pixel));
        }
      }
    }
  }
}

function mixed(planes: usize, corners: usize, x: i32, y: i32, width: i32, id: usize, grey: usize): u8 {
  let count = meet(0, id, grey, 0);
  for (let k = 1; k < 9; k++) {
    // The four sides first, then the corners.
    const dx = k == 1 || k == 5 || k == 7 ? -1 : k == 2 || k == 6 || k == 8 ? 1 : 0;
    const dy = k == 3 || k == 5 || k == 6 ? -1 : k == 4 || k == 7 || k == 8 ? 1 : 0;
    count = meet(count, id, grey, dy * width + dx);
  }
  let sum: i32 = 0;
  for (let q = 0; q < 4; q++) {
    const u = <f32>x + (q == 0 ? -0.125 : q == 1 ? 0.375 : q == 2 ? -0.375 : <f32>0.125);
    const v = <f32>y + (q == 0 ? -0.375 : q == 1 ? -0.125 : q == 2 ? 0.125 : <f32>0.375);
    let best: f32 = 0;
    let value = load<i32>(greys);
    for (let k = 0; k < count; k++) {
      const which = load<i32>(seen + (<usize>k << 2));
      if (which == 0) continue;
      const plane = planes + <usize>(which - 1) * r.PLANE_SIZE;
      const w = load<f32>(plane, r.PLANE_W) * u + load<f32>(plane, r.PLANE_W + 4) * v + load<f32>(plane, r.PLANE_W + 8);
      if (w <= best || !covers(plane, corners, u, v)) continue;
      best = w;
      value = load<i32>(greys + (<usize>k << 2));
    }
    sum += value;
  }
  return <u8>((sum + 2) >> 2);
}

@inline
function meet(count: i32, id: usize, grey: usize, offset: i32): i32 {
  const which = load<i32>(id + <usize>(<isize>offset << 2));
  for (let k = 0; k < count; k++) if (load<i32>(seen + (<usize>k << 2)) == which) return count;
  if (count == MOST) return count;
  store<i32>(seen + (<usize>count << 2), which);
  store<i32>(greys + (<usize>count << 2), <i32>load<u8>(grey + <usize>(<isize>offset)));
  return count + 1;
}

// Whether a point of the image lies within a polygon's outline.
@inline
function covers(plane: usize, corners: usize, u: f32, v: f32): bool {
  const first = corners + <usize>load<i32>(plane, r.PLANE_FIRST) * r.CORNER_SIZE;
  const count = load<i32>(plane, r.PLANE_COUNT);
  let before = first + <usize>(count - 1) * r.CORNER_SIZE;
  for (let i = 0; i < count; i++) {
    const at = first + <usize>i * r.CORNER_SIZE;
    const bu = load<f32>(before);
    const bv = load<f32>(before, 4);
    if ((load<f32>(at) - bu) * (v - bv) > (load<f32>(at, 4) - bv) * (u - bu)) return false;
    before = at;
  }
  return true;
}
