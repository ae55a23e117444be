import type { Random } from '../../base/random.ts';
import { compose, type Pose, rotationMatrix } from '../../base/se3.ts';
import type { CameraFrame, CameraRig, FeatureFrame } from '../../base/sensors.ts';
import type { Cylinder, Obstacles } from '../geometry/obstacles.ts';
import type { CameraNoise } from '../options.ts';
import type { Scene } from '../scene.ts';
import { Candidates } from './candidates.ts';
import { exposureIn } from './exposure.ts';
import { DESCRIPTOR_BYTES, drawBytes, FARTHEST_REACH, flipBits, type Landmarks } from './landmarks.ts';
import type { TexturedScene } from './textured-scene.ts';
import { WallHorizon } from './wall-horizon.ts';

/** What the camera of a robot needs to know of its motion. */
export interface CameraView {
  readonly sceneFromBody: Pose;
  /** Scene frame, m/s and rad/s. */
  readonly vx: number;
  readonly vy: number;
  readonly turnRate: number;
  /** The robot itself, which hides nothing from its own camera. */
  readonly self: Cylinder;
}

/** What a robot sees with, in one fidelity or the other. */
export interface Camera {
  capture(view: CameraView): CameraFrame;
}

const NEAREST = 0.15;
/** Surfaces seen flatter than this (cosine) yield nothing; head-on from the second on. */
const GRAZING = 0.2;
const HEAD_ON = 0.55;
/** Pixels of motion, on its own level, after which a corner is likely gone. */
const BLUR_LIMIT = 3;
/** Responses of the detector, as shares of the best corner's: the weakest corner's, its noise, and what it needs. */
const WEAKEST = 0.2;
const FLICKER = 0.15;
const THRESHOLD = 0.15;
/** What a pixel of motion adds to the noise of a position, as a share of it. */
const BLUR_JITTER = 0.1;
/** Bits that a full turn of the point of view changes at full contrast. */
const VIEW_BITS = 90;
/** Share of keypoints whose octave comes out one off, and whose depth fails. */
const OCTAVE_SLIP = 0.08;
const DEPTH_DROPOUT = 0.03;
const TARGET_OFFSET = 0.02;
/** Rounding puts a landmark on level 0 from a little beyond its reach. */
const LEVEL_SLACK = 1.1;
/** Rounding must not cut off what the image's edge just shows. */
const FRAME_SLACK = 1.001;
/** Metres beyond which no landmark is found on any level. */
const REACH = LEVEL_SLACK * FARTHEST_REACH;

/** The `features` fidelity of one robot's camera: landmarks projected, hidden, blurred, missed and mistaken. */
export class FeatureCamera implements Camera {
  private readonly rig: CameraRig;
  private readonly noise: CameraNoise;
  private readonly texture: TexturedScene;
  private readonly obstacles: Obstacles;
  private readonly random: Random;
  /** Chance of noticing what moves: its own stream, so that someone out of sight changes nothing. */
  private readonly moverRandom: Random;
  private readonly light: number;
  private readonly exposure: number;
  private readonly horizon: WallHorizon;
  /** No less than the tangents of the angles, to the sides and up or down, beyond which the image ends. */
  private readonly widest: number;
  private readonly highest: number;
  private readonly scale: Float64Array;
  private readonly logScale: number;
  private readonly candidates = new Candidates();
  private readonly pose = new Float64Array(7);
  /** Columns: the camera's axes in the scene. */
  private readonly r = new Float64Array(9);
  private forwardX = 1;
  private forwardY = 0;
  private turnRate = 0;
  private vx = 0;
  private vy = 0;

