import { yawOf } from '../../base/se3.ts';
import type { DepthScan, OdometryIncrement } from '../../base/sensors.ts';
import { SETTINGS } from './settings.ts';

const { memory, feltMemory, range: REACH, capacity } = SETTINGS.surroundings;
const STEP = 0.1;

/**
 * What stands close around the robot, as points in its own body frame: what the scan shows now and what it showed to the
 * sides and behind a while ago, carried along by odometry. It needs no trusted pose, so it holds when SLAM is lost or jumps.
 */
export class Surroundings {
  count = 0;
  readonly x = new Float64Array(capacity);
  readonly y = new Float64Array(capacity);
  private readonly seenAt = new Float64Array(capacity);
  /** Points the bumper felt: a scan that looks over them does not make them go away. */
  private readonly felt = new Uint8Array(capacity);

  /** Moves the points to where they are after the robot's motion. */
  advance(odometry: OdometryIncrement): void {
    const [dx, dy] = odometry.delta;
    const yaw = yawOf(odometry.delta);
    const c = Math.cos(yaw);
    const s = Math.sin(yaw);
    for (let i = 0; i < this.count; i++) {
      const x = this.x[i] - dx;
      const y = this.y[i] - dy;
      this.x[i] = c * x + s * y;
      this.y[i] = c * y - s * x;
    }
  }

  /** Drops what is old, far or superseded by the scan's view (if there is one), and adds what the scan shows. */
  observe(scan: DepthScan | undefined, time: number): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const x = this.x[i];
      const y = this.y[i];
      if (time - this.seenAt[i] > (this.felt[i] ? feltMemory : memory)) continue;
      if (!this.felt[i] && x * x + y * y > REACH * REACH) continue;
      if (!this.felt[i] && scan && inView(scan, Math.atan2(y, x))) continue;
      this.x[kept] = x;
      this.y[kept] = y;
      this.felt[kept] = this.felt[i];
      this.seenAt[kept++] = this.seenAt[i];
    }
    this.count = kept;
    if (!scan) return;
    for (let i = 0; i < scan.ranges.length; i++) {
      const range = scan.ranges[i];
      const angle = scan.angleMin + i * scan.angleStep;
      if (range <= REACH) this.add(range * Math.cos(angle), range * Math.sin(angle), time, 0);
    }
  }

  /** Remembers a point (metres, body frame) that was felt rather than seen. */
  feel(x: number, y: number, time: number): void {
    this.add(x, y, time, 1);
  }

  /**
   * Seconds (up to `horizon`) until a disc of `radius` metres under the given velocities would come nearer to a point
   * than `radius`; moving away from a point that is too near already is free.
   */
  freeTime(linear: number, angular: number, radius: number, horizon: number): number {
    let free = horizon;
    const reach = radius + Math.abs(linear) * horizon;
    const limit = radius * radius;
    for (let i = 0; i < this.count; i++) {
      const px = this.x[i];
      const py = this.y[i];
      let nearest = px * px + py * py;
      if (nearest > reach * reach) continue;
      let x = 0;
      let y = 0;
      for (let t = STEP; t <= free + 1e-9; t += STEP) {
        const heading = angular * (t - STEP / 2);
        x += linear * STEP * Math.cos(heading);
        y += linear * STEP * Math.sin(heading);
        const d = (px - x) * (px - x) + (py - y) * (py - y);
        if (d < limit && d < nearest - 1e-6) {
          free = t - STEP;
          break;
        }
        nearest = Math.min(nearest, d);
      }
    }
    return free;
  }

  /** Whether a disc of `radius` metres at a point (metres, body frame) would touch anything. */
  touches(x: number, y: number, radius: number): boolean {
    for (let i = 0; i < this.count; i++) {
      const dx = this.x[i] - x;
      const dy = this.y[i] - y;
      if (dx * dx + dy * dy < radius * radius) return true;
    }
    return false;
  }

  private add(x: number, y: number, time: number, felt: number): void {
    if (this.count === capacity) return;
    this.x[this.count] = x;
    this.y[this.count] = y;
    this.felt[this.count] = felt;
    this.seenAt[this.count++] = time;
  }
}

/** Whether the scan tells what stands at a bearing. */
function inView(scan: DepthScan, bearing: number): boolean {
  const ray = Math.round((bearing - scan.angleMin) / scan.angleStep);
  return ray >= 0 && ray < scan.ranges.length && !Number.isNaN(scan.ranges[ray]);
}
