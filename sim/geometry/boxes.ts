import type { Solid } from '../scene.ts';

/** Upright boxes as columns of numbers, for ray tests. Lengths in metres, scene frame. */
export class Boxes {
  readonly count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  readonly hx: Float64Array;
  readonly hy: Float64Array;
  readonly bottom: Float64Array;
  readonly top: Float64Array;
  /** Radius of the footprint's circumscribed circle. */
  readonly radius: Float64Array;

  constructor(solids: readonly Omit<Solid, 'id' | 'material' | 'kind'>[]) {
    this.count = solids.length;
    this.x = Float64Array.from(solids, (s) => s.x);
    this.y = Float64Array.from(solids, (s) => s.y);
    this.cos = Float64Array.from(solids, (s) => Math.cos(s.yaw));
    this.sin = Float64Array.from(solids, (s) => Math.sin(s.yaw));
    this.hx = Float64Array.from(solids, (s) => s.hx);
    this.hy = Float64Array.from(solids, (s) => s.hy);
    this.bottom = Float64Array.from(solids, (s) => s.z - s.hz);
    this.top = Float64Array.from(solids, (s) => s.z + s.hz);
    this.radius = Float64Array.from(solids, (s) => Math.sqrt(s.hx * s.hx + s.hy * s.hy));
  }

  place(i: number, x: number, y: number, yaw: number): void {
    this.x[i] = x;
    this.y[i] = y;
    this.cos[i] = Math.cos(yaw);
    this.sin[i] = Math.sin(yaw);
  }

  /**
   * Where the segment from `o`, `d` long, enters box i: a share of the segment in [0, 1], 0 from inside, or
   * Infinity where it misses.
   */
  enter(i: number, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
    let near = 0;
    let far = 1;
    if (dz === 0) {
      if (oz < this.bottom[i] || oz > this.top[i]) return Number.POSITIVE_INFINITY;
    } else {
      const a = (this.bottom[i] - oz) / dz;
      const b = (this.top[i] - oz) / dz;
      near = Math.max(near, Math.min(a, b));
      far = Math.min(far, Math.max(a, b));
      if (near > far) return Number.POSITIVE_INFINITY;
    }
    const c = this.cos[i];
    const s = this.sin[i];
    const rx = ox - this.x[i];
    const ry = oy - this.y[i];
    const lx = c * rx + s * ry;
    const ldx = c * dx + s * dy;
    const hx = this.hx[i];
    if (ldx === 0) {
      if (lx < -hx || lx > hx) return Number.POSITIVE_INFINITY;
    } else {
      const a = (-hx - lx) / ldx;
      const b = (hx - lx) / ldx;
      near = Math.max(near, Math.min(a, b));
      far = Math.min(far, Math.max(a, b));
      if (near > far) return Number.POSITIVE_INFINITY;
    }
    const ly = c * ry - s * rx;
    const ldy = c * dy - s * dx;
    const hy = this.hy[i];
    if (ldy === 0) {
      if (ly < -hy || ly > hy) return Number.POSITIVE_INFINITY;
    } else {
      const a = (-hy - ly) / ldy;
      const b = (hy - ly) / ldy;
      near = Math.max(near, Math.min(a, b));
      far = Math.min(far, Math.max(a, b));
      if (near > far) return Number.POSITIVE_INFINITY;
    }
    return near;
  }

  /** Distance on the floor from a point to the footprint; 0 inside. */
  distance(i: number, px: number, py: number): number {
    const rx = px - this.x[i];
    const ry = py - this.y[i];
    const ox = Math.max(0, Math.abs(this.cos[i] * rx + this.sin[i] * ry) - this.hx[i]);
    const oy = Math.max(0, Math.abs(this.cos[i] * ry - this.sin[i] * rx) - this.hy[i]);
    return Math.sqrt(ox * ox + oy * oy);
  }
}
