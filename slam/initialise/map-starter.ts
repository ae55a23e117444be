import type { Random } from '../../base/random.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import type { LocalMapper } from '../mapping/local-mapper.ts';
import type { SlamSettings } from '../settings.ts';
import type { Frame } from '../tracking/frame.ts';
import { type Carried, wayBetween } from './carried.ts';
import { startMap } from './initial-map.ts';
import { Initialiser } from './initialiser.ts';

/** Metres of wheel odometry that tell a map's scale. */
const LEAST_WAY = 0.05;

/** Where a map began: the later of its two keyframes is the frame just offered. */
export interface Beginning {
  readonly first: Keyframe;
  readonly second: Keyframe;
  /** Place of the first's frame in the order of all frames. */
  readonly firstIndex: number;
}

/** Begins the map of a single camera, which has no depth to begin with. */
export class MapStarter {
  private readonly map: SlamMap;
  private readonly mapper: LocalMapper;
  private readonly camera: CameraModel;
  private readonly kernels: Kernels;
  private readonly settings: SlamSettings;
  private readonly initialiser: Initialiser;

  constructor(
    map: SlamMap,
    mapper: LocalMapper,
    camera: CameraModel,
    kernels: Kernels,
    settings: SlamSettings,
    random: Random,
  ) {
    this.map = map;
    this.mapper = mapper;
    this.camera = camera;
    this.kernels = kernels;
    this.settings = settings;
    this.initialiser = new Initialiser(camera, kernels, random);
  }

  /** Forgets all frames offered so far. */
  clear(): void {
    this.initialiser.clear();
  }

  /**
   * Takes the next frame in; makes two keyframes and their points once one offered before shows depth with it.
   * @param newest the keyframe that odometry is counted from, if there is any
   */
  offer(frame: Frame, carried: Carried, newest: Keyframe | null): Beginning | undefined {
    const pair = this.initialiser.offer(frame, carried);
    if (!pair) return undefined;
    const { map, mapper, camera, kernels, settings } = this;
    const way = wayBetween(pair.firstCarried, pair.secondCarried, camera.rig.bodyFromCamera);
    if (way < LEAST_WAY) return undefined;
    const started = startMap(map, pair, newest, way, camera, kernels, settings);
    if (!started) return undefined;
    const { first, second, points } = started;
    mapper.watch(points);
    mapper.insert(second);
    for (const [view, keyframe] of [
      [pair.first, first],
      [pair.second, second],
    ] as const) {
      view.cameraFromWorld = keyframe.cameraFromWorld.slice();
      keyframe.points.forEach((point, k) => {
        view.points[k] = point;
      });
    }
    this.clear();
    return { first, second, firstIndex: pair.firstCarried.index };
  }
}