  constructor(
    rig: CameraRig,
    noise: CameraNoise,
    scene: Scene,
    texture: TexturedScene,
    obstacles: Obstacles,
    random: Random,
  ) {
    this.rig = rig;
    this.noise = noise;
    this.texture = texture;
    this.obstacles = obstacles;
    this.random = random;
    this.moverRandom = random.fork('movers');
    this.light = 0.4 + 0.6 * scene.light;
    this.exposure = exposureIn(noise, scene);
    const slope = (1.25 * Math.max(rig.cx, rig.width - rig.cx)) / rig.fx;
    this.horizon = new WallHorizon(scene, slope, REACH);
    this.widest = (FRAME_SLACK * Math.max(rig.cx, rig.width - rig.cx)) / rig.fx;
    this.highest = (FRAME_SLACK * Math.max(rig.cy, rig.height - rig.cy)) / rig.fy;
    this.logScale = Math.log(rig.pyramid.scaleFactor);
    this.scale = Float64Array.from({ length: rig.pyramid.levels }, (_, l) => Math.exp(l * this.logScale));
  }

  /** Keypoints by image cell; arrays are new with each frame. */
  capture(view: CameraView): FeatureFrame {
    this.aim(view);
    this.obstacles.focus(this.pose[0], this.pose[1], REACH, [view.self]);
    this.candidates.clear();
    this.gatherStill();
    this.gatherLoose();
    this.gatherCylinders(view.self);
    const { maxFeatures } = this.noise;
    const chosen = this.candidates.select(maxFeatures, this.rig.width, this.rig.height, this.isVisible);
    return this.develop(chosen);
  }

  private aim(view: CameraView): void {
    compose(view.sceneFromBody, this.rig.bodyFromCamera, this.pose);
    rotationMatrix(this.pose, this.r);
    const { r, pose } = this;
    const level = Math.sqrt(r[2] * r[2] + r[5] * r[5]) || 1;
    this.forwardX = r[2] / level;
    this.forwardY = r[5] / level;
    this.turnRate = view.turnRate;
    this.vx = view.vx - view.turnRate * (pose[1] - view.sceneFromBody[1]);
    this.vy = view.vy + view.turnRate * (pose[0] - view.sceneFromBody[0]);
    this.horizon.look(pose[0], pose[1], pose[2], this.forwardX, this.forwardY);
  }

  private gatherStill(): void {
    const { texture, pose } = this;
    const { cellSize, columns, rows, cellStart } = texture;
    const [fx, fy] = [REACH * this.forwardX, REACH * this.forwardY];
    const slope = this.horizon.slope;
    const alongX = [-cellSize, cellSize, fx - slope * fy, fx + slope * fy];
    const alongY = [-cellSize, cellSize, fy + slope * fx, fy - slope * fx];
    const column0 = Math.max(0, Math.floor((pose[0] + Math.min(...alongX) - texture.minX) / cellSize));
    const column1 = Math.min(
      columns - 1,
      Math.floor((pose[0] + Math.max(...alongX) - texture.minX) / cellSize),
    );
    const row0 = Math.max(0, Math.floor((pose[1] + Math.min(...alongY) - texture.minY) / cellSize));
    const row1 = Math.min(rows - 1, Math.floor((pose[1] + Math.max(...alongY) - texture.minY) / cellSize));
    const reach = 0.71 * cellSize;
    for (let row = row0; row <= row1; row++) {
      for (let column = column0; column <= column1; column++) {
        const cx = texture.minX + (column + 0.5) * cellSize - pose[0];
        const cy = texture.minY + (row + 0.5) * cellSize - pose[1];
        if (this.isOutside(cx, cy, reach)) continue;
        const nearest = Math.sqrt(cx * cx + cy * cy) - reach;
        this.gatherCell(cellStart, row * columns + column, nearest);
      }
    }
  }

  /** Whether nothing of a disk on the floor, centred so far from the camera, can be in view. */
  private isOutside(dx: number, dy: number, radius: number): boolean {
    const { forwardX, forwardY, horizon } = this;
    const ahead = dx * forwardX + dy * forwardY;
    const lateral = dy * forwardX - dx * forwardY;
    if (ahead < -radius || ahead > REACH + radius) return true;
    if (Math.abs(lateral) > horizon.slope * (ahead + radius) + radius) return true;
    return horizon.hidesDisk(ahead, lateral, radius);
  }

