import { recordWorld, type WorldRecord } from '../../agents/recorded-world.ts';
import { between, compose, log, type Pose, transformPoint } from '../../base/se3.ts';
import type { CameraRig, FeatureFrame } from '../../base/sensors.ts';
import { POLICIES } from '../../rl/policies.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { runScenario } from '../../scenarios/run.ts';
import { MapPoint } from '../../slam/map/map-point.ts';
import { propagate } from '../../slam/optimize/covariance.ts';
import type { BenchContext } from '../bench.ts';

/** A view worth a keyframe, and the truth about it, which only the bench looks at. */
export interface TrueView {
  readonly id: number;
  readonly time: number;
  readonly features: FeatureFrame;
  readonly worldFromCamera: Pose;
  /** Where the wheels alone say the body is, and their 6×6 covariance: no truth. */
  readonly wheels: { readonly worldFromBody: Pose; readonly covariance: Float64Array };
  /** What has depth, as map points in this view's own camera frame. */
  readonly points: readonly MapPoint[];
  /** Where those truly are, world frame: 3 each. */
  readonly surface: Float64Array;
}

/** Motion after which a view is worth keeping: metres, radians. */
const STEP = 0.4;
const TURN = 0.35;
const FEWEST_FEATURES = 60;
/** Views of one place: metres and radians apart at most, and this share of the one seen by the other… */
const NEAR = 1.5;
const HEADING = Math.PI / 4;
const SHARED = 0.25;
/** …which is where something of the other is this near, metres. */
const SAME_SPOT = 0.15;

/** What two robots see in some minutes of an office, as far as it is worth keyframes. */
export async function officeViews(
  { kernels, scenarioText, stop }: BenchContext,
  seed: number,
  duration: number,
): Promise<{ rig: CameraRig; robots: TrueView[][] }> {
  const { text, path } = await scenarioText('office');
  const scenario = parseScenario(text, path);
  if (scenario.layout.kind === 'explicit') throw new RangeError(`${path} should draw its layout by a seed`);
  let record: WorldRecord | undefined;
  const { agents } = await runScenario({
    scenario: {
      ...scenario,
      layout: { ...scenario.layout, seed },
      appearance: { ...scenario.appearance, seed },
    },
    where: path,
    kernels,
    seed,
    policy: 'independent',
    allocator: POLICIES.independent,
    agents: 2,
    duration,
    between(world) {
      const recorded = recordWorld(world);
      record = recorded.record;
      return recorded.world;
    },
    onTick: () => !stop.aborted,
  });
  const { profiles, steps } = record!;
  const robots = profiles.map(({ id, rig, start }, i) => {
    const views: TrueView[] = [];
    const { poses } = agents[i].truth;
    const packets = steps.flatMap((step) => step.packets.filter(({ agent }) => agent === id));
    let worldFromBody: Pose = start!;
    let covariance: Float64Array = new Float64Array(36);
    packets.forEach(({ time, camera, odometry }, n) => {
      worldFromBody = compose(worldFromBody, odometry.delta);
      covariance = propagate(covariance, odometry.delta, odometry.covariance);
      if (camera?.kind !== 'features' || camera.count < FEWEST_FEATURES) return;
      const worldFromCamera = compose(poses.slice(7 * n, 7 * n + 7), rig.bodyFromCamera);
      const last = views.at(-1);
      if (last && !isFar(last.worldFromCamera, worldFromCamera)) return;
      views.push(trueView(views.length, time, camera, worldFromCamera, { worldFromBody, covariance }, rig));
    });
    return views;
  });
  return { rig: profiles[0].rig, robots };
}

function trueView(
  id: number,
  time: number,
  features: FeatureFrame,
  worldFromCamera: Pose,
  wheels: TrueView['wheels'],
  rig: CameraRig,
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

/** Metres and radians between two poses. */
export function apart(a: Pose, b: Pose): { metres: number; radians: number } {
  const off = log(between(a, b));
  return {
    metres: Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]),
    radians: Math.hypot(off[3], off[4], off[5]),
  };
}

/** Whether two views truly show one place from much the same side. */
export function samePlace(a: TrueView, b: TrueView): boolean {
  const { metres, radians } = apart(a.worldFromCamera, b.worldFromCamera);
  return metres <= NEAR && radians <= HEADING && sharedSurface(a, b) >= SHARED;
}

/** Share of what one view shows that is where the other shows something too. */
export function sharedSurface({ surface }: TrueView, other: TrueView): number {
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

function isFar(a: Pose, b: Pose): boolean {
  const { metres, radians } = apart(a, b);
  return metres > STEP || radians > TURN;
}
