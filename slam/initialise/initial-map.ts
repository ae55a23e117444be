import { compose, inverse, type Pose, transformPoint } from '../../base/se3.ts';
import type { OdometryIncrement } from '../../base/sensors.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe, OdometryEdge } from '../map/keyframe.ts';
import type { MapPoint } from '../map/map-point.ts';
import type { SlamMap } from '../map/slam-map.ts';
import type { CameraModel } from '../map/view.ts';
import { adjustLocally } from '../mapping/local-bundle.ts';
import type { SlamSettings } from '../settings.ts';
import { incrementBetween } from './carried.ts';
import type { InitialPair } from './initialiser.ts';

/** Points that must stand after bundle adjustment. */
const FEWEST_POINTS = 50;
const BUNDLE = { bundleIterations: 20, bundleRefineIterations: 20 };

export interface InitialMap {
  readonly first: Keyframe;
  readonly second: Keyframe;
  readonly points: MapPoint[];
}

/**
 * Two keyframes and the points both see, bundle adjusted. A single camera cannot tell the size of what it sees: where wheels
 * measured the way between the two images the map is in metres; else its unit is the median depth of the points in the first.
 * @param newest the keyframe that wheels have counted from since, if there is any
 * @param way metres between the two cameras; infinite where nothing tells
 * @returns undefined, and the map as it was, where too little of the pair stands
 */
export function startMap(
  map: SlamMap,
  pair: InitialPair,
  newest: Keyframe | null,
  way: number,
  camera: CameraModel,
  kernels: Kernels,
  settings: SlamSettings,
): InitialMap | undefined {
  const { bodyFromCamera } = camera.rig;
  const cameraFromBody = inverse(bodyFromCamera);
  const worldFromFirst = compose(pair.firstCarried.worldFromBody, bodyFromCamera);
  const scale = Number.isFinite(way) ? way : 1 / medianDepth(pair);
  const firstFromSecond = scaled(inverse(pair.view.secondFromFirst), scale);
  const worldFromSecondBody = compose(compose(worldFromFirst, firstFromSecond), cameraFromBody);
  const { firstCarried, secondCarried } = pair;
  const first = map.addKeyframe(
    pair.first.time,
    pair.first,
    firstCarried.worldFromBody,
    firstCarried.covariance,
    edgeFrom(newest, firstCarried.sinceKeyframe),
  );
  const second = map.addKeyframe(
    pair.second.time,
    pair.second,
    worldFromSecondBody,
    secondCarried.covariance,
    edgeFrom(first, incrementBetween(firstCarried, secondCarried)),
  );
  const points = pair.points.map(({ first: k, second: j, place }) => {
    const [x, y, z] = transformPoint(
      worldFromFirst,
      place.map((value) => scale * value),
    );
    const point = map.addPoint(x, y, z, first, k);
    map.observe(point, second, j);
    point.updateGeometry(camera);
    return point;
  });
  map.updateCovisibility(first);
  map.updateCovisibility(second);
  adjustLocally(map, second, camera, kernels, { ...settings, ...BUNDLE });
  const standing = points.filter((point) => !point.culled && point.observers.size === 2);
  if (standing.length < FEWEST_POINTS) {
    map.discard([first, second]);
    return undefined;
  }
  return { first, second, points: standing };
}

function edgeFrom(from: Keyframe | null, increment: OdometryIncrement | null): OdometryEdge | null {
  return from && increment && { from, ...increment };
}

function medianDepth(pair: InitialPair): number {
  const depths = pair.points.map(({ place }) => place[2]).sort((a, b) => a - b);
  return depths[depths.length >> 1];
}

function scaled(pose: Pose, scale: number): Pose {
  const out = pose.slice();
  for (let i = 0; i < 3; i++) out[i] *= scale;
  return out;
}
