import { rotationMatrix } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import { type PoseEstimate, PoseEstimator, type PosePrior } from '../optimize/pose-estimator.ts';
import type { SlamSettings } from '../settings.ts';
import { matchDescriptors } from './descriptor-search.ts';
import type { Frame } from './frame.ts';
import { LocalMap } from './local-map.ts';
import { OrientationVote } from './orientation.ts';
import { ProjectionSearch, Projector } from './projection.ts';

/** Matches without which a pose is not even tried. */
const FEWEST_MATCHES = 15;
const WIDE = 2;
/** Share of its matches that must agree on a pose for a search to be good enough. */
const CLEAR_SHARE = 0.6;
/** Best over second best distance where no window limits the search. */
const ANYWHERE_RATIO = 0.85;

/** Points looked for, the octave each is expected on, and its angle in the image it was last seen in, if known. */
interface Sought {
  readonly points: MapPoint[];
  readonly octaves: number[];
  readonly angles?: number[];
}

/** What matching a frame against the local map gave. */
export interface LocalMatch extends PoseEstimate {
  /** Map points that should be in view; of those, matched. */
  readonly expected: number;
  readonly matched: number;
  readonly reference: Keyframe | null;
}

export const NO_MATCH: LocalMatch = {
  inliers: 0,
  cost: 0,
  residual: 0,
  expected: 0,
  matched: 0,
  reference: null,
  information: new Float64Array(36),
};

/** Finds map points in a frame by projection and the pose that explains them. */
export class Tracker {
  readonly localMap: LocalMap;
  /** Off, a map point's record of being seen stays as it is. */
  countsSightings = true;
  private readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly settings: SlamSettings;
  private readonly projector: Projector;
  private readonly search: ProjectionSearch;
  private readonly estimator: PoseEstimator;
  private readonly vote = new OrientationVote();
  private readonly kernels: Kernels;

  constructor(map: SlamMap, camera: CameraModel, kernels: Kernels, settings: SlamSettings) {
    this.map = map;
    this.camera = camera;
    this.kernels = kernels;
    this.settings = settings;
    this.localMap = new LocalMap(map, settings);
    this.projector = new Projector(camera);
    this.search = new ProjectionSearch(kernels);
    this.estimator = new PoseEstimator(kernels, camera);
  }

  /**
   * Points of the frame before: near where the prediction puts them, in wider windows, or anywhere, until most of the
   * matches agree on a pose. Without a prediction it looks everywhere first.
   */
  matchLastFrame(frame: Frame, last: Frame, predicted: boolean, prior: PosePrior | undefined): boolean {
    const sought: Sought = { points: [], octaves: [], angles: [] };
    // Two of its points may have turned out to be one since.
    const met = new Set<MapPoint>();
    for (let k = 0; k < last.points.length; k++) {
      const point = last.points[k]?.resolve();
      if (!point || met.has(point)) continue;
      met.add(point);
      sought.points.push(point);
      sought.octaves.push(last.features.octave[k]);
      sought.angles!.push(last.features.angle[k]);
    }
    const radius = this.settings.lastFrameRadius;
    const near = () => this.searchWindows(frame, sought, radius);
    const wide = () => this.searchWindows(frame, sought, WIDE * radius);
    const anywhere = () => this.searchEverywhere(frame, sought);
    return this.firstAgreement(frame, predicted ? [near, wide, anywhere] : [anywhere, wide], prior);
  }

  /** Points of keyframes near the prediction, with windows for a prediction that is off by `slack` pixels. */
  matchNearby(frame: Frame, slack: number, prior: PosePrior | undefined): boolean {
    this.updateLocalMap(frame);
    this.projector.setPose(frame.cameraFromWorld);
    const sought: Sought = { points: [], octaves: [] };
    for (const point of this.localMap.points) {
      if (!this.projector.project(point) || !this.projector.recognisable(point)) continue;
      sought.points.push(point);
      sought.octaves.push(this.projector.level(point));
    }
    const near = () => this.searchWindows(frame, sought, slack);
    const wide = () => this.searchWindows(frame, sought, WIDE * slack);
    return this.firstAgreement(frame, [near, wide], prior);
  }

