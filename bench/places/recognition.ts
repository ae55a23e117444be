import { Random } from '../../base/random.ts';
import {
  angleBetween,
  between,
  compose,
  distance,
  identity,
  inverse,
  log,
  type Pose,
} from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { isFirm } from '../../slam/loops/firmness.ts';
import { PlaceIndex } from '../../slam/loops/place-index.ts';
import { locateRobustly, sightingsOf } from '../../slam/loops/pnp.ts';
import { type CameraModel, cameraModel } from '../../slam/map/view.ts';
import { mahalanobis } from '../../slam/optimize/covariance.ts';
import { PoseEstimator } from '../../slam/optimize/pose-estimator.ts';
import { DEFAULT_SETTINGS } from '../../slam/settings.ts';
import { matchDescriptors } from '../../slam/tracking/descriptor-search.ts';
import { Frame } from '../../slam/tracking/frame.ts';
import type { TrueView, Truth } from './views.ts';

/** An answer to "where was this seen before?", and whether it is true. */
export interface Answer {
  /** There is a true answer. */
  readonly possible: boolean;
  readonly right: boolean;
  /** 0 where nothing was recognised. */
  readonly score: number;
}

export interface Recogniser {
  readonly by: string;
  /** Score from which an answer is believed. */
  readonly enough: number;
  /** Of so many views one is asked about: the slow need not answer all. */
  readonly every: number;
  add(place: TrueView): void;
  /** Returns the judge of what it found, who needs to know all places, so that judging is not timed. */
  recognise(query: TrueView): (places: readonly TrueView[]) => Answer;
}

const CANDIDATES = 4;
const MAX_DISTANCE = 60;
const RATIO = 0.85;
const FEWEST = 12;
/** A pose this far off the truth is a wrong one: metres, radians. */
const WRONG_METRES = 0.3;
const WRONG_RADIANS = (5 * Math.PI) / 180;
/** χ² with six degrees of freedom at 99.9 %. */
const CHI2_POSE = 22.46;
/** The place that looks most alike. */
export function indexed(truth: Truth): Recogniser {
  const index = new PlaceIndex<TrueView>();
  return {
    by: 'index alone',
    enough: 0.02,
    every: 1,
    add: (place) => index.add(place, place.features.descriptors),
    recognise(query) {
      const [best] = index.query(query.features.descriptors, 1);
      return judgeByView(truth, query, best?.place, best?.score ?? 0);
    },
  };
}

/**
 * Of the places that look most alike, the one in which most keypoints agree on a pose.
 * @param held a pose that contradicts the wheels, which every view then has, is not believed, however alike the place looks
 */
export function verified(kernels: Kernels, rig: CameraRig, truth: Truth, held: boolean): Recogniser {
  const index = new PlaceIndex<TrueView>();
  const matcher = new Matcher(kernels, rig);
  return {
    by: held ? 'index + PnP + wheels' : 'index + PnP',
    enough: 20,
    every: 1,
    add: (place) => index.add(place, place.features.descriptors),
    recognise(query) {
      let best = { inliers: 0, right: () => false };
      for (const { place } of index.query(query.features.descriptors, CANDIDATES)) {
        const found = matcher.locate(query, place);
        if (!found || found.inliers <= best.inliers) continue;
        if (!held || agreesWithWheels(query, place, found.queryFromPlace, rig))
          best = { inliers: found.inliers, right: () => isTruePose(query, place, found.queryFromPlace) };
      }
      return (places) => ({
        possible: isPossible(truth, query, places),
        right: best.right(),
        score: best.inliers,
      });
    },
  };
}

/** The place with most matches of all. @param every one of so many views is asked about */
export function bruteForce(kernels: Kernels, rig: CameraRig, truth: Truth, every: number): Recogniser {
  const places: TrueView[] = [];
  const matcher = new Matcher(kernels, rig);
  return {
    by: 'brute force',
    enough: 40,
    every,
    add: (place) => places.push(place),
    recognise(query) {
      let best: TrueView | undefined;
      let most = 0;
      for (const place of places) {
        const count = matcher.match(query, place).found;
        if (count > most) [most, best] = [count, place];
      }
      return judgeByView(truth, query, best, most);
    },
  };
}

