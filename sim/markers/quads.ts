import cv from 'js-aruco2/src/cv.js';

const { CV } = cv;
/** Pixels from a pixel's neighbourhood to its edge, and how much darker (grey levels) than it a marker's frame is. */
const NEIGHBOURHOOD = 2;
const DARKER = 7;
/** Shortest side looked at, pixels. */
const SHORTEST = 8;
/** How far a contour may stray from straight sides, as a share of its length. */
const STRAY = 0.05;

/** Finds dark four-cornered shapes in an image (contours of an adaptive threshold, after js-aruco2). */
export class QuadFinder {
  private readonly grey: { width: number; height: number; data: Uint8Array };
  private readonly binary: { width: number; height: number; data: Uint8Array };
  private readonly scratch: Int32Array;

  constructor(width: number, height: number) {
    this.grey = { width, height, data: new Uint8Array() };
    this.binary = { width, height, data: new Uint8Array(width * height) };
    this.scratch = new Int32Array((width + 2) * (height + 2));
  }

  /** Corners of convex quads, x and y by turns, clockwise in the picture; pixels. */
  find(grey: Uint8Array): Float64Array[] {
    this.grey.data = grey;
    CV.adaptiveThreshold(this.grey, this.binary, NEIGHBOURHOOD, DARKER);
    const quads: Float64Array[] = [];
    for (const contour of CV.findContours(this.binary, this.scratch)) {
      if (contour.length < 4 * SHORTEST) continue;
      const polygon = CV.approxPolyDP(contour, contour.length * STRAY);
      if (polygon.length !== 4 || !CV.isContourConvex(polygon)) continue;
      if (CV.minEdgeLength(polygon) < SHORTEST) continue;
      quads.push(clockwise(polygon.flatMap(({ x, y }) => [x, y])));
    }
    return quads;
  }
}

function clockwise([ax, ay, bx, by, cx, cy, dx, dy]: readonly number[]): Float64Array {
  const turn = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  return Float64Array.from(turn > 0 ? [ax, ay, bx, by, cx, cy, dx, dy] : [ax, ay, dx, dy, cx, cy, bx, by]);
}
