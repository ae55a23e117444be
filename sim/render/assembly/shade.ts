// The grey of each pixel: what its surface is of itself, and the texture on it. A texture is layers of square cells, coarse to
// fine; in a cell stands, drawn by a hash of its place, one of the glyphs of the atlas, turned, scaled and flipped, or nothing.
// (Sparse convolution of marks, after Worley's cellular basis, SIGGRAPH 1996, with marks kept inside their cell.)

import * as r from './records';

// Tiles of one kind.
const TILES: i32 = 32;
const TILE_SIDE: i32 = 64;
const TILE_LEVELS: i32 = 6;
// A tile's levels follow each other: 64², 32² … 2² bytes, 128 being neutral.
const TILE_BYTES: i32 = 5472;
// Texels a cell, glyphs being a little smaller than their cells.
const CELL_TEXELS: f32 = 115;
const BITMAP_SIDE: i32 = 128;
const BITMAP_LEVELS: i32 = 7;
// Samples of a bitmap along a side of a pixel.
const BITMAP_SAMPLES: i32 = 4;

// grey has 16 spare bytes.
export function shadeImage(planes: usize, atlas: usize, width: i32, height: i32, inverseDepth: usize, ids: usize, grey: usize): void {
  for (let y = 0; y < height; y++) {
    const row = <usize>(y * width);
    const id = ids + (row << 2);
    let from = 0;
    while (from < width) {
      const which = load<i32>(id + (<usize>from << 2));
      let to = from + 1;
      while (to < width && load<i32>(id + (<usize>to << 2)) == which) to++;
      const w = inverseDepth + ((row + <usize>from) << 2);
      const out = grey + row + <usize>from;
      if (which == 0) memory.fill(out, 0, to - from);
      else shadeRun(planes + <usize>(which - 1) * r.PLANE_SIZE, atlas, from, y, to - from, w, out);
      from = to;
    }
  }
}

// A stretch of a row on one plane. What is written beyond its end the next stretch overwrites.
function shadeRun(plane: usize, atlas: usize, x: i32, y: i32, count: i32, inverseDepth: usize, out: usize): void {
  const look = load<i32>(plane, r.PLANE_LOOK) as usize;
  const layers = load<i32>(look);
  const strength = load<f32>(plane, r.PLANE_STRENGTH);
  const base = f32x4.splat(load<f32>(plane, r.PLANE_GREY));
  if (strength == 0) {
    memory.fill(out, <u8>load<f32>(plane, r.PLANE_GREY), count);
    return;
  }
  const su = load<f32>(plane, r.PLANE_S);
  const sv = load<f32>(plane, r.PLANE_S + 4);
  const tu = load<f32>(plane, r.PLANE_T);
  const tv = load<f32>(plane, r.PLANE_T + 4);
  const s0 = f32x4.splat(load<f32>(plane, r.PLANE_S + 12));
  const t0 = f32x4.splat(load<f32>(plane, r.PLANE_T + 12));
  const wu = load<f32>(plane, r.PLANE_W);
  const wv = load<f32>(plane, r.PLANE_W + 4);
  const seed = load<i32>(plane, r.PLANE_SEED);
  const offsets = f32x4(0, 1, 2, 3);
  let alongS = f32x4.add(
    f32x4.splat(load<f32>(plane, r.PLANE_S + 8) + sv * <f32>y + su * <f32>x),
    f32x4.mul(offsets, f32x4.splat(su)),
  );
  let alongT = f32x4.add(
    f32x4.splat(load<f32>(plane, r.PLANE_T + 8) + tv * <f32>y + tu * <f32>x),
    f32x4.mul(offsets, f32x4.splat(tu)),
  );
  for (let i = 0; i < count; i += 4) {
    const z = f32x4.div(f32x4.splat(1), v128.load(inverseDepth + (<usize>i << 2)));
    const s = f32x4.add(s0, f32x4.mul(z, alongS));
    const t = f32x4.add(t0, f32x4.mul(z, alongT));
    const footprint = spread(z, alongS, alongT, su, sv, tu, tv, wu, wv);
    let value = base;
    if (layers == 0) {
      const image = load<i32>(look, 4) as usize;
      const sx = step(z, alongS, su, wu);
      const tx = step(z, alongT, tu, wu);
      const sy = step(z, alongS, sv, wv);
      const ty = step(z, alongT, tv, wv);
      value = bitmap(image, s, t, sx, tx, sy, ty, footprint);
    }
    else {
      let sum = f32x4.splat(0);
      for (let k = 0; k < layers; k++) sum = f32x4.add(sum, layer(look + r.LOOK_LAYERS + <usize>k * r.LAYER_SIZE, atlas, seed + k, s, t, footprint));
      value = f32x4.add(base, f32x4.mul(sum, f32x4.splat(strength)));
    }
    const words = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(f32x4.add(value, f32x4.splat(0.5))), i32x4.splat(0));
    v128.store32_lane(out + <usize>i, i8x16.narrow_i16x8_u(words, words), 0);
    alongS = f32x4.add(alongS, f32x4.splat(4 * su));
    alongT = f32x4.add(alongT, f32x4.splat(4 * tu));
  }
}

