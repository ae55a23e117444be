import type { Random } from '../../base/random.ts';
import { compose, inverse, type Pose } from '../../base/se3.ts';
import { composeSimilarity, type Similarity, similarityOf } from '../../base/sim3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { CameraModel, View } from '../map/view.ts';
import type { SlamSettings } from '../settings.ts';
import { Projector } from '../tracking/projection.ts';
import type { PlaceIndex } from './place-index.ts';
import { lookAfresh, ViewPlacer } from './view-placer.ts';

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

/** As ORB-SLAM2 has it. */
const ENOUGH = { matches: 15, inliers: 20, inWindow: 40 };
/** Matches of a neighbour that confirm an alignment. */
const FEWEST_CONFIRMING = 20;
/** Points seen in both that scale needs. */
const FEWEST_DEPTHS = 15;

/**
 * Aligns a keyframe with another place of the map by what both show. Pose as `ViewPlacer` finds it; where the camera has no depth, scale
 * from how deep the two places have the points that both see.
 */
export class PlaceAligner {
  private readonly places: PlaceIndex<Keyframe>;
  private readonly camera: CameraModel;
  private readonly placer: ViewPlacer;
  private readonly projector: Projector;

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
    this.placer = new ViewPlacer(places, camera, kernels, settings, ENOUGH, random);
    this.projector = new Projector(camera);
  }

  /**
   * @param place the keyframe that looks alike, and its neighbours
   */
  align(here: Keyframe, place: readonly Keyframe[]): Alignment | undefined {
    const view = lookAfresh(here, here.cameraFromWorld.slice());
    const placed = this.placer.place(view, this.places.wordsOf(here)!, place);
    if (!placed) return undefined;
    const scale = this.camera.rig.kind === 'mono' ? this.scaleOf(here, view) : 1;
    if (scale === undefined) return undefined;
    const thereFromCamera = similarityOf(inverse(view.cameraFromWorld), scale);
    const thereFromHere = composeSimilarity(thereFromCamera, similarityOf(here.cameraFromWorld));
    const { inliers, information } = placed;
    return { thereFromHere, points: view.points, inliers, information };
  }

  /** Whether another keyframe, carried along, sees the place too. */
  confirms(other: Keyframe, thereFromHere: Similarity, shown: readonly MapPoint[]): boolean {
    const view = lookAfresh(other, carriedCamera(other, thereFromHere));
    return this.placer.confirm(view, shown).inliers >= FEWEST_CONFIRMING;
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

/** Where a keyframe's camera is once it has been carried to another place of the world, scale left aside. */
function carriedCamera(keyframe: Keyframe, thereFromHere: Similarity): Pose {
  const worldFromCamera = similarityOf(inverse(keyframe.cameraFromWorld));
  return inverse(composeSimilarity(thereFromHere, worldFromCamera).slice(0, 7));
}

/** The same for its body. */
export function carriedBody(keyframe: Keyframe, thereFromHere: Similarity, bodyFromCamera: Pose): Pose {
  return inverse(compose(bodyFromCamera, carriedCamera(keyframe, thereFromHere)));
}