  /** All of the local map, in tight windows around the pose found so far. */
  matchLocalMap(frame: Frame, prior: PosePrior | undefined): LocalMatch {
    this.updateLocalMap(frame);
    const { projector, search, settings, camera } = this;
    projector.setPose(frame.cameraFromWorld);
    search.clear();
    let expected = 0;
    let matched = 0;
    const known = this.map.newStamp();
    for (const point of frame.points) {
      if (!point || point.stamp === known) continue;
      point.stamp = known;
      matched++;
    }
    for (const point of this.localMap.points) {
      const isKnown = point.stamp === known;
      if (!projector.project(point) || !(isKnown || projector.recognisable(point))) continue;
      expected++;
      if (this.countsSightings) point.visible++;
      if (isKnown) continue;
      const level = projector.level(point);
      const base = projector.viewingCosine(point) > 0.998 ? 0.6 : 1;
      search.add(point, projector, base * settings.localMapRadius * camera.scale[level], level - 1, level);
    }
    search.run(frame, settings.matchDistance, settings.localMapRatio, (point, k) => {
      if (frame.points[k]) return;
      frame.points[k] = point;
      matched++;
    });
    const estimate = this.estimator.refine(frame, prior);
    if (this.countsSightings) for (const point of frame.points) if (point) point.found++;
    return { ...estimate, expected, matched, reference: this.localMap.reference };
  }

  /** Refines a frame's pose from the matches it has. */
  refine(frame: Frame, prior?: PosePrior): PoseEstimate {
    return this.estimator.refine(frame, prior);
  }

  /** Tries one search after the other from the same start; stays with the first most of whose matches agree, or the best. */
  private firstAgreement(frame: Frame, searches: (() => number)[], prior: PosePrior | undefined): boolean {
    const fewest = prior ? this.settings.minimumInliersWithOdometry : FEWEST_MATCHES;
    const start = frame.cameraFromWorld.slice();
    let best = { inliers: fewest - 1, pose: start, points: [] as (MapPoint | null)[] };
    for (const search of searches) {
      frame.clearMatches();
      frame.cameraFromWorld.set(start);
      const found = search();
      if (found < fewest) continue;
      const { inliers } = this.estimator.refine(frame, prior);
      if (inliers >= fewest && inliers >= CLEAR_SHARE * found) return true;
      if (inliers > best.inliers) {
        best = { inliers, pose: frame.cameraFromWorld.slice(), points: frame.points.slice() };
      }
    }
    frame.cameraFromWorld.set(best.pose);
    frame.clearMatches();
    best.points.forEach((point, k) => {
      frame.points[k] = point;
    });
    return best.points.length > 0;
  }

  private searchWindows(frame: Frame, { points, octaves, angles }: Sought, radius: number): number {
    const { projector, search, camera } = this;
    projector.setPose(frame.cameraFromWorld);
    search.clear();
    points.forEach((point, i) => {
      if (!projector.project(point)) return;
      const octave = octaves[i];
      search.add(point, projector, radius * camera.scale[octave], octave - 1, octave + 1);
    });
    search.run(frame, this.settings.matchDistance, 1, (point, k) => {
      frame.points[k] = point;
    });
    if (angles) this.dropTurned(frame, new Map(points.map((point, i) => [point, angles[i]])));
    return countMatches(frame);
  }

  private searchEverywhere(frame: Frame, { points, angles }: Sought): number {
    matchDescriptors(this.kernels, points, frame, this.settings.strictMatchDistance, ANYWHERE_RATIO);
    if (angles) this.dropTurned(frame, new Map(points.map((point, i) => [point, angles[i]])));
    return countMatches(frame);
  }

  /** Drops matches that turned otherwise than most. */
  private dropTurned(frame: Frame, angles: ReadonlyMap<MapPoint, number>): void {
    const { vote } = this;
    const turn = (point: MapPoint, k: number) => angles.get(point)! - frame.features.angle[k];
    vote.clear();
    frame.points.forEach((point, k) => {
      if (point) vote.add(turn(point, k));
    });
    vote.decide();
    frame.points.forEach((point, k) => {
      if (point && !vote.agrees(turn(point, k))) frame.points[k] = null;
    });
  }

  private updateLocalMap(frame: Frame): void {
    const r = rotationMatrix(frame.cameraFromWorld);
    const [tx, ty, tz] = frame.cameraFromWorld;
    const position = [0, 1, 2].map((i) => -(r[i] * tx + r[3 + i] * ty + r[6 + i] * tz));
    this.localMap.update(frame, position, r.subarray(6, 9));
  }
}

function countMatches(frame: Frame): number {
  let count = 0;
  for (const point of frame.points) if (point) count++;
  return count;
}
