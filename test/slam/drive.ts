import { Random } from '../../base/random.ts';
import { distance, type Pose } from '../../base/se3.ts';
import type { CameraRig, FeatureFrame, OdometryIncrement } from '../../base/sensors.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import type { SlamSettings } from '../../slam/settings.ts';
import { Slam } from '../../slam/slam.ts';
import type { SlamOptions, TrackingReport } from '../../slam/types.ts';
import { type CorridorWorld, RIG, wheelOdometry } from './synthetic.ts';

const STEP_S = 0.1;
const STEP_M = 0.05;

export const NOTHING_SEEN: FeatureFrame = {
  kind: 'features',
  count: 0,
  x: new Float32Array(0),
  y: new Float32Array(0),
  octave: new Uint8Array(0),
  angle: new Float32Array(0),
  depth: new Float32Array(0),
  descriptors: new Uint8Array(0),
};

/** A robot driven round the corridor, its SLAM, and how far off that is. */
export class Drive {
  readonly slam: Slam;
  readonly world: CorridorWorld;
  readonly reports: TrackingReport[] = [];
  /** Metres between estimated and true position, one an input. */
  readonly errors: number[] = [];
  private readonly random = new Random('drive');
  private readonly wheels: boolean;
  private readonly mono: boolean;
  private time = 0;
  private along = 0;
  private pose: Pose;

  constructor(
    world: CorridorWorld,
    kernels: Kernels,
    wheels: boolean,
    settings?: Partial<SlamSettings>,
    options?: Partial<SlamOptions>,
    kind: CameraRig['kind'] = RIG.kind,
  ) {
    this.world = world;
    this.wheels = wheels;
    this.pose = world.poseAt(0);
    this.mono = kind === 'mono';
    const rig = { ...RIG, kind };
    this.slam = new Slam({ rig, kernels, worldFromStart: this.pose.slice(), settings, ...options });
  }

  get last(): TrackingReport {
    return this.reports[this.reports.length - 1];
  }

  get error(): number {
    return this.errors[this.errors.length - 1];
  }

  /**
   * Drives on; with `blind` the camera sees nothing all the while. `through` may spoil what it sees; `after` hears of each input.
   */
  go(
    metres: number,
    blind = false,
    through = (seen: FeatureFrame) => seen,
    after?: (odometry: OdometryIncrement | undefined) => void,
  ): this {
    for (let n = Math.round(metres / STEP_M); n > 0; n--) {
      const next = this.world.poseAt(this.along);
      const seen = blind ? NOTHING_SEEN : through(this.world.observe(next, this.random));
      const camera = this.mono ? { ...seen, depth: new Float32Array(seen.count) } : seen;
      const odometry = this.wheels && this.time > 0 ? wheelOdometry(this.pose, next, this.random) : undefined;
      const report = this.slam.track({ time: this.time, camera, odometry });
      this.reports.push(report);
      this.errors.push(distance(report.worldFromBody, next));
      this.pose = next;
      this.time += STEP_S;
      this.along += STEP_M;
      after?.(odometry);
    }
    return this;
  }

  /** Carries the robot to another place without its wheels noticing. */
  carryTo(along: number): this {
    this.along = along;
    this.pose = this.world.poseAt(along);
    return this;
  }
}

export function rmse(errors: readonly number[]): number {
  return Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
}
