import type { Random } from '../../base/random.ts';
import { compose, inverse, type Pose, transformPoint } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import type { Board } from '../../sim/markers/board.ts';

/** How a picture of boards is taken. */
export interface Shot {
  readonly rig: CameraRig;
  /** Grey of black and white cells. */
  readonly black: number;
  readonly white: number;
  /** σ of the optics' blur, and length of the motion blur along x, pixels. */
  readonly blur: number;
  readonly motion: number;
  /** σ of the grey levels. */
  readonly noise: number;
}

export const SHOT = { black: 30, white: 200, blur: 0.5, motion: 0, noise: 2 };

const SUBSAMPLES = 4;

/** A picture of boards before a background of boxes: each pixel the mean of 16 rays. */
export function pictureOf(
  boards: readonly { readonly bodyFromPeer: Pose; readonly boards: readonly Board[] }[],
  shot: Shot,
  random: Random,
): Uint8Array {
  const { width, height } = shot.rig;
  const image = background(width, height, random);
  const depth = new Float32Array(width * height * SUBSAMPLES * SUBSAMPLES).fill(Number.POSITIVE_INFINITY);
  const fine = new Float32Array(width * height * SUBSAMPLES * SUBSAMPLES).fill(-1);
  for (const peer of boards) {
    const cameraFromPeer = compose(inverse(shot.rig.bodyFromCamera), peer.bodyFromPeer);
    for (const board of peer.boards) drawBoard(board, cameraFromPeer, shot, fine, depth);
  }
  const cells = SUBSAMPLES * SUBSAMPLES;
  for (let i = 0; i < image.length; i++) {
    let sum = 0;
    for (let k = 0; k < cells; k++) sum += fine[i * cells + k] < 0 ? image[i] : fine[i * cells + k];
    image[i] = sum / cells;
  }
  if (shot.blur > 0) blur(image, width, height, gaussian(shot.blur), true);
  const box = Math.max(1, Math.round(shot.motion));
  if (box > 1) blur(image, width, height, new Float64Array(2 * Math.floor(box / 2) + 1).fill(1), false);
  return Uint8Array.from(image, (v) => Math.max(0, Math.min(255, Math.round(v + random.normal(shot.noise)))));
}

function background(width: number, height: number, random: Random): Float32Array {
  const image = new Float32Array(width * height).fill(random.uniform(60, 200));
  for (let n = 0; n < 300; n++) {
    const side = 4 / Math.sqrt(random.uniform(0.0005, 1));
    const [left, top] = [Math.floor(random.uniform(-20, width)), Math.floor(random.uniform(-20, height))];
    const [right, bottom] = [left + side * random.uniform(0.5, 2), top + side];
    const grey = random.uniform(20, 230);
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y++)
      for (let x = Math.max(0, left); x < Math.min(width, right); x++) image[y * width + x] = grey;
  }
  return image;
}

function drawBoard(
  { corners, cells, side }: Board,
  cameraFromPeer: Pose,
  { rig, black, white }: Shot,
  fine: Float32Array,
  depth: Float32Array,
): void {
  const [tl, bl, br, tr] = [0, 3, 6, 9].map((at) =>
    transformPoint(cameraFromPeer, corners.subarray(at, at + 3)),
  );
  if (Math.min(tl[2], bl[2], br[2], tr[2]) < 0.05) return;
  const right = [0, 1, 2].map((i) => tr[i] - tl[i]);
  const down = [0, 1, 2].map((i) => bl[i] - tl[i]);
  const n = [
    down[1] * right[2] - down[2] * right[1],
    down[2] * right[0] - down[0] * right[2],
    down[0] * right[1] - down[1] * right[0],
  ];
  const offset = n[0] * tl[0] + n[1] * tl[1] + n[2] * tl[2];
  // The front's normal points at the camera.
  if (offset >= 0) return;
  const us = [tl, bl, br, tr].map((p) => (rig.fx * p[0]) / p[2] + rig.cx);
  const vs = [tl, bl, br, tr].map((p) => (rig.fy * p[1]) / p[2] + rig.cy);
  const length = right.reduce((sum, v) => sum + v * v, 0);
  const [x0, x1] = [
    Math.max(0, Math.floor(Math.min(...us))),
    Math.min(rig.width - 1, Math.ceil(Math.max(...us))),
  ];
  const [y0, y1] = [
    Math.max(0, Math.floor(Math.min(...vs))),
    Math.min(rig.height - 1, Math.ceil(Math.max(...vs))),
  ];
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      for (let k = 0; k < SUBSAMPLES * SUBSAMPLES; k++) {
        const u = (x + ((k % SUBSAMPLES) + 0.5) / SUBSAMPLES - 0.5 - rig.cx) / rig.fx;
        const v = (y + (Math.floor(k / SUBSAMPLES) + 0.5) / SUBSAMPLES - 0.5 - rig.cy) / rig.fy;
        const z = offset / (n[0] * u + n[1] * v + n[2]);
        const at = (y * rig.width + x) * SUBSAMPLES * SUBSAMPLES + k;
        if (!(z > 0 && z < depth[at])) continue;
        const d = [u * z - tl[0], v * z - tl[1], z - tl[2]];
        const column = Math.floor((side * (d[0] * right[0] + d[1] * right[1] + d[2] * right[2])) / length);
        const row = Math.floor((side * (d[0] * down[0] + d[1] * down[1] + d[2] * down[2])) / length);
        if (column < 0 || row < 0 || column >= side || row >= side) continue;
        depth[at] = z;
        fine[at] = cells[row * side + column] ? white : black;
      }
    }
  }
}

function gaussian(sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  return Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp((-0.5 * (i - reach) * (i - reach)) / (sigma * sigma)),
  );
}

/** Along x, and along y too if asked. */
function blur(image: Float32Array, width: number, height: number, kernel: Float64Array, both: boolean): void {
  const reach = kernel.length >> 1;
  const total = kernel.reduce((sum, k) => sum + k, 0);
  for (const stride of both ? [1, width] : [1]) {
    const from = image.slice();
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [at, most] = stride === 1 ? [x, width - 1] : [y, height - 1];
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          const there = Math.max(0, Math.min(most, at + k));
          sum += kernel[k + reach] * from[y * width + x + (there - at) * stride];
        }
        image[y * width + x] = sum / total;
      }
    }
  }
}
