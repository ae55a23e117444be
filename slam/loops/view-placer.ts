import type { Random } from '../../base/random.ts';
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

/** What it takes to be believed. */
export interface Enough {
  /** Matches that make a hypothesis worth having, */
  readonly matches: number;
  /** inliers that make it worth a closer look, */
  readonly inliers: number;
  /** and those that make it true once all of the place was looked for. */
  readonly inWindow: number;
}

const RATIO = 0.85;
/** Windows in which the place's points are looked for, pixels at level 0. */
const WIDE_RADIUS = 10;
const RADIUS = 6;

/** Poses a view of one camera by what it sees of a place that a map knows: perspective-n-point, then reprojection. */
export class ViewPlacer {
  private readonly places: PlaceIndex<Keyframe>;
  private readonly camera: CameraModel;
  private readonly settings: SlamSettings;
  private readonly enough: Enough;
  private readonly random: Random;
  private readonly projector: Projector;
  private readonly search: ProjectionSearch;
  private readonly estimator: PoseEstimator;

  /**
   * @param places holds every keyframe that shows a place
   * @param camera that of the views
   */
  constructor(
    places: PlaceIndex<Keyframe>,
    camera: CameraModel,
    kernels: Kernels,
    settings: SlamSettings,
    enough: Enough,
    random: Random,
  ) {
    this.places = places;
    this.camera = camera;
    this.settings = settings;
    this.enough = enough;
    this.random = random;
    this.projector = new Projector(camera);
    this.search = new ProjectionSearch(kernels);
    this.estimator = new PoseEstimator(kernels, camera);
  }

  /**
   * Poses a view in the world of the map, wherever it is; it then has the points it was found by.
   * @param words visual word of each of its keypoints
   * @param place the keyframe that looks alike, and its neighbours
   */
  place(view: View, words: Int32Array, place: readonly Keyframe[]): PoseEstimate | undefined {
    if (!this.poseBySight(view, words, place[0])) return undefined;
    const shown = pointsOf(place);
    if (this.confirm(view, shown).inliers < this.enough.inliers) return undefined;
    this.find(view, shown, RADIUS);
    const estimate = this.estimator.refine(view);
    return estimate.inliers < this.enough.inWindow ? undefined : estimate;
  }

  /** Looks for points about where a view's pose says they are, and refines that by what it finds. */
  confirm(view: View, shown: readonly MapPoint[]): PoseEstimate {
    this.find(view, shown, WIDE_RADIUS);
    return this.estimator.refine(view);
  }

  /** The view's pose from what it shares with one keyframe. */
  private poseBySight(view: View, words: Int32Array, there: Keyframe): boolean {
    const { matches } = this.enough;
    return (
      this.matchWords(view, words, there) >= matches &&
      locateView(view, this.camera, this.random, matches) &&
      this.estimator.refine(view).inliers >= matches
    );
  }

  /** Points of a keyframe among the keypoints of the view that show the same visual words. */
  private matchWords(view: View, wordsHere: Int32Array, there: Keyframe): number {
    const wordsThere = this.places.wordsOf(there)!;
    const known = [...there.points.keys()].filter((k) => there.points[k]);
    const words = Int32Array.from(known, (k) => wordsThere[k]);
    const matches = new Int32Array(known.length);
    const sought = { descriptors: descriptorsOf(there, known), words };
    const seen = { descriptors: view.features.descriptors, words: wordsHere };
    const found = matchByWords(sought, seen, this.settings.strictMatchDistance, RATIO, matches);
    matches.forEach((k, i) => {
      if (k >= 0) view.points[k] = there.points[known[i]];
    });
    return found;
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
}

/** An image from another pose, with nothing matched yet. */
export function lookAfresh(
  { features, grid, noise }: Omit<View, 'points' | 'cameraFromWorld'>,
  cameraFromWorld: View['cameraFromWorld'],
): View {
  return { features, grid, noise, cameraFromWorld, points: new Array(features.count).fill(null) };
}

/** What keyframes see. */
export function pointsOf(keyframes: readonly Keyframe[]): MapPoint[] {
  const points = new Set<MapPoint>();
  for (const keyframe of keyframes) for (const point of keyframe.points) if (point) points.add(point);
  return [...points];
}
