import { compose, inverse, type Pose, transformPoint } from '../base/se3.ts';
import type { CameraRig, SensorPacket } from '../base/sensors.ts';
import type { PixelBox } from '../slam/features/hidden.ts';

/** A teammate counts as still there for this long after it was last recognised, seconds. */
const LASTS = 0.5;
/** Half the width and the height of what may belong to a robot, its mast included: metres. */
const HALF_WIDTH = 0.4;
const HEIGHT = 1.2;
const NEAREST = 0.3;

/**
 * Where in the image teammates are. They move, so nothing seen there may count as standing still: a robot that watches one drive
 * through a bare corridor sees hardly anything else, and would take its teammate's motion for its own.
 */
export class TeammatesInView {
  private readonly rig: CameraRig;
  private readonly cameraFromBody: Pose;
  private readonly seen = new Map<number, { time: number; bodyFromPeer: Pose }>();

  constructor(rig: CameraRig) {
    this.rig = rig;
    this.cameraFromBody = inverse(rig.bodyFromCamera);
  }

  /** Takes in a packet; a box in its image for each teammate recognised in it or shortly before. */
  boxes({ time, odometry, sightings }: SensorPacket): PixelBox[] {
    const bodyFromPrevious = inverse(odometry.delta);
    for (const [peer, last] of this.seen) {
      if (time - last.time > LASTS) this.seen.delete(peer);
      else last.bodyFromPeer = compose(bodyFromPrevious, last.bodyFromPeer);
    }
    for (const { peer, bodyFromPeer } of sightings) this.seen.set(peer, { time, bodyFromPeer });
    return [...this.seen.values()].flatMap(({ bodyFromPeer }) => this.boxOf(bodyFromPeer) ?? []);
  }

  private boxOf([x, y, z]: Pose): PixelBox | undefined {
    const { fx, fy, cx, cy } = this.rig;
    const foot = transformPoint(this.cameraFromBody, [x, y, z]);
    const head = transformPoint(this.cameraFromBody, [x, y, z + HEIGHT]);
    if (foot[2] < 0) return undefined;
    const depth = Math.max(NEAREST, Math.min(foot[2], head[2]) - HALF_WIDTH);
    const middle = cx + (fx * foot[0]) / Math.max(NEAREST, foot[2]);
    return {
      minX: middle - (fx * HALF_WIDTH) / depth,
      maxX: middle + (fx * HALF_WIDTH) / depth,
      minY: cy + (fy * head[1]) / depth,
      maxY: cy + (fy * foot[1]) / depth,
    };
  }
}