  /**
   * The tests that spare most come first, and those that read least.
   * @param nearest distance at which anything in the cell can be, metres
   */
  private gatherCell(cellStart: Int32Array, cell: number, nearest: number): void {
    const { pose, r, forwardX, forwardY, horizon, widest, highest } = this;
    const { still } = this.texture;
    const { position, normal, reach } = still;
    const end = cellStart[cell + 1];
    for (let i = cellStart[cell]; i < end; i++) {
      const seenFrom = LEVEL_SLACK * reach[i];
      if (seenFrom < nearest) return;
      const px = position[3 * i];
      const py = position[3 * i + 1];
      const pz = position[3 * i + 2];
      const dx = px - pose[0];
      const dy = py - pose[1];
      const dz = pz - pose[2];
      if (dx * dx + dy * dy + dz * dz > seenFrom * seenFrom) continue;
      const z = r[2] * dx + r[5] * dy + r[8] * dz;
      if (Math.abs(r[1] * dx + r[4] * dy + r[7] * dz) > highest * z) continue;
      if (Math.abs(r[0] * dx + r[3] * dy + r[6] * dz) > widest * z) continue;
      const nx = normal[3 * i];
      const ny = normal[3 * i + 1];
      const nz = normal[3 * i + 2];
      if (dx * nx + dy * ny + dz * nz >= 0) continue;
      if (horizon.hides(dx * forwardX + dy * forwardY, dy * forwardX - dx * forwardY)) continue;
      this.consider(still, i, 0, px, py, pz, nx, ny, nz, 0, 0);
    }
  }

  private gatherLoose(): void {
    const { loose } = this.obstacles;
    for (let b = 0; b < loose.count; b++) {
      if (this.isOutside(loose.x[b] - this.pose[0], loose.y[b] - this.pose[1], loose.radius[b])) continue;
      const { from, to } = this.texture.looseCarriers[b];
      this.gatherCarried(from, to, loose.x[b], loose.y[b], loose.cos[b], loose.sin[b], 0, 0);
    }
  }

  private gatherCylinders(self: Cylinder): void {
    this.obstacles.cylinders.forEach((cylinder, c) => {
      const { x, y, yaw, vx, vy, radius } = cylinder;
      if (cylinder === self || !cylinder.present) return;
      if (this.isOutside(x - this.pose[0], y - this.pose[1], radius)) return;
      const { from, to } = this.texture.cylinderCarriers[c];
      this.gatherCarried(from, to, x, y, Math.cos(yaw), Math.sin(yaw), vx, vy);
    });
  }

  /** Landmarks of something that stands at x, y and moves. */
  private gatherCarried(
    from: number,
    to: number,
    x: number,
    y: number,
    cos: number,
    sin: number,
    vx: number,
    vy: number,
  ): void {
    const { position, normal } = this.texture.moving;
    for (let i = from; i < to; i++) {
      const px = position[3 * i];
      const py = position[3 * i + 1];
      const nx = cos * normal[3 * i] - sin * normal[3 * i + 1];
      const ny = sin * normal[3 * i] + cos * normal[3 * i + 1];
      const wx = x + cos * px - sin * py;
      const wy = y + sin * px + cos * py;
      this.consider(
        this.texture.moving,
        i,
        1,
        wx,
        wy,
        position[3 * i + 2],
        nx,
        ny,
        normal[3 * i + 2],
        vx,
        vy,
      );
    }
  }

