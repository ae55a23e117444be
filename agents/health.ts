import type { SlamHealth } from '../base/allocation.ts';
import type { OdometryIncrement } from '../base/sensors.ts';
import type { SlamMap } from '../slam/map/slam-map.ts';
import type { TrackingReport } from '../slam/types.ts';

/** What counts as lately for the growth of the map and for speed, seconds. */
const GROWTH_SPAN = 5;
const SPEED_SPAN = 2;

/** What one robot's SLAM knows about its own health, followed from frame to frame. Times are mission time, seconds. */
export class Health {
  private readonly map: SlamMap;
  private time = 0;
  private points = 0;
  private tracked = true;
  /** When there last was a keyframe, and when the camera last found itself again; the start counts as both. */
  private keyframeAt = 0;
  private foundAt = 0;
  private growth = 0;
  private speed = 0;

  constructor(map: SlamMap) {
    this.map = map;
  }

  /** Takes in one frame's outcome, mapping included, and how the wheels turned meanwhile. */
  follow({ state, createdKeyframe }: TrackingReport, { delta }: OdometryIncrement, time: number): void {
    const { pointCount } = this.map;
    const elapsed = time - this.time;
    if (elapsed > 0) {
      const way = Math.sqrt(delta[0] * delta[0] + delta[1] * delta[1]);
      this.growth = averaged(this.growth, (pointCount - this.points) / elapsed, elapsed / GROWTH_SPAN);
      this.speed = averaged(this.speed, way / elapsed, elapsed / SPEED_SPAN);
    }
    const tracks = state === 'tracking';
    if (createdKeyframe >= 0) this.keyframeAt = time;
    if (tracks && !this.tracked) this.foundAt = time;
    this.tracked = tracks;
    this.points = pointCount;
    this.time = time;
  }

  /** As of the frame last followed. @param sinceObserved seconds since a teammate last measured where the robot is */
  of({ referenceKeyframe, inliers, matched, residual }: TrackingReport, sinceObserved: number): SlamHealth {
    const { map, time } = this;
    const reference = referenceKeyframe >= 0 ? map.standing(referenceKeyframe) : undefined;
    const known = reference?.points.reduce((count, point) => count + (point ? 1 : 0), 0) ?? 0;
    return {
      inlierRatio: matched > 0 ? inliers / matched : Number.NaN,
      referenceShare: known > 0 ? inliers / known : Number.NaN,
      covisibility: reference?.covisible.size ?? Number.NaN,
      residual: inliers > 0 ? residual : Number.NaN,
      sinceKeyframe: time - this.keyframeAt,
      sinceRelocalisation: time - this.foundAt,
      sinceObserved,
      mapGrowth: Math.max(0, this.growth),
      speed: this.speed,
    };
  }
}

/** An exponential average, moved on by `share` of its span. */
function averaged(average: number, value: number, share: number): number {
  return average + (1 - Math.exp(-share)) * (value - average);
}
