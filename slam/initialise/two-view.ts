import type { Random } from '../../base/random.ts';
import { type Pose, poseOf, quaternionOf } from '../../base/se3.ts';
import { decomposeEssential, fitEssential, scoreEssential } from './essential.ts';
import { decomposeHomography, fitHomography, scoreHomography } from './homography.ts';
import { CHI2_TWO, type Motion } from './motion.ts';
import type { RayPairs } from './ray-pairs.ts';

/** Two-view reconstruction, of a plane or of a scene with depth, whichever it is (Mur-Artal, Montiel, Tardós, T-RO 2015, section IV). */

const HYPOTHESES = 200;
const SAMPLE = 8;
const HOMOGRAPHY_SAMPLE = 4;
/** Refits of a model to the pairs that agree with it. */
const REFITS = 3;
/** S_H / (S_H + S_F) above which the scene is taken for a plane. */
const PLANAR = 0.45;
/** Of the pairs that agree with the model, the winner must place this share; any other motion less than this share of the winner's. */
const WINNER_SHARE = 0.8;
const RUNNER_UP_SHARE = 0.75;
/** Cosine of the angle between two rays above which they are parallel for all one can tell: 0.36°. */
const PARALLEL = 0.99998;

export interface TwoViewOptions {
  /** Fewest points placed. */
  readonly fewest: number;
  /** Least median angle between the two rays of a placed point, radians. */
  readonly parallax: number;
}

export interface TwoView {
  readonly model: 'homography' | 'essential';
  /** Of length-one translation. */
  readonly secondFromFirst: Pose;
  /** 1 where a pair's point is placed, in the first camera's frame at `points`, 3 a pair. */
  readonly placed: Uint8Array;
  readonly points: Float64Array;
  readonly count: number;
  /** Median angle between the rays of the placed points, radians. */
  readonly parallax: number;
}

/** The motion between two images and the points both see; undefined where the pairs do not tell it beyond doubt. */
export function reconstruct(pairs: RayPairs, random: Random, options: TwoViewOptions): TwoView | undefined {
  if (pairs.count < SAMPLE) return undefined;
  const { homography, essential } = estimateModels(pairs, random);
  const planar = homography.score / (homography.score + essential.score) > PLANAR;
  const model = planar ? homography : essential;
  const motions = planar ? decomposeHomography(model.matrix) : decomposeEssential(model.matrix);
  const winner = chooseMotion(pairs, model.inlier, motions);
  if (!winner || winner.count < options.fewest || !(winner.parallax >= options.parallax)) return undefined;
  return { model: planar ? 'homography' : 'essential', ...winner };
}

interface Model {
  readonly matrix: Float64Array;
  readonly score: number;
  readonly inlier: Uint8Array;
}

/** Both models from the same samples, each with the best score met. */
export function estimateModels(pairs: RayPairs, random: Random): { homography: Model; essential: Model } {
  const homography = new Search(pairs, HOMOGRAPHY_SAMPLE, fitHomography, scoreHomography);
  const essential = new Search(pairs, SAMPLE, fitEssential, scoreEssential);
  for (let n = 0; n < HYPOTHESES; n++) {
    const sample = drawSample(pairs.count, random);
    homography.consider(sample.slice(0, HOMOGRAPHY_SAMPLE));
    essential.consider(sample);
  }
  return { homography: homography.best, essential: essential.best };
}

/** The best model so far; each that betters it is fitted again to all that agree (Chum, Matas, Kittler, DAGM 2003). */
class Search {
  best: Model;
  private readonly pairs: RayPairs;
  private readonly fewest: number;
  private readonly fit: (pairs: RayPairs, chosen: readonly number[]) => Float64Array;
  private readonly scoreOf: (matrix: Float64Array, pairs: RayPairs, inlier: Uint8Array) => number;

  constructor(
    pairs: RayPairs,
    fewest: number,
    fit: (pairs: RayPairs, chosen: readonly number[]) => Float64Array,
    scoreOf: (matrix: Float64Array, pairs: RayPairs, inlier: Uint8Array) => number,
  ) {
    this.pairs = pairs;
    this.fewest = fewest;
    this.fit = fit;
    this.scoreOf = scoreOf;
    this.best = { matrix: new Float64Array(9), score: -1, inlier: new Uint8Array(pairs.count) };
  }

  consider(sample: readonly number[]): void {
    let agreeing = sample;
    for (let n = 0; n <= REFITS && agreeing.length >= this.fewest; n++) {
      const matrix = this.fit(this.pairs, agreeing);
      const inlier = new Uint8Array(this.pairs.count);
      const score = this.scoreOf(matrix, this.pairs, inlier);
      if (score <= this.best.score) return;
      this.best = { matrix, score, inlier };
      agreeing = indicesOf(inlier);
    }
  }
}

