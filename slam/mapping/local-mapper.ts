import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import type { SlamSettings } from '../settings.ts';
import { cullKeyframes, cullOverBudget, cullPoints, onProbation } from './culling.ts';
import { PointFusion } from './fusion.ts';
import { adjustLocally } from './local-bundle.ts';
import { createPoints } from './point-creation.ts';
import { Triangulator } from './triangulation.ts';

/** What happens to the map when a keyframe joins it. */
export class LocalMapper {
  private readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly kernels: Kernels;
  private readonly settings: SlamSettings;
  private readonly fusion: PointFusion;
  private readonly triangulator: Triangulator;
  private young: MapPoint[];

  constructor(map: SlamMap, camera: CameraModel, kernels: Kernels, settings: SlamSettings) {
    this.map = map;
    this.camera = camera;
    this.kernels = kernels;
    this.settings = settings;
    this.triangulator = new Triangulator(map, camera, kernels, settings);
    this.fusion = new PointFusion(map, camera, kernels, settings);
    this.young = onProbation(map);
  }

  insert(keyframe: Keyframe): void {
    this.map.updateCovisibility(keyframe);
    this.young = cullPoints(this.map, this.young, keyframe.id);
    this.young.push(...createPoints(this.map, keyframe, this.camera));
    this.young.push(
      ...this.triangulator.createPoints(
        keyframe,
        keyframe.bestCovisible(this.settings.triangulationNeighbours),
      ),
    );
    this.fusion.fuseWithNeighbours(keyframe, keyframe.bestCovisible(this.settings.fusionNeighbours));
    this.map.updateCovisibility(keyframe);
    adjustLocally(this.map, keyframe, this.camera, this.kernels, this.settings);
    cullKeyframes(this.map, keyframe, this.camera, this.settings);
    cullOverBudget(this.map, keyframe, this.settings.mostKeyframes);
  }
}