// Square metres of texture between a pixel and the next, along whichever of u and v it is more, in the first of four pixels.
@inline
function spread(z: v128, s: v128, t: v128, su: f32, sv: f32, tu: f32, tv: f32, wu: f32, wv: f32): f32 {
  const depth = f32x4.extract_lane(z, 0);
  const a = f32x4.extract_lane(s, 0);
  const b = f32x4.extract_lane(t, 0);
  const ds = depth * (su - depth * wu * a);
  const dt = depth * (tu - depth * wu * b);
  const es = depth * (sv - depth * wv * a);
  const et = depth * (tv - depth * wv * b);
  return max(ds * ds + dt * dt, es * es + et * et);
}

// Half the binary logarithm, rounded, at least 0.
@inline
function levelOf(ratio2: f32): i32 {
  return max(0, ((<i32>(reinterpret<u32>(2 * ratio2) >> 23)) - 127) >> 1);
}

@inline
function layer(settings: usize, atlas: usize, seed: i32, s: v128, t: v128, footprint: f32): v128 {
  const cells = load<f32>(settings);
  const level = levelOf(footprint * cells * cells * (CELL_TEXELS * CELL_TEXELS));
  if (level >= TILE_LEVELS) return f32x4.splat(0);
  const a = f32x4.mul(s, f32x4.splat(cells));
  const b = f32x4.mul(t, f32x4.splat(cells));
  let column = f32x4.floor(a);
  let row = f32x4.floor(b);
  const inA = f32x4.sub(f32x4.sub(a, column), f32x4.splat(0.5));
  const inB = f32x4.sub(f32x4.sub(b, row), f32x4.splat(0.5));
  const period = load<f32>(settings, r.LAYER_PERIOD);
  if (period > 0) {
    column = wrapped(column, period);
    row = wrapped(row, period);
  }
  const h = hash(i32x4.trunc_sat_f32x4_s(column), i32x4.trunc_sat_f32x4_s(row), seed);
  const there = i32x4.lt_s(i32x4.shr_u(h, 22), i32x4.splat(load<i32>(settings, r.LAYER_SHARE)));
  if (!v128.any_true(there)) return f32x4.splat(0);

  const cos = f32x4.add(f32x4.splat(1.2), f32x4.mul(bits(h, 6), f32x4.splat(1.2 / 64)));
  const sin = f32x4.mul(bits(h, 12), f32x4.splat(load<f32>(settings, r.LAYER_TURN) / 64));
  // What the turned square leaves free of its cell, to either side.
  const room = f32x4.sub(
    f32x4.splat(0.5),
    f32x4.div(
      f32x4.mul(f32x4.splat(0.5), f32x4.add(cos, sin)),
      f32x4.add(f32x4.mul(cos, cos), f32x4.mul(sin, sin)),
    ),
  );
  const more = i32x4.mul(h, i32x4.splat(<i32>0x9e3779b1));
  const atA = f32x4.sub(inA, f32x4.mul(room, f32x4.sub(f32x4.mul(bits(more, 26), f32x4.splat(2.0 / 63)), f32x4.splat(1))));
  const atB = f32x4.sub(inB, f32x4.mul(room, f32x4.sub(f32x4.mul(bits(more, 20), f32x4.splat(2.0 / 63)), f32x4.splat(1))));
  const swap = i32x4.shr_s(i32x4.shl(h, 10), 31);
  const p = v128.bitselect(atA, atB, swap);
  const q = signed(h, 12, v128.bitselect(atB, atA, swap));
  const turned = signed(h, 13, sin);
  const x = f32x4.sub(f32x4.mul(cos, p), f32x4.mul(turned, q));
  const y = f32x4.add(f32x4.mul(turned, p), f32x4.mul(cos, q));
  const half = f32x4.splat(0.5);
  const on = v128.and(there, v128.and(f32x4.lt(f32x4.abs(x), half), f32x4.lt(f32x4.abs(y), half)));
  if (!v128.any_true(on)) return f32x4.splat(0);

  const tile = i32x4.add(i32x4.splat(load<i32>(settings, r.LAYER_TILE)), v128.and(h, i32x4.splat(TILES - 1)));
  const start = i32x4.mul(tile, i32x4.splat(TILE_BYTES));
  const value = sample(atlas, start, TILE_SIDE, level, f32x4.add(x, half), f32x4.add(y, half));
  const contrast = f32x4.sub(value, f32x4.splat(128));
  return v128.and(on, f32x4.mul(signed(h, 11, contrast), f32x4.splat(load<f32>(settings, r.LAYER_AMPLITUDE))));
}

@inline
function wrapped(cell: v128, period: f32): v128 {
  const whole = f32x4.floor(f32x4.mul(f32x4.add(cell, f32x4.splat(0.5)), f32x4.splat(1 / period)));
  return f32x4.sub(cell, f32x4.mul(whole, f32x4.splat(period)));
}

// Six bits of the hash as a number.
@inline
function bits(h: v128, from: i32): v128 {
  return f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(h, from), i32x4.splat(63)));
}