/** Share of the possible answers that are given, with a score above that of every wrong one. */
export function recallAtFullPrecision(answers: readonly Answer[]): number {
  const wrong = answers.filter(({ right }) => !right).map(({ score }) => score);
  const highest = Math.max(0, ...wrong);
  return recall(answers, ({ score }) => score > highest);
}

export function recallAbove(answers: readonly Answer[], enough: number): number {
  return recall(answers, ({ score }) => score >= enough);
}

/** Share of the answers given that are right. */
export function precisionAbove(answers: readonly Answer[], enough: number): number {
  const given = answers.filter(({ score }) => score >= enough);
  return given.filter(({ right }) => right).length / given.length;
}

function recall(answers: readonly Answer[], given: (answer: Answer) => boolean): number {
  const possible = answers.filter((answer) => answer.possible);
  return possible.filter((answer) => answer.right && given(answer)).length / possible.length;
}

function judgeByView(truth: Truth, query: TrueView, found: TrueView | undefined, score: number) {
  return (places: readonly TrueView[]): Answer => ({
    possible: isPossible(truth, query, places),
    right: found !== undefined && truth.right(query, found),
    score,
  });
}

function isPossible(truth: Truth, query: TrueView, places: readonly TrueView[]): boolean {
  return places.some((place) => truth.same(query, place));
}

function isTruePose(query: TrueView, place: TrueView, queryFromPlace: Pose): boolean {
  const worldFromQuery = compose(place.worldFromCamera, inverse(queryFromPlace));
  return (
    distance(worldFromQuery, query.worldFromCamera) <= WRONG_METRES &&
    angleBetween(worldFromQuery, query.worldFromCamera) <= WRONG_RADIANS
  );
}

/** As `Relocaliser` asks. */
function agreesWithWheels(query: TrueView, place: TrueView, queryFromPlace: Pose, rig: CameraRig): boolean {
  const [now, then] = [query.wheels!, place.wheels!];
  const { bodyFromCamera } = rig;
  const bodyFromBody = compose(compose(bodyFromCamera, inverse(queryFromPlace)), inverse(bodyFromCamera));
  const off = log(between(now.worldFromBody, compose(then.worldFromBody, bodyFromBody)));
  const covariance = now.covariance.map(
    (value, i) => DEFAULT_SETTINGS.odometryInflation * (value + then.covariance[i]),
  );
  return mahalanobis(off, covariance) <= CHI2_POSE;
}

/** Matches two views as relocalisation does. */
class Matcher {
  private readonly kernels: Kernels;
  private readonly camera: CameraModel;
  private readonly estimator: PoseEstimator;
  private readonly random = new Random('bench/places');

  constructor(kernels: Kernels, rig: CameraRig) {
    this.kernels = kernels;
    this.camera = cameraModel(rig);
    this.estimator = new PoseEstimator(kernels, this.camera);
  }

  /** By descriptors alone. */
  match(query: TrueView, place: TrueView): { frame: Frame; found: number } {
    const frame = new Frame(query.time, query.features, this.camera.rig, identity());
    return { frame, found: matchDescriptors(this.kernels, place.points, frame, MAX_DISTANCE, RATIO) };
  }

  /** And by what of it a pose explains. */
  locate(query: TrueView, place: TrueView): { inliers: number; queryFromPlace: Pose } | undefined {
    const { frame, found } = this.match(query, place);
    if (found < FEWEST) return undefined;
    const located = locateRobustly(sightingsOf(frame, this.camera), this.random, FEWEST);
    if (!located) return undefined;
    frame.cameraFromWorld.set(located.cameraFromWorld);
    const { inliers, information } = this.estimator.refine(frame);
    return isFirm(frame, information) ? { inliers, queryFromPlace: frame.cameraFromWorld } : undefined;
  }
}
