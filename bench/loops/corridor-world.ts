import { Random } from '../../base/random.ts';
import {
  between,
  compose,
  exp,
  inverse,
  type Pose,
  planarPose,
  poseOf,
  transformPoint,
} from '../../base/se3.ts';
import type { CameraRig, FeatureFrame, OdometryIncrement } from '../../base/sensors.ts';

/** A corridor round a block, with landmarks on its walls, and a robot that drives round it: inputs for the SLAM, with their truth. */

const DESCRIPTOR_BYTES = 32;

export const RIG: CameraRig = {
  kind: 'rgbd',
  width: 640,
  height: 480,
  fx: 380,
  fy: 380,
  cx: 319.5,
  cy: 239.5,
  baseline: 0.1,
  closeDepth: 4,
  bodyFromCamera: poseOf(0.1, 0, 0.4, -0.5, 0.5, -0.5, 0.5),
  pyramid: { levels: 8, scaleFactor: 1.2 },
};

export interface WorldOptions {
  readonly seed: string;
  /** Sides of the block and width of the corridor round it, metres. */
  readonly block?: readonly [number, number];
  readonly corridor?: number;
  /** Landmarks per square metre of wall. */
  readonly density?: number;
  /** Every wall carries the same landmarks again and again at this interval, metres; 0: no two alike. */
  readonly repeat?: number;
  readonly maxFeatures?: number;
  readonly outlierShare?: number;
}

interface Landmark {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Of its wall, towards the corridor. */
  readonly normalX: number;
  readonly normalY: number;
  readonly descriptor: Uint8Array;
  readonly angle: number;
  /** Level at which it is found from 1 m. */
  readonly size: number;
}

const MAX_DEPTH = 7;
const WALL_HEIGHT = 1.6;
const PIXEL_SIGMA = 0.6;
const BIT_FLIP = 0.05;

export class CorridorWorld {
  readonly landmarks: Landmark[] = [];
  private readonly options: Required<WorldOptions>;

  constructor(options: WorldOptions) {
    this.options = {
      block: [6, 4],
      corridor: 2.4,
      density: 14,
      repeat: 0,
      maxFeatures: 300,
      outlierShare: 0.05,
      ...options,
    };
    const [width, depth] = this.options.block;
    const { corridor } = this.options;
    this.addWalls(width / 2, depth / 2, 1, 'inner');
    this.addWalls(width / 2 + corridor, depth / 2 + corridor, -1, 'outer');
  }

  /** True pose of the body after driving `s` metres along the middle of the corridor, counter-clockwise. */
  poseAt(s: number): Pose {
    const [width, depth] = this.options.block;
    const radius = this.options.corridor / 2;
    const sides = [width, depth, width, depth];
    const quarter = (Math.PI / 2) * radius;
    let rest = s % this.lap;
    if (rest < 0) rest += this.lap;
    // Start of each side and its heading; the corners are quarter circles round the block's.
    const starts: [number, number, number][] = [
      [-width / 2, -depth / 2 - radius, 0],
      [width / 2 + radius, -depth / 2, Math.PI / 2],
      [width / 2, depth / 2 + radius, Math.PI],
      [-width / 2 - radius, depth / 2, -Math.PI / 2],
    ];
    for (let side = 0; ; side++) {
      const [x, y, heading] = starts[side];
      const along = Math.min(rest, sides[side]);
      const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
      if (rest <= sides[side]) return planarPose(x + cos * along, y + sin * along, heading);
      rest -= sides[side];
      if (rest <= quarter) {
        const turn = rest / radius;
        const [dx, dy] = [radius * Math.sin(turn), radius * (1 - Math.cos(turn))];
        return planarPose(
          x + cos * (along + dx) - sin * dy,
          y + sin * (along + dx) + cos * dy,
          heading + turn,
        );
      }
      rest -= quarter;
    }
  }

  get lap(): number {
    const [width, depth] = this.options.block;
    return 2 * (width + depth) + Math.PI * this.options.corridor;
  }

  /** What the camera of a body at a true pose sees. */
  observe(worldFromBody: Pose, random: Random): FeatureFrame {
    const { maxFeatures, outlierShare } = this.options;
    const cameraFromWorld = inverse(compose(worldFromBody, RIG.bodyFromCamera));
    const [cameraX, cameraY] = compose(worldFromBody, RIG.bodyFromCamera);
    const rows: number[][] = [];
    const descriptors: Uint8Array[] = [];
    for (const landmark of this.landmarks) {
      const dx = landmark.x - cameraX;
      const dy = landmark.y - cameraY;
      const range2 = dx * dx + dy * dy;
      if (range2 > MAX_DEPTH * MAX_DEPTH || dx * landmark.normalX + dy * landmark.normalY > -0.15) continue;
      const [x, y, z] = transformPoint(cameraFromWorld, [landmark.x, landmark.y, landmark.z]);
      if (z < 0.3) continue;
      const u = (RIG.fx * x) / z + RIG.cx;
      const v = (RIG.fy * y) / z + RIG.cy;
      if (u < 0 || u >= RIG.width || v < 0 || v >= RIG.height) continue;
      if (this.hidden(cameraX, cameraY, landmark) || !random.chance(0.85)) continue;
      const level = landmark.size - Math.log(z) / Math.log(RIG.pyramid.scaleFactor) + random.normal(0.3);
      const octave = Math.max(0, Math.min(RIG.pyramid.levels - 1, Math.round(level)));
      let scale = 1;
      for (let l = 0; l < octave; l++) scale *= RIG.pyramid.scaleFactor;
      const sigma = PIXEL_SIGMA * scale;
      const depth = z + random.normal(0.003 + 0.002 * z * z);
      rows.push([
        u + random.normal(sigma),
        v + random.normal(sigma),
        octave,
        landmark.angle + random.normal(0.1),
        depth,
      ]);
      descriptors.push(flipped(landmark.descriptor, random));
    }
    const chosen = random.shuffle([...rows.keys()]).slice(0, Math.round(maxFeatures * (1 - outlierShare)));
    for (let n = Math.round(chosen.length * outlierShare); n > 0; n--) {
      const [u, v] = [random.uniform(0, RIG.width), random.uniform(0, RIG.height)];
      rows.push([u, v, random.int(8), random.uniform(-3, 3), random.uniform(0.5, 6)]);
      descriptors.push(Uint8Array.from({ length: DESCRIPTOR_BYTES }, () => random.int(256)));
      chosen.push(rows.length - 1);
    }
    return frameOf(
      chosen.map((i) => rows[i]),
      chosen.map((i) => descriptors[i]),
    );
  }

