import { type Pose, rotationMatrix } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import { type PoseEstimate, PoseEstimator, type PosePrior } from '../optimize/pose-estimator.ts';
import type { SlamSettings } from '../settings.ts';
import type { Frame } from './frame.ts';
import { LocalMap } from './local-map.ts';
import { ProjectionSearch, Projector } from './projection.ts';

/** Matches without which a pose is not even tried. */
const FEWEST_MATCHES = 15;
const WIDE = 2;

/** What matching a frame against the local map gave. */
export interface LocalMatch extends PoseEstimate {
  /** Map points that should be in view; of those, matched. */
  readonly expected: number;
  readonly matched: number;
  readonly reference: Keyframe | null;
}

/** Finds map points in a frame by projection and the pose that explains them. */
export class Tracker {
  readonly localMap: LocalMap;
  private readonly camera: CameraModel;
  private readonly settings: SlamSettings;
  private readonly projector: Projector;
  private readonly search: ProjectionSearch;
  private readonly estimator: PoseEstimator;

  constructor(map: SlamMap, camera: CameraModel, kernels: Kernels, settings: SlamSettings) {
    this.camera = camera;
    this.settings = settings;
    this.localMap = new LocalMap(map, settings);
    this.projector = new Projector(camera);
    this.search = new ProjectionSearch(kernels);
    this.estimator = new PoseEstimator(kernels, camera);
  }

  /** Points of the frame before, near where the prediction puts them. */
  matchLastFrame(frame: Frame, last: Frame, prior: PosePrior | undefined): boolean {
    const points: { point: MapPoint; octave: number }[] = [];
    for (let k = 0; k < last.points.length; k++) {
      const point = last.points[k]?.resolve();
      if (point) points.push({ point, octave: last.features.octave[k] });
    }
    return this.matchPoints(frame, points, this.settings.lastFrameRadius, prior);
  }

  /** Points of keyframes near the prediction, with windows for a prediction that is off by `slack` pixels. */
  matchNearby(frame: Frame, slack: number, prior: PosePrior | undefined): boolean {
    this.updateLocalMap(frame);
    this.projector.setPose(frame.cameraFromWorld);
    const points: { point: MapPoint; octave: number }[] = [];
    for (const point of this.localMap.points) {
      if (!this.projector.project(point) || !this.projector.recognisable(point)) continue;
      points.push({ point, octave: this.projector.level(point) });
    }
    return this.matchPoints(frame, points, slack, prior);
  }

  /** All of the local map, in tight windows around the pose found so far. */
  matchLocalMap(frame: Frame, prior: PosePrior | undefined): LocalMatch {
    this.updateLocalMap(frame);
    const { projector, search, settings, camera } = this;
    projector.setPose(frame.cameraFromWorld);
    search.clear();
    let expected = 0;
    const known = new Set<MapPoint>();
    for (const point of frame.points) if (point) known.add(point);
    for (const point of this.localMap.points) {
      const matched = known.has(point);
      if (!projector.project(point) || !(matched || projector.recognisable(point))) continue;
      expected++;
      point.visible++;
      if (matched) continue;
      const level = projector.level(point);
      const base = projector.viewingCosine(point) > 0.998 ? 0.6 : 1;
      search.add(point, projector, base * settings.localMapRadius * camera.scale[level], level - 1, level);
    }
    let matched = known.size;
    search.run(frame, settings.matchDistance, settings.localMapRatio, (point, k) => {
      if (frame.points[k]) return;
      frame.points[k] = point;
      matched++;
    });
    const estimate = this.estimator.refine(frame, prior);
    for (const point of frame.points) if (point) point.found++;
    return { ...estimate, expected, matched, reference: this.localMap.reference };
  }

  /** Refines a frame's pose from the matches it has. */
  refine(frame: Frame, prior?: PosePrior): PoseEstimate {
    return this.estimator.refine(frame, prior);
  }

  private matchPoints(
    frame: Frame,
    points: readonly { point: MapPoint; octave: number }[],
    radius: number,
    prior: PosePrior | undefined,
  ): boolean {
    const start = frame.cameraFromWorld.slice();
    const fewest = Math.min(
      FEWEST_MATCHES,
      prior ? this.settings.minimumInliersWithOdometry : FEWEST_MATCHES,
    );
    for (const widening of [1, WIDE]) {
      frame.clearMatches();
      frame.cameraFromWorld.set(start);
      const found = this.searchPoints(frame, start, points, radius * widening);
      if (found < fewest) continue;
      if (this.estimator.refine(frame, prior).inliers >= Math.min(10, fewest)) return true;
    }
    frame.clearMatches();
    frame.cameraFromWorld.set(start);
    return false;
  }

  private searchPoints(
    frame: Frame,
    pose: Pose,
    points: readonly { point: MapPoint; octave: number }[],
    radius: number,
  ): number {
    const { projector, search, camera } = this;
    projector.setPose(pose);
    search.clear();
    for (const { point, octave } of points) {
      if (!projector.project(point)) continue;
      search.add(point, projector, radius * camera.scale[octave], octave - 1, octave + 1);
    }
    return search.run(frame, this.settings.matchDistance, 1, (point, k) => {
      frame.points[k] = point;
    });
  }

  private updateLocalMap(frame: Frame): void {
    const r = rotationMatrix(frame.cameraFromWorld);
    const [tx, ty, tz] = frame.cameraFromWorld;
    const position = [0, 1, 2].map((i) => -(r[i] * tx + r[3 + i] * ty + r[6 + i] * tz));
    this.localMap.update(frame, position, r.subarray(6, 9));
  }
}
