import { angleBetween, between, distance, log } from '../../base/se3.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import { mahalanobis } from '../optimize/covariance.ts';
import { motionAlongTree, visualMotion } from './drift.ts';
import { type Alignment, carriedBody, type PlaceAligner } from './place-aligner.ts';
import { pointsOf } from './view-placer.ts';

/** A keyframe that sees a place the map knows from another time. */
export interface Loop extends Alignment {
  readonly here: Keyframe;
  readonly there: Keyframe;
  /** What the place shows. */
  readonly shown: readonly MapPoint[];
}

/** Most similar places tried a keyframe. */
const CANDIDATES = 3;
/** Share of the likeness to a neighbour that a place must have to be tried. */
const ALIKE = 0.35;
/** Keyframes of a place whose points are looked for. */
const PLACE_KEYFRAMES = 10;
/** Neighbours asked to confirm a loop, and how many must. */
const ASKED = 6;
const CONFIRMING = 2;
/** Share of its motion that tracking can have drifted by; without depth its scale drifts too. */
const DRIFT = 0.05;
const MONO_DRIFT = 0.4;
/** χ² with six degrees of freedom at 99.9 %. */
const CHI2_POSE = 22.46;
/** Two places that a keyframe could be at are one and the same within this, metres and radians. */
const SAME_PLACE = 1;
const SAME_HEADING = 0.3;

/**
 * Tells when a keyframe sees a place again that the graph does not know to be near. Every loop is proven by geometry: the keyframe
 * and its neighbours see the place as it is (after ORB-SLAM3: Campos et al., T-RO 2021), neither drift nor wheels are too small for it, and no other
 * place explains the keyframe as well: a wrong loop costs more than a missed one.
 */
export class LoopDetector {
  private readonly map: SlamMap;
  private readonly camera: CameraModel;
  private readonly aligner: PlaceAligner;

  constructor(map: SlamMap, camera: CameraModel, aligner: PlaceAligner) {
    this.map = map;
    this.camera = camera;
    this.aligner = aligner;
  }

  detect(here: Keyframe): Loop | null {
    const loops: Loop[] = [];
    const tried = new Set<Keyframe>();
    for (const there of this.candidates(here)) {
      if (tried.has(there)) continue;
      const place = [there, ...there.bestCovisible(PLACE_KEYFRAMES - 1)];
      for (const keyframe of place) tried.add(keyframe);
      const loop = this.verify(here, there, place);
      if (loop) loops.push(loop);
    }
    return loops.length > 0 && this.allAgree(loops) ? loops[0] : null;
  }

  /** The places most like what is seen, without those that are near in the graph. */
  private candidates(here: Keyframe): Keyframe[] {
    const near = nearInGraph(here);
    const { descriptors } = here.features;
    const alike = this.map.places.query(descriptors, near.size + CANDIDATES);
    let likeness = 0;
    for (const { place, score } of alike) {
      if (place !== here && near.has(place)) likeness = Math.max(likeness, score);
    }
    return alike
      .filter(({ place, score }) => !near.has(place) && score > ALIKE * likeness)
      .map(({ place }) => place);
  }

  private verify(here: Keyframe, there: Keyframe, place: readonly Keyframe[]): Loop | null {
    const alignment = this.aligner.align(here, place);
    if (!alignment || this.contradictsMotion(here, there, alignment)) return null;
    const shown = pointsOf(place);
    let confirming = 0;
    for (const other of here.bestCovisible(ASKED)) {
      if (this.aligner.confirms(other, alignment.thereFromHere, shown)) confirming++;
    }
    return confirming < CONFIRMING ? null : { ...alignment, here, there, shown };
  }

  /** Whether a loop would carry the robot to where it cannot be: farther than drift goes, or than its wheels allow. */
  private contradictsMotion(here: Keyframe, there: Keyframe, { thereFromHere }: Alignment): boolean {
    if (here.part !== there.part) return false;
    const carried = carriedBody(here, thereFromHere, this.camera.rig.bodyFromCamera);
    const drift = visualMotion(here.worldFromBody, carried, here.medianDepth());
    const most = this.camera.rig.kind === 'mono' ? MONO_DRIFT : DRIFT;
    if (drift > most * motionAlongTree(here, there)) return true;
    if (!here.odometry) return false;
    const covariance = here.covariance.map((value, i) => value + there.covariance[i]);
    return mahalanobis(log(between(here.worldFromBody, carried)), covariance) > CHI2_POSE;
  }

  /** Where alike places are many, which of them this is cannot be told. */
  private allAgree(loops: readonly Loop[]): boolean {
    const [first, ...others] = loops.map(({ here, thereFromHere }) =>
      carriedBody(here, thereFromHere, this.camera.rig.bodyFromCamera),
    );
    return others.every(
      (pose) => distance(pose, first) < SAME_PLACE && angleBetween(pose, first) < SAME_HEADING,
    );
  }
}

/** A keyframe, those that share points with it, and those that share points with these. */
function nearInGraph(here: Keyframe): Set<Keyframe> {
  const near = new Set([here, ...here.covisible.keys()]);
  for (const neighbour of here.covisible.keys())
    for (const next of neighbour.covisible.keys()) near.add(next);
  return near;
}
