import { wrapAngle } from '../../../base/se3.ts';
import type { Manifold } from './manifold.ts';

/** Planar poses `x y θ`; the error is g2o's of an EDGE_SE2: offset in the frame of the measurement, and wrapped angle. */
export class Se2Edges implements Manifold {
  readonly stride = 3;
  readonly dimension = 3;
  readonly error = new Float64Array(3);
  readonly byFrom = new Float64Array(9);
  readonly byTo = new Float64Array(9);
  /** Of `to` in the frame of `from`. */
  private relativeX = 0;
  private relativeY = 0;

  evaluate(nodes: Float64Array, from: number, to: number, measured: Float64Array, edge: number): void {
    const [a, b, m] = [3 * from, 3 * to, 3 * edge];
    const cos = Math.cos(nodes[a + 2]);
    const sin = Math.sin(nodes[a + 2]);
    const dx = nodes[b] - nodes[a];
    const dy = nodes[b + 1] - nodes[a + 1];
    this.relativeX = cos * dx + sin * dy;
    this.relativeY = cos * dy - sin * dx;
    const ex = this.relativeX - measured[m];
    const ey = this.relativeY - measured[m + 1];
    const mCos = Math.cos(measured[m + 2]);
    const mSin = Math.sin(measured[m + 2]);
    this.error[0] = mCos * ex + mSin * ey;
    this.error[1] = mCos * ey - mSin * ex;
    this.error[2] = wrapAngle(nodes[b + 2] - nodes[a + 2] - measured[m + 2]);
  }

  linearize(nodes: Float64Array, from: number, to: number, measured: Float64Array, edge: number): void {
    this.evaluate(nodes, from, to, measured, edge);
    const { byFrom, byTo, relativeX: x, relativeY: y } = this;
    const angle = measured[3 * edge + 2];
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    byFrom[0] = -cos;
    byFrom[1] = -sin;
    byFrom[2] = cos * y - sin * x;
    byFrom[3] = sin;
    byFrom[4] = -cos;
    byFrom[5] = -sin * y - cos * x;
    byFrom[8] = -1;
    const turned = nodes[3 * to + 2] - nodes[3 * from + 2] - angle;
    byTo[0] = Math.cos(turned);
    byTo[1] = -Math.sin(turned);
    byTo[3] = -byTo[1];
    byTo[4] = byTo[0];
    byTo[8] = 1;
  }

  retract(nodes: Float64Array, node: number, delta: Float64Array, at: number, out: Float64Array): void {
    const k = 3 * node;
    const cos = Math.cos(nodes[k + 2]);
    const sin = Math.sin(nodes[k + 2]);
    out[k] = nodes[k] + cos * delta[at] - sin * delta[at + 1];
    out[k + 1] = nodes[k + 1] + sin * delta[at] + cos * delta[at + 1];
    out[k + 2] = wrapAngle(nodes[k + 2] + delta[at + 2]);
  }
}
