import type { CameraRig } from '../../base/sensors.ts';

/** How a lens maps rays to pixels. Pixels are `[u, v]`; ideal pixels are those of an undistorted pinhole with the same matrix. */
export interface LensModel {
  /** Ideal pixel of a raw one; writes into `out`. */
  undistort(u: number, v: number, out: Float64Array): void;
  /** Raw pixel of an ideal one; writes into `out`. */
  distort(u: number, v: number, out: Float64Array): void;
}

export function lensOf(rig: CameraRig): LensModel {
  return rig.distortion?.some((k) => k !== 0) ? new RadialTangential(rig, rig.distortion) : PINHOLE;
}

const PINHOLE: LensModel = {
  undistort: (u, v, out) => out.set([u, v]),
  distort: (u, v, out) => out.set([u, v]),
};

/** Iterations of the fixed-point inverse; each gains about a digit on ordinary lenses. */
const ITERATIONS = 12;

/** Brown-Conrady `[k1, k2, p1, p2, k3]`, as OpenCV has it. */
class RadialTangential implements LensModel {
  private readonly rig: CameraRig;
  private readonly k: readonly number[];

  constructor(rig: CameraRig, coefficients: readonly number[]) {
    this.rig = rig;
    this.k = [0, 1, 2, 3, 4].map((i) => coefficients[i] ?? 0);
  }

  undistort(u: number, v: number, out: Float64Array): void {
    const { fx, fy, cx, cy } = this.rig;
    const [k1, k2, p1, p2, k3] = this.k;
    const rawX = (u - cx) / fx;
    const rawY = (v - cy) / fy;
    let x = rawX;
    let y = rawY;
    for (let i = 0; i < ITERATIONS; i++) {
      const r2 = x * x + y * y;
      const radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
      const dx = 2 * p1 * x * y + p2 * (r2 + 2 * x * x);
      const dy = p1 * (r2 + 2 * y * y) + 2 * p2 * x * y;
      x = (rawX - dx) / radial;
      y = (rawY - dy) / radial;
    }
    out[0] = fx * x + cx;
    out[1] = fy * y + cy;
  }

  distort(u: number, v: number, out: Float64Array): void {
    const { fx, fy, cx, cy } = this.rig;
    const [k1, k2, p1, p2, k3] = this.k;
    const x = (u - cx) / fx;
    const y = (v - cy) / fy;
    const r2 = x * x + y * y;
    const radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
    out[0] = fx * (x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)) + cx;
    out[1] = fy * (y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y) + cy;
  }
}