// A value with its sign changed by a bit of the hash, the one that `up` lifts to the top.
@inline
function signed(h: v128, up: i32, value: v128): v128 {
  return v128.xor(value, v128.and(i32x4.shl(h, up), i32x4.splat(<i32>0x80000000)));
}

// A mixer in the manner of Wellons' lowbias32.
@inline
function hash(column: v128, row: v128, seed: i32): v128 {
  let h = v128.xor(i32x4.mul(column, i32x4.splat(<i32>0x9e3779b1)), i32x4.mul(row, i32x4.splat(<i32>0x85ebca77)));
  h = v128.xor(h, i32x4.splat(seed * <i32>0xc2b2ae3d));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(<i32>0x7feb352d));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(<i32>0x846ca68b));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

// How much a texture coordinate grows from each of four pixels to the next.
@inline
function step(z: v128, along: v128, slope: f32, w: f32): v128 {
  return f32x4.mul(z, f32x4.sub(f32x4.splat(slope), f32x4.mul(f32x4.mul(z, f32x4.splat(w)), along)));
}

// The mean over each pixel's own square: seen askew, one level of the image would blur its fine direction by its coarse one.
@inline
function bitmap(image: usize, s: v128, t: v128, sx: v128, tx: v128, sy: v128, ty: v128, footprint: f32): v128 {
  const texels = footprint * <f32>(BITMAP_SIDE * BITMAP_SIDE);
  const level = min(BITMAP_LEVELS - 1, levelOf(texels / <f32>(BITMAP_SAMPLES * BITMAP_SAMPLES)));
  let sum = f32x4.splat(0);
  for (let i = 0; i < BITMAP_SAMPLES; i++) {
    const down = f32x4.splat((<f32>i + 0.5) / <f32>BITMAP_SAMPLES - 0.5);
    const rowS = f32x4.add(s, f32x4.mul(down, sy));
    const rowT = f32x4.add(t, f32x4.mul(down, ty));
    for (let j = 0; j < BITMAP_SAMPLES; j++) {
      const right = f32x4.splat((<f32>j + 0.5) / <f32>BITMAP_SAMPLES - 0.5);
      const a = f32x4.add(rowS, f32x4.mul(right, sx));
      const b = f32x4.add(rowT, f32x4.mul(right, tx));
      sum = f32x4.add(sum, sample(image, i32x4.splat(0), BITMAP_SIDE, level, a, b));
    }
  }
  return f32x4.mul(sum, f32x4.splat(1 / <f32>(BITMAP_SAMPLES * BITMAP_SAMPLES)));
}

// Bilinear between the four texels around each of four points in [0, 1)², in the images that start at the given bytes.
@inline
function sample(images: usize, start: v128, side: i32, level: i32, x: v128, y: v128): v128 {
  const size = side >> level;
  const before = (4 * (side * side - size * size)) / 3;
  const scale = f32x4.splat(<f32>size);
  const most = f32x4.splat(<f32>size - 1.001);
  const px = f32x4.max(f32x4.splat(0), f32x4.min(most, f32x4.sub(f32x4.mul(x, scale), f32x4.splat(0.5))));
  const py = f32x4.max(f32x4.splat(0), f32x4.min(most, f32x4.sub(f32x4.mul(y, scale), f32x4.splat(0.5))));
  const column = i32x4.trunc_sat_f32x4_s(px);
  const row = i32x4.trunc_sat_f32x4_s(py);
  const shareX = f32x4.sub(px, f32x4.convert_i32x4_s(column));
  const shareY = f32x4.sub(py, f32x4.convert_i32x4_s(row));
  const at = i32x4.add(i32x4.add(start, i32x4.splat(before)), i32x4.add(i32x4.mul(row, i32x4.splat(size)), column));
  const p0 = images + <usize>i32x4.extract_lane(at, 0);
  const p1 = images + <usize>i32x4.extract_lane(at, 1);
  const p2 = images + <usize>i32x4.extract_lane(at, 2);
  const p3 = images + <usize>i32x4.extract_lane(at, 3);
  const down = <usize>size;
  const upper = pairs(p0, p1, p2, p3);
  const lower = pairs(p0 + down, p1 + down, p2 + down, p3 + down);
  const above = blend(upper, shareX);
  return f32x4.add(above, f32x4.mul(shareY, f32x4.sub(blend(lower, shareX), above)));
}

// Two neighbouring bytes at each of four addresses, in the low half of each lane.
@inline
function pairs(p0: usize, p1: usize, p2: usize, p3: usize): v128 {
  let out = v128.load16_lane(p0, i32x4.splat(0), 0);
  out = v128.load16_lane(p1, out, 2);
  out = v128.load16_lane(p2, out, 4);
  return v128.load16_lane(p3, out, 6);
}

@inline
function blend(two: v128, share: v128): v128 {
  const first = f32x4.convert_i32x4_s(v128.and(two, i32x4.splat(255)));
  const second = f32x4.convert_i32x4_s(i32x4.shr_u(two, 8));
  return f32x4.add(first, f32x4.mul(share, f32x4.sub(second, first)));
}
