import { symmetricEigen } from '../optimize/eigen.ts';

/**
 * Matched keypoints of two images as rays: `x = (u − cx) / fx`, `y = (v − cy) / fy`. Such coordinates are of order one, which is
 * all that normalisation before a linear fit is for (Hartley, PAMI 1997), and homographies and fundamental matrices between
 * them are those of calibrated cameras.
 */
export interface RayPairs {
  readonly count: number;
  /** 2 a pair. */
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** 1/σ² of a coordinate in either image. */
  readonly firstInformation: Float64Array;
  readonly secondInformation: Float64Array;
}

/** Times the rotation is fitted, each time to the pairs that fitted it best before, and their share. */
const ROUNDS = 4;
const FITTING_SHARE = 0.6;

/**
 * What a turn of the camera does not explain: the median angle, radians, between the rays of the first image turned as fits best
 * and those of the second. Near the noise where the camera only turned, or looks at what is far away.
 */
export function medianParallax(pairs: RayPairs): number {
  return pairs.count === 0 ? 0 : fitTurn(pairs).parallax;
}

export interface Turn {
  /** Row-major; brings the rays of the first image to those of the second. */
  readonly rotation: Float64Array;
  /** Median angle it leaves, radians. */
  readonly parallax: number;
}

/** The turn of the camera that most pairs agree on. */
export function fitTurn(pairs: RayPairs): Turn {
  const { count } = pairs;
  let rotation: Float64Array = new Float64Array(9);
  const first = unitRays(pairs.first, count);
  const second = unitRays(pairs.second, count);
  let chosen = Array.from({ length: count }, (_, i) => i);
  let left: Float64Array = new Float64Array(count);
  for (let round = 0; round < ROUNDS; round++) {
    rotation = fitRotation(first, second, chosen);
    left = anglesLeft(first, second, rotation);
    chosen = [...left.keys()]
      .sort((i, j) => left[i] - left[j] || i - j)
      .slice(0, Math.max(3, FITTING_SHARE * count));
  }
  return { rotation, parallax: left.sort()[count >> 1] };
}

function unitRays(rays: Float64Array, count: number): Float64Array {
  const out = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const [x, y] = [rays[2 * i], rays[2 * i + 1]];
    const scale = 1 / Math.sqrt(x * x + y * y + 1);
    out.set([x * scale, y * scale, scale], 3 * i);
  }
  return out;
}

/** Rotation, row-major, that brings the first rays nearest to the second (Horn, JOSA 1987). */
function fitRotation(first: Float64Array, second: Float64Array, chosen: readonly number[]): Float64Array {
  const s = new Float64Array(9);
  for (const i of chosen) {
    for (let r = 0; r < 3; r++)
      for (let c = 0; c < 3; c++) s[3 * r + c] += first[3 * i + r] * second[3 * i + c];
  }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s;
  const horn = Float64Array.of(
    ...[xx + yy + zz, yz - zy, zx - xz, xy - yx],
    ...[yz - zy, xx - yy - zz, xy + yx, zx + xz],
    ...[zx - xz, xy + yx, yy - xx - zz, yz + zy],
    ...[xy - yx, zx + xz, yz + zy, zz - xx - yy],
  );
  const [w, x, y, z] = symmetricEigen(horn, 4).vectors;
  return Float64Array.of(
    ...[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    ...[2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    ...[2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  );
}

function anglesLeft(first: Float64Array, second: Float64Array, r: Float64Array): Float64Array {
  const out = new Float64Array(first.length / 3);
  for (let i = 0; i < out.length; i++) {
    const [x, y, z] = first.subarray(3 * i, 3 * i + 3);
    const dx = r[0] * x + r[1] * y + r[2] * z - second[3 * i];
    const dy = r[3] * x + r[4] * y + r[5] * z - second[3 * i + 1];
    const dz = r[6] * x + r[7] * y + r[8] * z - second[3 * i + 2];
    out[i] = Math.sqrt(dx * dx + dy * dy + dz * dz);
  }
  return out;
}
