import { Random } from '../../base/random.ts';
import {
  angleBetween,
  compose,
  distance,
  identity,
  type Pose,
  planarPose,
  transformPoint,
  wrapAngle,
} from '../../base/se3.ts';
import type { CameraRig, FeatureFrame } from '../../base/sensors.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { simOptions } from '../../scenarios/sim-options.ts';
import { Obstacles } from '../../sim/geometry/obstacles.ts';
import { cylinderOf } from '../../sim/robot.ts';
import { FeatureCamera } from '../../sim/sensors/camera.ts';
import { WheelOdometry } from '../../sim/sensors/odometry.ts';
import { TexturedScene } from '../../sim/sensors/textured-scene.ts';
import { MapPoint } from '../../slam/map/map-point.ts';
import { propagate } from '../../slam/optimize/covariance.ts';
import type { BenchContext } from '../bench.ts';
import { drive, type Moment } from './tour.ts';

/** A view worth a keyframe, and the truth about it, which only the bench looks at. */
export interface TrueView {
  readonly id: number;
  readonly time: number;
  readonly features: FeatureFrame;
  readonly worldFromCamera: Pose;
  /** Where the wheels alone say the body is, and their 6×6 covariance: no truth. Absent: no wheels. */
  readonly wheels?: { readonly worldFromBody: Pose; readonly covariance: Float64Array };
  /** What has depth, as map points in this view's own camera frame. */
  readonly points: readonly MapPoint[];
  /** Where those truly are, world frame: 3 each. */
  readonly surface: Float64Array;
}

/** What counts as recognising a place. */
export interface Truth {
  /** Whether a view shows a place so well that it should be recognised. */
  same(query: TrueView, place: TrueView): boolean;
  /** Whether an answer without a pose is right: the two may show one place from farther off. */
  right(query: TrueView, place: TrueView): boolean;
}

/** Motion after which a view is worth keeping: metres, radians. */
const STEP = 0.7;
const TURN = 0.5;
const FEWEST_FEATURES = 60;
/** Views of one place: metres and radians apart at most, and this share of the one seen by the other… */
const NEAR = 1.5;
const HEADING = Math.PI / 4;
const SHARED = 0.25;
/** …which is where something of the other is this near, metres. */
const SAME_SPOT = 0.15;
/** An answer is right from this share on. */
const RIGHT_SHARE = 0.05;

/** Offices: places are what is seen. */
export const SHARED_SURFACE: Truth = {
  same: samePlace,
  right: (query, place) => samePlace(query, place) || sharedSurface(query, place) >= RIGHT_SHARE,
};

/** A robot that drives three rounds of an office, and what senses there. */
export interface OfficeTour {
  readonly rig: CameraRig;
  /** Seconds from one moment to the next. */
  readonly tick: number;
  readonly moments: readonly Moment[];
  readonly odometry: WheelOdometry;
  /** What it sees at a moment. */
  look(moment: Moment): FeatureFrame;
  /** Its wheels turn as far as it moves. */
  roll(from: Moment, to: Moment): void;
}

/** @param repeated share of walls that look alike; @param robot whose way and noise these are */
export async function officeTour(
  { scenarioText }: BenchContext,
  seed: number,
  repeated: number,
  robot = '',
): Promise<OfficeTour> {
  const { text, path } = await scenarioText('office');
  const scenario = parseScenario(text, path);
  if (scenario.layout.kind === 'explicit') throw new RangeError(`${path} should draw its layout by a seed`);
  const appearance = { ...scenario.appearance, seed, repeated };
  const drawn = { ...scenario, layout: { ...scenario.layout, seed }, appearance };
  const { scene, robots, camera, wheels } = simOptions(drawn, { seed, agents: 1, where: path });
  const { rig, radius, cameraRateHz } = robots[0].profile;
  const random = new Random(`bench/places/${seed}${robot}`);
  const self = cylinderOf(robots[0]);
  const obstacles = new Obstacles(scene, [self]);
  const surfaces = new TexturedScene(scene, obstacles);
  const eye = new FeatureCamera(rig, camera, scene, surfaces, obstacles, random.fork('camera'));
  const odometry = new WheelOdometry(wheels, random.fork('odometry'));
  const tick = 1 / cameraRateHz;
  return {
    rig,
    tick,
    moments: drive(scene, radius, tick, random.fork('drive')),
    odometry,
    look: ({ x, y, yaw, speed, turnRate }) => {
      const [vx, vy] = [speed * Math.cos(yaw), speed * Math.sin(yaw)];
      return eye.capture({ sceneFromBody: planarPose(x, y, yaw), vx, vy, turnRate, self });
    },
    roll: (from, to) => roll(odometry, from, to, wheels.track),
  };
}

