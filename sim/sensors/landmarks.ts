import type { Random } from '../../base/random.ts';
import type { Material } from '../scene.ts';

export const DESCRIPTOR_BYTES = 32;

/**
 * Range of distances at which a corner's scale matches the camera's finest level, metres. The finer, the more there are, as
 * on real surfaces: the number beyond a distance falls as its inverse.
 */
export const NEAREST_REACH = 1;
export const FARTHEST_REACH = 14;
/** `Material.texture` counts the corners that still show from this far, metres; finer ones come on top. */
const COUNTED_REACH = 3;
const ALL_OVER_COUNTED = (1 / NEAREST_REACH - 1 / FARTHEST_REACH) / (1 / COUNTED_REACH - 1 / FARTHEST_REACH);

/** Corners fall into this many families that look alike, as corners, blobs and letters do. */
const FAMILIES = 256;

/** Detectable points on surfaces, as columns. Positions and normals in the frame of what they sit on. */
export interface Landmarks {
  readonly count: number;
  /** 3 a landmark, metres. */
  readonly position: Float64Array;
  /** 3 a landmark: outward unit normal. */
  readonly normal: Float64Array;
  /** Distance at which it appears on pyramid level 0; nearer it appears on coarser levels. */
  readonly reach: Float64Array;
  /** 0…1: how surely a detector picks it. */
  readonly strength: Float64Array;
  /** Orientation in its surface, radians. */
  readonly angle: Float64Array;
  /** 0…1: see `Material.contrast`. */
  readonly contrast: Float64Array;
  /** Decides which bits change with the point of view. */
  readonly viewSeed: Uint32Array;
  /** 32 bytes a landmark, seen head-on. */
  readonly descriptors: Uint8Array;
}

/** A flat piece of surface: corner, two edge vectors, outward normal. */
export interface Face {
  readonly corner: readonly number[];
  readonly u: readonly number[];
  readonly v: readonly number[];
  readonly lengthU: number;
  readonly lengthV: number;
  readonly normal: readonly number[];
}

interface Look {
  readonly reach: number;
  readonly strength: number;
  readonly angle: number;
  readonly viewSeed: number;
  readonly descriptor: Uint8Array;
}

/** Collects landmarks surface by surface. Everything is drawn from `random`'s forks. */
export class LandmarkBuilder {
  private readonly position: number[] = [];
  private readonly normal: number[] = [];
  private readonly contrast: number[] = [];
  private readonly looks: Look[] = [];
  private readonly random: Random;
  private readonly families: readonly Uint8Array[];
  private readonly tiles = new Map<string, readonly (readonly [number, number, Look])[]>();

  constructor(random: Random) {
    this.random = random;
    const own = random.fork('families');
    this.families = Array.from({ length: FAMILIES }, () => drawBytes(own));
  }

  get count(): number {
    return this.looks.length;
  }

  /** @param keep tells whether a landmark at a point may exist */
  addFace(
    name: string,
    face: Face,
    material: Material,
    keep: (x: number, y: number, z: number) => boolean,
  ): void {
    if (material.repeat !== undefined) {
      this.addTiles(face, material, material.repeat, keep);
      return;
    }
    const random = this.random.fork(name);
    const expected = ALL_OVER_COUNTED * material.texture * face.lengthU * face.lengthV;
    const count = Math.floor(expected + random.uniform());
    for (let i = 0; i < count; i++) {
      const a = random.uniform(0, face.lengthU);
      const b = random.uniform(0, face.lengthV);
      this.addAt(face, a, b, this.drawLook(material, random), material.contrast, keep);
    }
  }

  /** Landmarks all around an upright cylinder standing at the origin of its own frame. */
  addCylinder(name: string, radius: number, bottom: number, top: number, texture: number): void {
    const random = this.random.fork(name);
    const material = { name, texture, contrast: 0.6 };
    const count = Math.round(ALL_OVER_COUNTED * texture * 2 * Math.PI * radius * (top - bottom));
    for (let i = 0; i < count; i++) {
      const around = random.uniform(0, 2 * Math.PI);
      const [nx, ny] = [Math.cos(around), Math.sin(around)];
      const z = random.uniform(bottom, top);
      this.add(
        [radius * nx, radius * ny, z],
        [nx, ny, 0],
        this.drawLook(material, random),
        material.contrast,
      );
    }
  }