  /** Whether a landmark falls into the image, sharp, not too flat, on a level the pyramid has, and is noticed. */
  private consider(
    landmarks: Landmarks,
    i: number,
    moves: number,
    px: number,
    py: number,
    pz: number,
    nx: number,
    ny: number,
    nz: number,
    vx: number,
    vy: number,
  ): void {
    const { rig, r, pose, candidates } = this;
    const dx = px - pose[0];
    const dy = py - pose[1];
    const dz = pz - pose[2];
    const z = r[2] * dx + r[5] * dy + r[8] * dz;
    if (z < NEAREST) return;
    const x = r[0] * dx + r[3] * dy + r[6] * dz;
    const u = (rig.fx * x) / z + rig.cx;
    if (u < 0 || u >= rig.width) return;
    const y = r[1] * dx + r[4] * dy + r[7] * dz;
    const v = (rig.fy * y) / z + rig.cy;
    if (v < 0 || v >= rig.height) return;
    const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const cosine = -(dx * nx + dy * ny + dz * nz) / distance;
    if (cosine < GRAZING) return;
    const octave = Math.round(Math.log(landmarks.reach[i] / distance) / this.logScale);
    if (octave < 0 || octave >= rig.pyramid.levels) return;

    const blur = this.pixelMotion(dx, dy, u, v, z, vx, vy) * this.exposure;
    const smear = blur / (this.scale[octave] * BLUR_LIMIT);
    const tilt = Math.min(1, (cosine - GRAZING) / (HEAD_ON - GRAZING));
    const sharpness = Math.exp(-smear * smear);
    // In dim light a corner loses contrast, and gain drowns it in noise: it pays twice.
    const contrast = (WEAKEST + (1 - WEAKEST) * landmarks.strength[i]) * this.light * this.light;
    const response = contrast * tilt * sharpness;
    const felt = response + FLICKER * ((moves ? this.moverRandom : this.random).word() / 4294967296 - 0.5);
    if (felt < THRESHOLD) return;

    const k = candidates.push(Math.min(1, felt));
    candidates.landmark[k] = i;
    candidates.moves[k] = moves;
    candidates.u[k] = u;
    candidates.v[k] = v;
    candidates.depth[k] = z;
    candidates.octave[k] = octave;
    candidates.blur[k] = blur;
    candidates.cosine[k] = cosine;
    candidates.side[k] = dx * ny - dy * nx > 0 ? 1 : -1;
    candidates.target[3 * k] = px + TARGET_OFFSET * nx;
    candidates.target[3 * k + 1] = py + TARGET_OFFSET * ny;
    candidates.target[3 * k + 2] = pz + TARGET_OFFSET * nz;
  }

  /** Pixels per second of a point at `d` from the camera that itself moves with `v`. */
  private pixelMotion(
    dx: number,
    dy: number,
    u: number,
    v: number,
    z: number,
    vx: number,
    vy: number,
  ): number {
    const { r, rig } = this;
    const relX = vx - this.vx + this.turnRate * dy;
    const relY = vy - this.vy - this.turnRate * dx;
    const alongX = r[0] * relX + r[3] * relY;
    const alongY = r[1] * relX + r[4] * relY;
    const alongZ = r[2] * relX + r[5] * relY;
    const du = (rig.fx * alongX - (u - rig.cx) * alongZ) / z;
    const dv = (rig.fy * alongY - (v - rig.cy) * alongZ) / z;
    return Math.sqrt(du * du + dv * dv);
  }

  private readonly isVisible = (k: number): boolean => {
    const { pose, candidates } = this;
    const { target } = candidates;
    return !this.obstacles.blocked(
      pose[0],
      pose[1],
      pose[2],
      target[3 * k],
      target[3 * k + 1],
      target[3 * k + 2],
    );
  };