/** What a robot sees on three rounds of an office, as far as it is worth keyframes. @param repeated share of walls that look alike */
export async function officeViews(
  context: BenchContext,
  seed: number,
  repeated: number,
): Promise<{ rig: CameraRig; views: TrueView[] }> {
  const tour = await officeTour(context, seed, repeated);
  const { rig, tick, odometry } = tour;
  const views: TrueView[] = [];
  let worldFromBody = identity();
  let covariance: Float64Array = new Float64Array(36);
  let last: Moment | undefined;
  tour.moments.forEach((moment, n) => {
    if (last) tour.roll(last, moment);
    last = moment;
    const moved = odometry.take();
    worldFromBody = compose(worldFromBody, moved.delta);
    covariance = propagate(covariance, moved.delta, moved.covariance);
    const worldFromCamera = compose(planarPose(moment.x, moment.y, moment.yaw), rig.bodyFromCamera);
    const before = views.at(-1);
    if (before && !isFar(before, worldFromCamera, STEP, TURN)) return;
    const features = tour.look(moment);
    if (features.count < FEWEST_FEATURES) return;
    views.push(
      trueView(views.length, n * tick, features, worldFromCamera, rig, { worldFromBody, covariance }),
    );
  });
  return { rig, views };
}

/** Turns the wheels as far as a motion does. */
function roll(odometry: WheelOdometry, from: Moment, to: Moment, track: number): void {
  const forward = Math.hypot(to.x - from.x, to.y - from.y);
  const turned = wrapAngle(to.yaw - from.yaw);
  odometry.count(forward - (turned * track) / 2, forward + (turned * track) / 2);
}

export function trueView(
  id: number,
  time: number,
  features: FeatureFrame,
  worldFromCamera: Pose,
  rig: CameraRig,
  wheels?: TrueView['wheels'],
): TrueView {
  const points: MapPoint[] = [];
  const surface: number[] = [];
  for (let k = 0; k < features.count; k++) {
    const z = features.depth[k];
    if (!(z > 0)) continue;
    const x = ((features.x[k] - rig.cx) * z) / rig.fx;
    const y = ((features.y[k] - rig.cy) * z) / rig.fy;
    const point = new MapPoint(k, x, y, z, id);
    point.descriptor.set(features.descriptors.subarray(32 * k, 32 * k + 32));
    points.push(point);
    surface.push(...transformPoint(worldFromCamera, [x, y, z]));
  }
  return { id, time, features, worldFromCamera, wheels, points, surface: Float64Array.from(surface) };
}

/** Whether two views truly show one place from much the same side. */
function samePlace(a: TrueView, b: TrueView): boolean {
  return !isFar(a, b.worldFromCamera, NEAR, HEADING) && sharedSurface(a, b) >= SHARED;
}

/** Share of what one view shows that is where the other shows something too. */
function sharedSurface({ surface }: TrueView, other: TrueView): number {
  const count = surface.length / 3;
  let shared = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < other.surface.length; j += 3) {
      const dx = surface[3 * i] - other.surface[j];
      const dy = surface[3 * i + 1] - other.surface[j + 1];
      const dz = surface[3 * i + 2] - other.surface[j + 2];
      if (dx * dx + dy * dy + dz * dz > SAME_SPOT * SAME_SPOT) continue;
      shared++;
      break;
    }
  }
  return count > 0 ? shared / count : 0;
}

export function isFar(a: TrueView, worldFromCamera: Pose, metres: number, radians: number): boolean {
  return (
    distance(a.worldFromCamera, worldFromCamera) > metres ||
    angleBetween(a.worldFromCamera, worldFromCamera) > radians
  );
}