  /** @param order of the landmarks in the result; absent: as they were added */
  build(order: readonly number[] = [...this.looks.keys()]): Landmarks {
    const count = order.length;
    const out = {
      count,
      position: new Float64Array(3 * count),
      normal: new Float64Array(3 * count),
      reach: new Float64Array(count),
      strength: new Float64Array(count),
      angle: new Float64Array(count),
      contrast: new Float64Array(count),
      viewSeed: new Uint32Array(count),
      descriptors: new Uint8Array(DESCRIPTOR_BYTES * count),
    };
    for (let k = 0; k < count; k++) {
      const i = order[k];
      const look = this.looks[i];
      for (let axis = 0; axis < 3; axis++) {
        out.position[3 * k + axis] = this.position[3 * i + axis];
        out.normal[3 * k + axis] = this.normal[3 * i + axis];
      }
      out.reach[k] = look.reach;
      out.strength[k] = look.strength;
      out.angle[k] = look.angle;
      out.contrast[k] = this.contrast[i];
      out.viewSeed[k] = look.viewSeed;
      out.descriptors.set(look.descriptor, DESCRIPTOR_BYTES * k);
    }
    return out;
  }

  x(i: number): number {
    return this.position[3 * i];
  }

  y(i: number): number {
    return this.position[3 * i + 1];
  }

  reach(i: number): number {
    return this.looks[i].reach;
  }

  /** One square of pattern, laid again and again; the same wherever the material is. */
  private addTiles(
    face: Face,
    material: Material,
    size: number,
    keep: (x: number, y: number, z: number) => boolean,
  ): void {
    let tile = this.tiles.get(material.name);
    if (!tile) {
      const random = this.random.fork(`tile/${material.name}`);
      tile = Array.from({ length: Math.round(ALL_OVER_COUNTED * material.texture * size * size) }, () => {
        const a = random.uniform(0, size);
        return [a, random.uniform(0, size), this.drawLook(material, random)] as const;
      });
      this.tiles.set(material.name, tile);
    }
    for (let left = 0; left < face.lengthU; left += size) {
      for (let low = 0; low < face.lengthV; low += size) {
        for (const [a, b, look] of tile) {
          if (left + a > face.lengthU || low + b > face.lengthV) continue;
          this.addAt(face, left + a, low + b, look, material.contrast, keep);
        }
      }
    }
  }

  private addAt(
    { corner, u, v, normal }: Face,
    a: number,
    b: number,
    look: Look,
    contrast: number,
    keep: (x: number, y: number, z: number) => boolean,
  ): void {
    const x = corner[0] + a * u[0] + b * v[0];
    const y = corner[1] + a * u[1] + b * v[1];
    const z = corner[2] + a * u[2] + b * v[2];
    if (keep(x, y, z)) this.add([x, y, z], normal, look, contrast);
  }

  private add(position: readonly number[], normal: readonly number[], look: Look, contrast: number): void {
    this.position.push(...position);
    this.normal.push(...normal);
    this.contrast.push(contrast);
    this.looks.push(look);
  }

  private drawLook(material: Material, random: Random): Look {
    const inverse = random.uniform(1 / FARTHEST_REACH, 1 / NEAREST_REACH);
    const descriptor = random.pick(this.families).slice();
    flipBits(descriptor, 0, Math.round(256 * (0.12 + 0.2 * material.contrast)), random);
    return {
      reach: 1 / inverse,
      strength: random.uniform(),
      angle: random.uniform(-Math.PI, Math.PI),
      viewSeed: random.word(),
      descriptor,
    };
  }
}

/** Flips `count` bits drawn with replacement of the descriptor at a byte offset. */
export function flipBits(descriptors: Uint8Array, offset: number, count: number, random: Random): void {
  let word = 0;
  for (let i = 0; i < count; i++) {
    if ((i & 3) === 0) word = random.word();
    const bit = word & 255;
    word >>>= 8;
    descriptors[offset + (bit >> 3)] ^= 1 << (bit & 7);
  }
}

export function drawBytes(
  random: Random,
  out: Uint8Array = new Uint8Array(DESCRIPTOR_BYTES),
  at = 0,
): Uint8Array {
  for (let i = 0; i < DESCRIPTOR_BYTES; i += 4) {
    const word = random.word();
    for (let k = 0; k < 4; k++) out[at + i + k] = (word >>> (8 * k)) & 255;
  }
  return out;
}
