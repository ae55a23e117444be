// Planar poses x y θ; the error is g2o's of an EDGE_SE2. The twin of test/oracle/graph/se2.ts.

import { error, putFrom, putTo } from './edge-buffers';
import { at, put } from './se3';

let relativeX: f64 = 0;
let relativeY: f64 = 0;

@inline
function wrap(angle: f64): f64 {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}

export function evaluateSe2(a: usize, b: usize, measured: usize): void {
  const cos = Math.cos(at(a, 2));
  const sin = Math.sin(at(a, 2));
  const dx = at(b, 0) - at(a, 0);
  const dy = at(b, 1) - at(a, 1);
  relativeX = cos * dx + sin * dy;
  relativeY = cos * dy - sin * dx;
  const ex = relativeX - at(measured, 0);
  const ey = relativeY - at(measured, 1);
  const measuredCos = Math.cos(at(measured, 2));
  const measuredSin = Math.sin(at(measured, 2));
  put(error, 0, measuredCos * ex + measuredSin * ey);
  put(error, 1, measuredCos * ey - measuredSin * ex);
  put(error, 2, wrap(at(b, 2) - at(a, 2) - at(measured, 2)));
}

// After evaluateSe2 of the same edge.
export function differentiateSe2(a: usize, b: usize, measured: usize): void {
  const cos = Math.cos(at(measured, 2));
  const sin = Math.sin(at(measured, 2));
  putFrom(0, 0, -cos);
  putFrom(0, 1, -sin);
  putFrom(0, 2, cos * relativeY - sin * relativeX);
  putFrom(1, 0, sin);
  putFrom(1, 1, -cos);
  putFrom(1, 2, -sin * relativeY - cos * relativeX);
  putFrom(2, 2, -1);
  const turned = at(b, 2) - at(a, 2) - at(measured, 2);
  const turnedCos = Math.cos(turned);
  const turnedSin = Math.sin(turned);
  putTo(0, 0, turnedCos);
  putTo(0, 1, -turnedSin);
  putTo(1, 0, turnedSin);
  putTo(1, 1, turnedCos);
  putTo(2, 2, 1);
}

export function retractSe2(node: usize, step: usize, out: usize): void {
  const cos = Math.cos(at(node, 2));
  const sin = Math.sin(at(node, 2));
  put(out, 0, at(node, 0) + cos * at(step, 0) - sin * at(step, 1));
  put(out, 1, at(node, 1) + sin * at(step, 0) + cos * at(step, 1));
  put(out, 2, wrap(at(node, 2) + at(step, 2)));
}
