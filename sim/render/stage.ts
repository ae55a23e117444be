import type { Look } from './looks.ts';

/** Sizes of the kernel's records: see assembly/records.ts. */
export const BODY_NUMBERS = 12;
export const POLYGON_BYTES = 136;
const LAYER_BYTES = 24;

type Vector = readonly [number, number, number];

/** A flat, convex piece of surface in its body's frame. */
export interface Surface {
  /** Counter-clockwise seen from outside, metres. */
  readonly corners: readonly Vector[];
  readonly normal: Vector;
  /** Where its texture begins, and the unit vectors along it. */
  readonly origin: Vector;
  readonly u: Vector;
  readonly v: Vector;
  /** Index of a look of the stage. */
  readonly look: number;
  readonly seed: number;
  /** Grey level before texture, and 0…1 how strong that is. */
  readonly grey: number;
  readonly strength: number;
  /** It lies flat on another surface, and shows. */
  readonly onTop?: boolean;
}

/** A square image on a surface: `side`² grey values and their halved images; texture coordinates run from 0 to 1 over it. */
export interface Bitmap {
  readonly levels: Uint8Array;
}

/** Where an upright body stands. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly cos: number;
  readonly sin: number;
  /** m/s, scene frame. */
  readonly vx: number;
  readonly vy: number;
  readonly present: boolean;
}

/** A body with its surfaces: `count` of the stage's, from `first` on. */
export interface StagedBody extends Placement {
  /** Metres: of a sphere around it, and height of that sphere's centre. */
  readonly radius: number;
  readonly middle: number;
  readonly first: number;
  readonly count: number;
}

export const AT_ORIGIN: Placement = { x: 0, y: 0, cos: 1, sin: 0, vx: 0, vy: 0, present: true };

/** Share of its depth by which something flat on a surface counts as before it. */
const BEFORE = 1e-4;

/** Everything that can be seen, as the kernel wants it: looks, bodies, polygons and their vertices. */
export class Stage {
  readonly looks: (Look | Bitmap)[] = [];
  readonly bodies: StagedBody[] = [];
  readonly surfaces: Surface[] = [];

  get bodyCount(): number {
    return this.bodies.length;
  }

  get polygonCount(): number {
    return this.surfaces.length;
  }

  get vertexCount(): number {
    return this.surfaces.reduce((sum, { corners }) => sum + corners.length, 0);
  }

  addLook(look: Look | Bitmap): number {
    return this.looks.push(look) - 1;
  }

  /** @returns the body's index */
  addBody(surfaces: readonly Surface[], placement: Placement = AT_ORIGIN): number {
    let radius = 0;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    const corners = surfaces.flatMap((surface) => surface.corners);
    for (const [, , z] of corners) {
      low = Math.min(low, z);
      high = Math.max(high, z);
    }
    const middle = (low + high) / 2;
    for (const [x, y, z] of corners)
      radius = Math.max(radius, Math.sqrt(x * x + y * y + (z - middle) * (z - middle)));
    const first = this.surfaces.length;
    this.surfaces.push(...surfaces);
    return this.bodies.push({ ...placement, radius, middle, first, count: surfaces.length }) - 1;
  }

  bodyRecords(): Float64Array {
    return Float64Array.from(
      this.bodies.flatMap(({ x, y, cos, sin, vx, vy, radius, middle, first, count, present }) => {
        return [x, y, cos, sin, vx, vy, radius, middle, first, count, present ? 1 : 0, 0];
      }),
    );
  }

  vertexRecords(): Float64Array {
    return Float64Array.from(this.surfaces.flatMap(({ corners }) => corners.flat()));
  }

  /** @param lookAddress by index of the look */
  polygonRecords(lookAddress: readonly number[]): Uint8Array {
    const out = new DataView(new ArrayBuffer(POLYGON_BYTES * this.surfaces.length));
    let vertex = 0;
    this.surfaces.forEach((surface, k) => {
      const { normal, corners, origin, u, v } = surface;
      const at = POLYGON_BYTES * k;
      const offset = normal[0] * corners[0][0] + normal[1] * corners[0][1] + normal[2] * corners[0][2];
      [...normal, offset, ...origin, ...u, ...v].forEach((value, i) => {
        out.setFloat64(at + 8 * i, value, true);
      });
      out.setInt32(at + 104, vertex, true);
      out.setInt32(at + 108, corners.length, true);
      out.setInt32(at + 112, lookAddress[surface.look], true);
      out.setInt32(at + 116, surface.seed, true);
      out.setFloat32(at + 120, surface.grey, true);
      out.setFloat32(at + 124, surface.strength, true);
      out.setFloat64(at + 128, surface.onTop ? BEFORE : 0, true);
      vertex += corners.length;
    });
    return new Uint8Array(out.buffer);
  }
}

/** Bytes of a look's record. */
export function lookBytes(look: Look | Bitmap): number {
  return 16 + ('layers' in look ? LAYER_BYTES * look.layers.length : 0);
}

/** @param bitmap address of its image, where it is one */
export function lookRecord(look: Look | Bitmap, bitmap: number): Uint8Array {
  const out = new DataView(new ArrayBuffer(lookBytes(look)));
  const layers = 'layers' in look ? look.layers : [];
  out.setInt32(0, layers.length, true);
  out.setInt32(4, bitmap, true);
  layers.forEach(({ cells, period, share, amplitude, turn, tile }, k) => {
    const at = 16 + LAYER_BYTES * k;
    out.setFloat32(at, cells, true);
    out.setFloat32(at + 4, period, true);
    out.setInt32(at + 8, Math.round(1024 * share), true);
    out.setFloat32(at + 12, amplitude / 127, true);
    out.setFloat32(at + 16, turn, true);
    out.setInt32(at + 20, tile, true);
  });
  return new Uint8Array(out.buffer);
}