function drawSample(count: number, random: Random): number[] {
  const sample: number[] = [];
  while (sample.length < SAMPLE) {
    const i = random.int(count);
    if (!sample.includes(i)) sample.push(i);
  }
  return sample;
}

function indicesOf(mask: Uint8Array): number[] {
  const out: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i]) out.push(i);
  return out;
}

type Placement = Omit<TwoView, 'model'>;

/** The one motion that puts nearly all points in front of both cameras; undefined where two do, or none. */
function chooseMotion(
  pairs: RayPairs,
  inlier: Uint8Array,
  motions: readonly Motion[],
): Placement | undefined {
  let best: (Placement & { good: number }) | undefined;
  let second = 0;
  for (const motion of motions) {
    const placement = place(pairs, inlier, motion);
    if (!best || placement.good > best.good) {
      second = Math.max(second, best?.good ?? 0);
      best = placement;
    } else {
      second = Math.max(second, placement.good);
    }
  }
  const agreeing = indicesOf(inlier).length;
  if (!best || best.good < WINNER_SHARE * agreeing || second > RUNNER_UP_SHARE * best.good) return undefined;
  return best;
}

/** Where the pairs' rays meet, for those that meet in front of both cameras and near enough to be told from infinity. */
function place(pairs: RayPairs, inlier: Uint8Array, motion: Motion): Placement & { good: number } {
  const { rotation: r, direction: t } = motion;
  const [qx, qy, qz, qw] = quaternionOf(r);
  const placed = new Uint8Array(pairs.count);
  const points = new Float64Array(3 * pairs.count);
  const angles: number[] = [];
  let good = 0;
  for (let i = 0; i < pairs.count; i++) {
    if (!inlier[i]) continue;
    const meeting = meet(pairs, i, r, t);
    if (!meeting) continue;
    good++;
    if (meeting.cosine > PARALLEL) continue;
    placed[i] = 1;
    points.set(meeting.point, 3 * i);
    angles.push(Math.acos(meeting.cosine));
  }
  angles.sort((a, b) => a - b);
  return {
    secondFromFirst: poseOf(t[0], t[1], t[2], qx, qy, qz, qw),
    placed,
    points,
    count: angles.length,
    parallax: angles[angles.length >> 1] ?? 0,
    good,
  };
}

/** Half way between the nearest points of a pair's two rays, first camera's frame; undefined behind a camera or off its pixels. */
function meet(
  { first, second, firstInformation, secondInformation }: RayPairs,
  i: number,
  r: Float64Array,
  t: readonly number[],
): { point: number[]; cosine: number } | undefined {
  const a = [first[2 * i], first[2 * i + 1], 1];
  const [u, v] = [second[2 * i], second[2 * i + 1]];
  // The second ray and its camera in the first camera's frame.
  const b = [0, 1, 2].map((k) => r[k] * u + r[3 + k] * v + r[6 + k]);
  const c = [0, 1, 2].map((k) => -(r[k] * t[0] + r[3 + k] * t[1] + r[6 + k] * t[2]));
  const [aa, bb, ab, ac, bc] = [dot(a, a), dot(b, b), dot(a, b), dot(a, c), dot(b, c)];
  const cosine = ab / Math.sqrt(aa * bb);
  const determinant = aa * bb - ab * ab;
  if (!(determinant > 0)) return undefined;
  const alongA = (ac * bb - bc * ab) / determinant;
  const alongB = (ac * ab - bc * aa) / determinant;
  const point = [0, 1, 2].map((k) => (alongA * a[k] + c[k] + alongB * b[k]) / 2);
  if (cosine <= PARALLEL && !(alongA > 0 && alongB > 0)) return undefined;
  const x = r[0] * point[0] + r[1] * point[1] + r[2] * point[2] + t[0];
  const y = r[3] * point[0] + r[4] * point[1] + r[5] * point[2] + t[1];
  const z = r[6] * point[0] + r[7] * point[1] + r[8] * point[2] + t[2];
  const here = square(point[0] / point[2] - a[0]) + square(point[1] / point[2] - a[1]);
  const there = square(x / z - u) + square(y / z - v);
  if (here * firstInformation[i] > CHI2_TWO || there * secondInformation[i] > CHI2_TWO) return undefined;
  return { point, cosine: Math.min(1, cosine) };
}

function square(value: number): number {
  return value * value;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
