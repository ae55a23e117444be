import type { Random } from '../../base/random.ts';
import { compose, inverse, type Pose } from '../../base/se3.ts';
import { composeSimilarity, type Similarity, similarityOf } from '../../base/sim3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { CameraModel, View } from '../map/view.ts';
import { descriptorsOf } from '../mapping/unknown.ts';
import { type PoseEstimate, PoseEstimator } from '../optimize/pose-estimator.ts';
import type { SlamSettings } from '../settings.ts';
import { ProjectionSearch, Projector } from '../tracking/projection.ts';
import type { PlaceIndex } from './place-index.ts';
import { locateView } from './pnp.ts';
import { matchByWords } from './word-matching.ts';

/** Where a keyframe stands if it sees what another place of the map shows. */
export interface Alignment {
  /** Takes the world as the keyframe has it to the world as that place has it. */
  readonly thereFromHere: Similarity;
  /** Points of that place, one entry a keypoint of the keyframe. */
  readonly points: readonly (MapPoint | null)[];
  readonly inliers: number;
  /** 6×6 of the camera's pose at that place, as `PoseResult` has it. */
  readonly information: Float64Array;
}

/** Matches that make a hypothesis worth having, inliers that make it worth a closer look (as ORB-SLAM2 has it), and those that make
 * it true once all of the place was looked for. */
const FEWEST_MATCHES = 15;
const FEWEST_INLIERS = 20;
const FEWEST_IN_WINDOW = 40;
/** Matches of a neighbour that confirm an alignment. */
const FEWEST_CONFIRMING = 20;
const RATIO = 0.85;
/** Windows in which the place's points are looked for, pixels at level 0. */
const WIDE_RADIUS = 10;
const RADIUS = 6;
/** Points seen in both that scale needs. */
const FEWEST_DEPTHS = 15;

/**
 * Aligns a keyframe with another place of the map by what both show. Pose by perspective-n-point and reprojection; where the camera
 * has no depth, scale from how deep the two places have the points that both see.
 */
export class PlaceAligner {
  private readonly places: PlaceIndex<Keyframe>;
  private readonly camera: CameraModel;
  private readonly settings: SlamSettings;
  private readonly random: Random;
  private readonly projector: Projector;
  private readonly search: ProjectionSearch;
  private readonly estimator: PoseEstimator;

  /** @param places holds every keyframe that is to be aligned */
  constructor(
    places: PlaceIndex<Keyframe>,
    camera: CameraModel,
    kernels: Kernels,
    settings: SlamSettings,
    random: Random,
  ) {
    this.places = places;
    this.camera = camera;
    this.settings = settings;
    this.random = random;
    this.projector = new Projector(camera);
    this.search = new ProjectionSearch(kernels);
    this.estimator = new PoseEstimator(kernels, camera);
  }

  /**
   * @param there the keyframe that looks alike
   * @param shown the points that it and its neighbours see
   */
  align(here: Keyframe, there: Keyframe, shown: readonly MapPoint[]): Alignment | undefined {
    const view = lookAfresh(here, here.cameraFromWorld.slice());
    if (!this.poseBySight(view, here, there)) return undefined;
    this.find(view, shown, WIDE_RADIUS);
    if (this.estimator.refine(view).inliers < FEWEST_INLIERS) return undefined;
    const { inliers, information } = this.findAll(view, shown);
    if (inliers < FEWEST_IN_WINDOW) return undefined;
    const scale = this.camera.rig.kind === 'mono' ? this.scaleOf(here, view) : 1;
    if (scale === undefined) return undefined;
    const thereFromCamera = similarityOf(inverse(view.cameraFromWorld), scale);
    const thereFromHere = composeSimilarity(thereFromCamera, similarityOf(here.cameraFromWorld));
    return { thereFromHere, points: view.points, inliers, information };
  }

