import type { Random } from '../../base/random.ts';
import {
  adjoint,
  angleBetween,
  between,
  compose,
  distance,
  identity,
  inverse,
  type Pose,
  transformPoint,
} from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { isFirm } from '../loops/firmness.ts';
import { lookAfresh, ViewPlacer } from '../loops/view-placer.ts';
import type { Keyframe } from '../map/keyframe.ts';
import { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import { buildGrid, type CameraModel, cameraModel, type View } from '../map/view.ts';
import { conjugate, invertInformation } from '../optimize/covariance.ts';
import { settingsFor } from '../settings.ts';
import { Projector } from '../tracking/projection.ts';
import { featuresOf, type PlaceDescription } from './places.ts';

/** A place that a teammate described and this robot's map knows. */
export interface PeerLoop {
  /** Of this robot, and of the teammate. */
  readonly keyframe: number;
  readonly peerKeyframe: number;
  /** The teammate's body when it made its keyframe, in this robot's when it made its own. */
  readonly ownBodyFromPeerBody: Pose;
  /** 6×6, right perturbation of `ownBodyFromPeerBody`. */
  readonly covariance: Float64Array;
  /** Keypoints of the teammate that agree. */
  readonly inliers: number;
  /** Map points that are one: own id, the teammate's id, and so on. */
  readonly pairs: Int32Array;
}

/** Most similar keyframes looked at, the share of the first one's likeness that others must have, and how many are tried. */
const CANDIDATES = 24;
const ALIKE = 0.35;
const TRIES = 6;
/** Keyframes of a place whose points are looked for. */
const PLACE_KEYFRAMES = 10;
/** Less than for an own loop, since a description holds but some of its keyframe's keypoints. */
const ENOUGH = { matches: 10, inliers: 15, inWindow: 25 };
/** Share of all it holds that must agree. */
const AGREEING = 0.35;
/** Own keyframes asked whether they see what the teammate saw, how many must, and by how many of its points. */
const ASKED = 7;
const CONFIRMING = 3;
const FEWEST_CONFIRMING = 12;
/**
 * Share of what the teammate saw in view of these keyframes that some of them must have seen: a wall that is like another seldom has all
 * the same about it.
 */
const SEEN_TOO = 0.65;
/** A keyframe that confirms is where it is: metres, radians. */
const SAME_PLACE = 0.3;
const SAME_HEADING = 0.1;
/** Share of the inliers that makes another place a rival, confirmed or not. */
const RIVALLING = 0.6;
/** Two places that a description could be of are one and the same within this, metres and radians. */
const ONE_PLACE = 1;
const ONE_HEADING = 0.3;
/** σ of a map between keyframes of one place, metres and radians. */
const MAP_METRES = 0.015;
const MAP_RADIANS = 0.004;

/** A place of this robot's map where a description fits. */
interface Fit {
  /** The keyframe most alike, and those that see most of the same. */
  readonly about: readonly Keyframe[];
  readonly view: View;
  readonly worldFromPeerBody: Pose;
  readonly inliers: number;
  readonly information: Float64Array;
}

/**
 * Knows places of a robot's map that a teammate describes, with no frame in common. Proven from both sides: the teammate's keypoints see
 * this map's points where they are, several keyframes of this map see the teammate's points where they would be, and no other place of
 * the map explains the description as well. Of single cameras, which know no lengths, it knows nothing.
 */
export class PlaceRecogniser {
  private readonly map: SlamMap;
  private readonly peer: CameraModel;
  private readonly inPeerViews: ViewPlacer;
  private readonly inOwnViews: ViewPlacer;
  private readonly projector: Projector;

  /** @param peer the teammate's camera */
  constructor(map: SlamMap, peer: CameraRig, kernels: Kernels, random: Random) {
    this.map = map;
    this.peer = cameraModel(peer);
    const placer = (camera: CameraModel) =>
      new ViewPlacer(map.places, camera, kernels, settingsFor(camera.rig), ENOUGH, random);
    this.inPeerViews = placer(this.peer);
    this.inOwnViews = placer(map.camera);
    this.projector = new Projector(map.camera);
  }

  /**
   * Where in this map a described place is, if anywhere.
   */
  recognise(place: PlaceDescription): PeerLoop | undefined {
    if (this.map.camera.rig.kind === 'mono' || this.peer.rig.kind === 'mono') return undefined;
    const fits = this.fits(place);
    const best = fits.find((fit) => this.isConfirmed(place, fit));
    return best && hasNoRival(best, fits) ? this.loopOf(place, best) : undefined;
  }

  /** The places of this map that look like it and where it fits, most alike first. */
  private fits(place: PlaceDescription): Fit[] {
    const fits: Fit[] = [];
    const known = new Set<Keyframe>();
    const seen = this.viewOf(place);
    const words = this.map.places.wordsFor(place.descriptors);
    const alike = this.map.places.query(place.descriptors, CANDIDATES);
    let tries = 0;
    for (const { place: there, score } of alike) {
      if (known.has(there) || score < ALIKE * alike[0].score) continue;
      if (++tries > TRIES) break;
      const about = [there, ...there.bestCovisible(PLACE_KEYFRAMES - 1)];
      const fit = this.fit(seen, words, about);
      if (!fit) continue;
      fits.push(fit);
      for (const keyframe of about) known.add(keyframe);
    }
    return fits;
  }

  private viewOf(place: PlaceDescription): View {
    const features = featuresOf(place, this.peer.rig);
    const grid = buildGrid(features, this.peer.rig);
    return lookAfresh({ features, grid, noise: 1 }, identity());
  }

  /** Poses the teammate's view by what it sees of this map. */
  private fit(seen: View, words: Int32Array, about: readonly Keyframe[]): Fit | undefined {
    const view = lookAfresh(seen, identity());
    const placed = this.inPeerViews.place(view, words, about);
    if (!placed || !isFirm(view, placed.information)) return undefined;
    const worldFromPeerBody = inverse(compose(this.peer.rig.bodyFromCamera, view.cameraFromWorld));
    return { about, view, worldFromPeerBody, inliers: placed.inliers, information: placed.information };
  }

  /** Whether enough keyframes of this map see what the teammate saw, from where they are, and together most of what they should. */
  private isConfirmed(place: PlaceDescription, fit: Fit): boolean {
    if (fit.inliers < AGREEING * place.count) return false;
    const shown = this.pointsSeen(place, fit);
    const expected = new Set<MapPoint>();
    const found = new Set<MapPoint>();
    let confirming = 0;
    for (const keyframe of fit.about.slice(0, ASKED)) {
      this.projector.setPose(keyframe.cameraFromWorld);
      for (const point of shown)
        if (this.projector.project(point) && this.projector.recognisable(point)) expected.add(point);
      const view = lookAfresh(keyframe, keyframe.cameraFromWorld.slice());
      const { inliers } = this.inOwnViews.confirm(view, shown);
      if (inliers < FEWEST_CONFIRMING || strays(view, keyframe)) continue;
      confirming++;
      for (const point of view.points) if (point) found.add(point);
    }
    return confirming >= CONFIRMING && found.size >= SEEN_TOO * expected.size;
  }

  /** What the teammate saw, as points of this map's world that were seen from there. */
  private pointsSeen(place: PlaceDescription, { worldFromPeerBody }: Fit): MapPoint[] {
    const { scale, rig } = this.peer;
    const [cx, cy, cz] = compose(worldFromPeerBody, rig.bodyFromCamera);
    const seen: MapPoint[] = [];
    for (let i = 0; i < place.count; i++) {
      const known = place.points.subarray(3 * i, 3 * i + 3);
      if (Number.isNaN(known[0])) continue;
      const [x, y, z] = transformPoint(worldFromPeerBody, known);
      const point = new MapPoint(i, x, y, z, place.keyframe);
      const away = Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy) + (z - cz) * (z - cz));
      point.nx = (x - cx) / away;
      point.ny = (y - cy) / away;
      point.nz = (z - cz) / away;
      point.maxDistance = away * scale[place.octave[i]];
      point.minDistance = point.maxDistance / scale[scale.length - 1];
      point.descriptor.set(place.descriptors.subarray(32 * i, 32 * i + 32));
      seen.push(point);
    }
    return seen;
  }

  /** Of the teammate's body in this map's nearest keyframe, from the information that its camera has. */
  private covarianceOf(information: Float64Array): Float64Array {
    const covariance = conjugate(adjoint(this.peer.rig.bodyFromCamera), invertInformation(information));
    for (let i = 0; i < 6; i++)
      covariance[7 * i] += i < 3 ? MAP_METRES * MAP_METRES : MAP_RADIANS * MAP_RADIANS;
    return covariance;
  }

  private loopOf(place: PlaceDescription, fit: Fit): PeerLoop {
    const { about, view, worldFromPeerBody, inliers, information } = fit;
    const [there] = about;
    const pairs: number[] = [];
    view.points.forEach((point, k) => {
      if (point && place.mapPoints[k] >= 0) pairs.push(point.id, place.mapPoints[k]);
    });
    return {
      keyframe: there.id,
      peerKeyframe: place.keyframe,
      ownBodyFromPeerBody: between(there.worldFromBody, worldFromPeerBody),
      covariance: this.covarianceOf(information),
      inliers,
      pairs: Int32Array.from(pairs),
    };
  }
}

/** Whether a keyframe would have to be elsewhere to see what it seems to. */
function strays(view: View, keyframe: Keyframe): boolean {
  const [seeming, known] = [view.cameraFromWorld, keyframe.cameraFromWorld];
  return (
    distance(inverse(seeming), inverse(known)) > SAME_PLACE || angleBetween(seeming, known) > SAME_HEADING
  );
}

/** Where alike places are many, which of them this is cannot be told. */
function hasNoRival(best: Fit, fits: readonly Fit[]): boolean {
  return fits.every(
    ({ worldFromPeerBody: pose, inliers }) =>
      inliers < RIVALLING * best.inliers ||
      (distance(pose, best.worldFromPeerBody) < ONE_PLACE &&
        angleBetween(pose, best.worldFromPeerBody) < ONE_HEADING),
  );
}
