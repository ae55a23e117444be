import type { Random } from '../../base/random.ts';
import { type Pose, yawOf } from '../../base/se3.ts';
import type { DepthScan } from '../../base/sensors.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { Cylinder, Obstacles } from '../geometry/obstacles.ts';
import type { CameraNoise } from '../options.ts';

const RAYS = 64;
/** Height of the scan plane above the floor, metres. */
const HEIGHT = 0.25;
/** Share of rays that come back without an answer. */
const DROPOUT = 0.01;

/** The coarse planar depth scan of one robot: a row of its depth camera, or a cheap lidar. */
export class DepthScanner {
  private readonly profile: RobotProfile;
  private readonly noise: CameraNoise;
  private readonly obstacles: Obstacles;
  private readonly random: Random;

  constructor(profile: RobotProfile, noise: CameraNoise, obstacles: Obstacles, random: Random) {
    this.profile = profile;
    this.noise = noise;
    this.obstacles = obstacles;
    this.random = random;
  }

  scan(sceneFromBody: Pose, self: Cylinder): DepthScan {
    const { fov, maxRange } = this.profile.scan;
    const [a, b] = this.noise.depthSigma;
    const [x, y] = sceneFromBody;
    const heading = yawOf(sceneFromBody);
    const angleMin = -fov / 2;
    const angleStep = fov / (RAYS - 1);
    const ranges = new Float32Array(RAYS);
    this.obstacles.focus(x, y, maxRange, [self]);
    for (let i = 0; i < RAYS; i++) {
      const angle = heading + angleMin + i * angleStep;
      const dx = maxRange * Math.cos(angle);
      const dy = maxRange * Math.sin(angle);
      const share = this.obstacles.free(x, y, HEIGHT, dx, dy, 0);
      const range = share * maxRange;
      const measured = Math.max(0, range + this.random.normal(a + b * range * range));
      if (this.random.chance(DROPOUT)) ranges[i] = Number.NaN;
      else ranges[i] = share >= 1 || measured > maxRange ? Number.POSITIVE_INFINITY : measured;
    }
    return { angleMin, angleStep, maxRange, ranges };
  }
}
