// Motion blur: each pixel is the mean over the way that what it shows goes on the image during the exposure, in groups of eight
// pixels that share it.

import * as r from './records';

// Pixels of motion too small to show.
const SHARP: f32 = 0.4;
const LONGEST: f32 = 40;

// motion: f64 velocity of the camera in the scene, m/s, then its turn rate in its own frame, rad/s. grey and out have 16 spare bytes.
export function smearMotion(
  planes: usize,
  bodies: usize,
  camera: usize,
  motion: usize,
  exposure: f64,
  width: i32,
  height: i32,
  inverseDepth: usize,
  ids: usize,
  grey: usize,
  out: usize,
): void {
  const fx = load<f64>(camera);
  const fy = load<f64>(camera, 8);
  const cx = load<f64>(camera, 16);
  const cy = load<f64>(camera, 24);
  const m = camera + r.CAMERA_ROTATION;
  const wx = load<f64>(motion, 24);
  const wy = load<f64>(motion, 32);
  const wz = load<f64>(motion, 40);
  let last = -1;
  let vx: f64 = 0;
  let vy: f64 = 0;
  let vz: f64 = 0;
  for (let y = 0; y < height; y++) {
    const b = (<f64>y - cy) / fy;
    for (let x = 0; x < width; x += 8) {
      const pixel = <usize>(y * width + x);
      const id = load<i32>(ids + (pixel << 2));
      if (id == 0) {
        store<u64>(out + pixel, load<u64>(grey + pixel));
        continue;
      }
      const body = load<i32>(planes + <usize>(id - 1) * r.PLANE_SIZE, r.PLANE_BODY);
      if (body != last) {
        last = body;
        const at = bodies + <usize>body * r.BODY_SIZE;
        const dx = load<f64>(motion) - load<f64>(at, r.BODY_VX);
        const dy = load<f64>(motion, 8) - load<f64>(at, r.BODY_VY);
        const dz = load<f64>(motion, 16);
        vx = load<f64>(m) * dx + load<f64>(m, 24) * dy + load<f64>(m, 48) * dz;
        vy = load<f64>(m, 8) * dx + load<f64>(m, 32) * dy + load<f64>(m, 56) * dz;
        vz = load<f64>(m, 16) * dx + load<f64>(m, 40) * dy + load<f64>(m, 64) * dz;
      }
      const w = <f64>load<f32>(inverseDepth + (pixel << 2));
      const a = (<f64>x - cx) / fx;
      const forward = -vz * w - (wx * b - wy * a);
      const du = <f32>(exposure * fx * (-vx * w - (wy - wz * b) - a * forward));
      const dv = <f32>(exposure * fy * (-vy * w - (wz * a - wx) - b * forward));
      if (abs(du) < SHARP && abs(dv) < SHARP) store<u64>(out + pixel, load<u64>(grey + pixel));
      else smear(grey, width, height, x, y, du, dv, out + pixel);
    }
  }
}

// The mean over a box as long as the way: pixels along its longer axis, each for its share of the way, in 1/256.
function smear(grey: usize, width: i32, height: i32, x: i32, y: i32, du: f32, dv: f32, out: usize): void {
  const across = abs(du) >= abs(dv);
  const length = min(LONGEST, max(abs(du), abs(dv)));
  const slope = across ? dv / du : du / dv;
  const reach = <i32>ceil(0.5 * length - 0.5);
  const end = <i32>(256 * (0.5 * length - <f32>reach + 0.5) / length);
  let left = 256 - 2 * end;
  let sum = i16x8.splat(0);
  for (let k = -reach; k <= reach; k++) {
    const aside = <i32>nearest(slope * <f32>k);
    const column = max(0, min(width - 8, x + (across ? k : aside)));
    const row = max(0, min(height - 1, y + (across ? aside : k)));
    const inner = reach + reach - 1;
    let weight = end;
    if (reach == 0) weight = 256;
    else if (abs(k) < reach) {
      // What is left over by rounding goes to the later ones.
      weight = left / (inner - (k + reach - 1));
      left -= weight;
    }
    const pixels = v128.load_ext<u8>(grey + <usize>(row * width + column));
    sum = i16x8.add(sum, i16x8.mul(pixels, i16x8.splat(<i16>weight)));
  }
  const mean = i16x8.shr_u(sum, 8);
  v128.store64_lane(out, i8x16.narrow_i16x8_u(mean, mean), 0);
}
