import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import type { SlamSettings } from '../settings.ts';
import { ProjectionSearch, Projector } from '../tracking/projection.ts';

/** Window in which a point is the same as another, pixels at level 0. */
const FUSION_RADIUS = 3;

/** Finds points that are one and the same in a new keyframe and its neighbours, and joins them. */
export class PointFusion {
  private readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly settings: SlamSettings;
  private readonly projector: Projector;
  private readonly search: ProjectionSearch;

  constructor(map: SlamMap, camera: CameraModel, kernels: Kernels, settings: SlamSettings) {
    this.map = map;
    this.camera = camera;
    this.settings = settings;
    this.projector = new Projector(camera);
    this.search = new ProjectionSearch(kernels);
  }

  /** The keyframe's points into its neighbours, then the neighbours' into the keyframe. */
  fuseWithNeighbours(keyframe: Keyframe, neighbours: readonly Keyframe[]): void {
    for (const neighbour of neighbours) this.fuseInto(neighbour, keyframe.points);
    const stamp = this.map.newStamp();
    const theirs: MapPoint[] = [];
    for (const neighbour of neighbours) {
      for (const point of neighbour.points) {
        if (!point || point.stamp === stamp || point.observers.has(keyframe)) continue;
        point.stamp = stamp;
        theirs.push(point);
      }
    }
    this.fuseInto(keyframe, theirs);
    for (const point of keyframe.points) {
      if (!point) continue;
      point.chooseDescriptor();
      point.updateGeometry(this.camera);
    }
  }

  /** Adds observations of `points` to a keyframe, or fuses them with the points it has there. */
  fuseInto(keyframe: Keyframe, points: readonly (MapPoint | null)[]): void {
    const { projector, search, camera } = this;
    projector.setPose(keyframe.cameraFromWorld);
    search.clear();
    for (const point of points) {
      if (!point || point.culled || point.observers.has(keyframe)) continue;
      if (!projector.project(point) || !projector.recognisable(point)) continue;
      const level = projector.level(point);
      search.add(point, projector, FUSION_RADIUS * camera.scale[level], level - 1, level);
    }
    if (search.count === 0) return;
    search.run(keyframe, this.settings.strictMatchDistance, 1, (point, k) => {
      if (
        point.culled ||
        point.observers.has(keyframe) ||
        !(projector.project(point) && projector.fits(keyframe, k))
      )
        return;
      const there = keyframe.points[k];
      if (!there) this.map.observe(point, keyframe, k);
      else if (there.observers.size > point.observers.size) this.map.fuse(point, there);
      else this.map.fuse(there, point);
    });
  }
}