  private addWalls(halfX: number, halfY: number, outward: number, name: string): void {
    const { density, repeat, seed } = this.options;
    const walls: [number, number, number, number][] = [
      [1, 0, halfX, halfY],
      [-1, 0, halfX, halfY],
      [0, 1, halfY, halfX],
      [0, -1, halfY, halfX],
    ];
    walls.forEach(([nx, ny, distance, half], wall) => {
      const count = Math.round(2 * half * WALL_HEIGHT * density);
      const random = new Random(`${seed}/${repeat ? 'pattern' : `${name}/${wall}`}`);
      const stretch = repeat || 2 * half;
      const drawn = Math.ceil((count * stretch) / (2 * half));
      const motif = Array.from({ length: drawn }, () => ({
        along: random.uniform(0, stretch),
        z: random.uniform(0.05, WALL_HEIGHT),
        descriptor: Uint8Array.from({ length: DESCRIPTOR_BYTES }, () => random.int(256)),
        angle: random.uniform(-Math.PI, Math.PI),
        size: random.uniform(2, 9),
      }));
      for (let from = -half; from < half; from += stretch) {
        for (const { along, ...look } of motif) {
          const at = from + along;
          if (at > half) continue;
          const x = nx * distance - ny * at;
          const y = ny * distance + nx * at;
          this.landmarks.push({ x, y, normalX: nx * outward, normalY: ny * outward, ...look });
        }
      }
    });
  }

  /** Whether the block stands between a camera and a landmark. */
  private hidden(x: number, y: number, landmark: Landmark): boolean {
    const [width, depth] = this.options.block;
    let enter = 0;
    let leave = 1 - 1e-6;
    for (const [from, to, half] of [
      [x, landmark.x, width / 2],
      [y, landmark.y, depth / 2],
    ]) {
      const step = to - from;
      if (step === 0) {
        if (Math.abs(from) >= half) return false;
        continue;
      }
      const [a, b] = [(-half - from) / step, (half - from) / step];
      enter = Math.max(enter, Math.min(a, b));
      leave = Math.min(leave, Math.max(a, b));
    }
    return enter < leave - 1e-6;
  }
}

function flipped(descriptor: Uint8Array, random: Random): Uint8Array {
  const out = descriptor.slice();
  for (let bit = 0; bit < 8 * DESCRIPTOR_BYTES; bit++) {
    if (random.word() < BIT_FLIP * 4294967296) out[bit >> 3] ^= 1 << (bit & 7);
  }
  return out;
}

function frameOf(rows: readonly number[][], descriptors: readonly Uint8Array[]): FeatureFrame {
  const column = (c: number) => Float32Array.from(rows, (row) => row[c]);
  const bytes = new Uint8Array(DESCRIPTOR_BYTES * rows.length);
  descriptors.forEach((descriptor, i) => {
    bytes.set(descriptor, DESCRIPTOR_BYTES * i);
  });
  return {
    kind: 'features',
    count: rows.length,
    x: column(0),
    y: column(1),
    octave: Uint8Array.from(rows, (row) => row[2]),
    angle: column(3),
    depth: column(4),
    descriptors: bytes,
  };
}

/** Wheel odometry of a true step: 2 % of the way, and as much of the turn, with the covariance it claims. */
export function wheelOdometry(from: Pose, to: Pose, random: Random): OdometryIncrement {
  const step = between(from, to);
  const way = Math.hypot(step[0], step[1]);
  const turn = 2 * Math.asin(Math.min(1, Math.abs(step[5])));
  const sigmas = [0.02 * way + 1e-4, 0.01 * way + 1e-4, 1e-4, 1e-4, 1e-4, 0.02 * turn + 0.01 * way + 1e-4];
  const noise = exp([random.normal(sigmas[0]), random.normal(sigmas[1]), 0, 0, 0, random.normal(sigmas[5])]);
  const covariance = new Float64Array(36);
  for (let i = 0; i < 6; i++) covariance[7 * i] = sigmas[i] * sigmas[i];
  return { delta: compose(step, noise), covariance };
}