  /** What the detector reports of the chosen candidates: noise on all of it, and some that are nothing at all. */
  private develop(chosen: readonly number[]): FeatureFrame {
    const count = chosen.length;
    const frame = {
      kind: 'features' as const,
      count,
      x: new Float32Array(count),
      y: new Float32Array(count),
      octave: new Uint8Array(count),
      angle: new Float32Array(count),
      depth: new Float32Array(count),
      descriptors: new Uint8Array(DESCRIPTOR_BYTES * count),
    };
    for (let k = 0; k < count; k++) {
      if (this.random.chance(this.noise.outlierShare)) this.developOutlier(frame, k, chosen[k]);
      else this.developLandmark(frame, k, chosen[k]);
    }
    return frame;
  }

  private developLandmark(frame: FeatureFrame, k: number, i: number): void {
    const { random, noise, candidates, rig, scale } = this;
    const landmarks = candidates.moves[i] ? this.texture.moving : this.texture.still;
    const landmark = candidates.landmark[i];
    const slip = random.chance(OCTAVE_SLIP) ? (random.chance(0.5) ? 1 : -1) : 0;
    const octave = Math.max(0, Math.min(rig.pyramid.levels - 1, candidates.octave[i] + slip));
    const sigma = noise.pixelSigma * scale[octave] * (1 + BLUR_JITTER * candidates.blur[i]);
    frame.x[k] = clamp(candidates.u[i] + random.normal(sigma), rig.width);
    frame.y[k] = clamp(candidates.v[i] + random.normal(sigma), rig.height);
    frame.octave[k] = octave;
    frame.angle[k] = landmarks.angle[landmark] + random.normal(0.05);
    frame.depth[k] = this.measureDepth(candidates.depth[i]);
    const at = DESCRIPTOR_BYTES * k;
    const base = DESCRIPTOR_BYTES * landmark;
    for (let b = 0; b < DESCRIPTOR_BYTES; b++) frame.descriptors[at + b] = landmarks.descriptors[base + b];
    const sine2 = 1 - candidates.cosine[i] * candidates.cosine[i];
    const turned = Math.round(VIEW_BITS * landmarks.contrast[landmark] * sine2);
    flipForView(frame.descriptors, at, turned, landmarks.viewSeed[landmark], candidates.side[i]);
    const flip = Math.min(0.4, (noise.bitFlip / this.light) * (1 + 0.3 * candidates.blur[i]));
    const spread = Math.sqrt(256 * flip * (1 - flip));
    flipBits(frame.descriptors, at, Math.max(0, Math.round(256 * flip + random.normal(spread))), random);
  }

  /** Noise, a reflection, a flicker: somewhere in the image, like nothing. */
  private developOutlier(frame: FeatureFrame, k: number, i: number): void {
    const { random, rig } = this;
    frame.x[k] = random.uniform(0, rig.width - 1);
    frame.y[k] = random.uniform(0, rig.height - 1);
    frame.octave[k] = random.int(rig.pyramid.levels);
    frame.angle[k] = random.uniform(-Math.PI, Math.PI);
    frame.depth[k] = this.measureDepth(this.candidates.depth[i] * random.uniform(0.5, 1.5));
    drawBytes(random, frame.descriptors, DESCRIPTOR_BYTES * k);
  }

  private measureDepth(z: number): number {
    const [a, b] = this.noise.depthSigma;
    const measured = z + this.random.normal(a + b * z * z);
    const failed = this.random.chance(DEPTH_DROPOUT);
    return failed || measured > this.noise.maxDepth || measured < NEAREST ? 0 : measured;
  }
}

function clamp(value: number, size: number): number {
  return Math.max(0, Math.min(size - 1, value));
}

/**
 * The bits that change with the point of view: the first `count` of a fixed sequence of the landmark and the side, so
 * that near views agree and far ones do not (xorshift32, Marsaglia 2003).
 */
function flipForView(descriptors: Uint8Array, at: number, count: number, seed: number, side: number): void {
  let state = (seed ^ (side > 0 ? 0x9e3779b9 : 0)) | 1;
  for (let i = 0; i < count; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const bit = state & 255;
    descriptors[at + (bit >> 3)] ^= 1 << (bit & 7);
  }
}
