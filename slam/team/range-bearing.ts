/** Range and bearing of something seen: metres, and radians to the left of straight ahead. */
export interface RangeBearing {
  readonly range: number;
  readonly bearing: number;
}

/** Standard deviations of it. */
export interface RangeBearingNoise {
  /** Metres, however near it is. */
  readonly range: number;
  /** And so many metres more a metre of range. */
  readonly rangePerMetre: number;
  /** Radians, however far it is. */
  readonly bearing: number;
  /** How far the centre of what is seen may be off sideways, metres: it matters near by. */
  readonly sideways: number;
}

/** Nearer than this, a bearing is no better. */
const NEAREST = 0.3;

export function rangeVariance({ range, rangePerMetre }: RangeBearingNoise, metres: number): number {
  return range * range + rangePerMetre * metres * (rangePerMetre * metres);
}

export function bearingVariance({ bearing, sideways }: RangeBearingNoise, metres: number): number {
  const off = sideways / Math.max(metres, NEAREST);
  return bearing * bearing + off * off;
}

/** Where it is in the frame of who sees it, and the 6×6 covariance of that as a pose whose heading (z, roll and pitch too) is not known. */
export function placeOf(
  { range, bearing }: RangeBearing,
  noise: RangeBearingNoise,
): { x: number; y: number; covariance: Float64Array } {
  const [c, s] = [Math.cos(bearing), Math.sin(bearing)];
  const along = rangeVariance(noise, range);
  const across = range * range * bearingVariance(noise, range);
  const covariance = new Float64Array(36);
  for (let axis = 2; axis < 6; axis++) covariance[7 * axis] = Number.POSITIVE_INFINITY;
  covariance[0] = along * c * c + across * s * s;
  covariance[1] = covariance[6] = (along - across) * c * s;
  covariance[7] = along * s * s + across * c * c;
  return { x: range * c, y: range * s, covariance };
}