  /** Whether another keyframe, carried along, sees the place too. */
  confirms(other: Keyframe, thereFromHere: Similarity, shown: readonly MapPoint[]): boolean {
    const view = lookAfresh(other, carriedCamera(other, thereFromHere));
    this.find(view, shown, WIDE_RADIUS);
    return this.estimator.refine(view).inliers >= FEWEST_CONFIRMING;
  }

  /** The view's pose from what it shares with one keyframe. */
  private poseBySight(view: View, here: Keyframe, there: Keyframe): boolean {
    return (
      this.matchWords(view, here, there) >= FEWEST_MATCHES &&
      locateView(view, this.camera, this.random, FEWEST_MATCHES) &&
      this.estimator.refine(view).inliers >= FEWEST_MATCHES
    );
  }

  /** Points of one keyframe among the keypoints of another that show the same visual words. */
  private matchWords(view: View, here: Keyframe, there: Keyframe): number {
    const { places, settings } = this;
    const [wordsHere, wordsThere] = [places.wordsOf(here)!, places.wordsOf(there)!];
    const known = [...there.points.keys()].filter((k) => there.points[k]);
    const words = Int32Array.from(known, (k) => wordsThere[k]);
    const matches = new Int32Array(known.length);
    const sought = { descriptors: descriptorsOf(there, known), words };
    const seen = { descriptors: here.features.descriptors, words: wordsHere };
    const found = matchByWords(sought, seen, settings.strictMatchDistance, RATIO, matches);
    matches.forEach((k, i) => {
      if (k >= 0) view.points[k] = there.points[known[i]];
    });
    return found;
  }

  /** Looks for what is missing around the pose so far, and refines that by all of it. */
  private findAll(view: View, shown: readonly MapPoint[]): PoseEstimate {
    this.find(view, shown, RADIUS);
    return this.estimator.refine(view);
  }

  private find(view: View, shown: readonly MapPoint[], radius: number): void {
    const { projector, search, camera, settings } = this;
    projector.setPose(view.cameraFromWorld);
    search.clear();
    const known = new Set(view.points);
    for (const point of shown) {
      if (known.has(point) || !projector.project(point) || !projector.recognisable(point)) continue;
      const level = projector.level(point);
      search.add(point, projector, radius * camera.scale[level], level - 1, level + 1);
    }
    search.run(view, settings.strictMatchDistance, 1, (point, k) => {
      view.points[k] ??= point;
    });
  }

  /** Metres there over metres here: the median over the points both have, of their depths in the keyframe. */
  private scaleOf(here: Keyframe, view: View): number | undefined {
    const ratios: number[] = [];
    view.points.forEach((there, k) => {
      const point = here.points[k];
      if (!there || !point || there === point) return;
      this.projector.setPose(here.cameraFromWorld);
      if (!this.projector.project(point)) return;
      const depth = this.projector.z;
      this.projector.setPose(view.cameraFromWorld);
      if (this.projector.project(there)) ratios.push(this.projector.z / depth);
    });
    return ratios.length < FEWEST_DEPTHS ? undefined : ratios.sort((a, b) => a - b)[ratios.length >> 1];
  }
}

/** A keyframe's image from another pose, with nothing matched yet. */
function lookAfresh({ features, grid, noise }: Keyframe, cameraFromWorld: Pose): View {
  return { features, grid, noise, cameraFromWorld, points: new Array(features.count).fill(null) };
}

/** Where a keyframe's camera is once it has been carried to another place of the world, scale left aside. */
function carriedCamera(keyframe: Keyframe, thereFromHere: Similarity): Pose {
  const worldFromCamera = similarityOf(inverse(keyframe.cameraFromWorld));
  return inverse(composeSimilarity(thereFromHere, worldFromCamera).slice(0, 7));
}

/** The same for its body. */
export function carriedBody(keyframe: Keyframe, thereFromHere: Similarity, bodyFromCamera: Pose): Pose {
  return inverse(compose(bodyFromCamera, carriedCamera(keyframe, thereFromHere)));
}
