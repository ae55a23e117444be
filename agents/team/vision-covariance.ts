/** σ of a matched point in the image, pixels: corners of coarser pyramid levels and what bundle adjustment has not yet settled included. */
const PIXEL_SIGMA = 2;
/** What no number of points makes better: metres, radians. */
const FLOOR = [0.001, 0.0004];

/**
 * 6×6 covariance `[translation, rotation]` of a relative pose between images that share points.
 * @param shared points that both see
 * @param depth how far they are, metres
 * @param focal pixels
 */
export function visionCovariance(shared: number, depth: number, focal: number): Float64Array {
  const angle = PIXEL_SIGMA / (focal * Math.sqrt(Math.max(1, shared)));
  const covariance = new Float64Array(36);
  for (let i = 0; i < 6; i++) {
    const sigma = i < 3 ? angle * depth : angle;
    const floor = FLOOR[i < 3 ? 0 : 1];
    covariance[7 * i] = sigma * sigma + floor * floor;
  }
  return covariance;
}
