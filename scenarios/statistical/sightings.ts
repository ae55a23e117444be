import type { Random } from '../../base/random.ts';
import { wrapAngle } from '../../base/se3.ts';
import type { SightingOptions } from '../../sim/options.ts';
import type { JointEstimate } from './estimate.ts';
import type { Ground } from './ground.ts';
import type { Robot } from './robot.ts';

/** Range at which the options say how large errors are, metres, and the least σ: as sim's detector has them. */
const REFERENCE = 5;
const LEAST = 1e-3;

/** Who sees whom. Wrong identities and mirror images, which the joint map in full rejects, do not occur. */
export class Sightings {
  count = 0;
  private readonly options: SightingOptions;
  private readonly ground: Ground;
  private readonly estimate: JointEstimate;
  private readonly random: Random;
  private readonly sigmas = new Float64Array(3);
  private readonly noise = new Float64Array(3);

  constructor(options: SightingOptions, ground: Ground, estimate: JointEstimate, random: Random) {
    this.options = options;
    this.ground = ground;
    this.estimate = estimate;
    this.random = random;
  }

  look(robots: readonly Robot[], time: number): void {
    for (const self of robots) {
      for (const mate of robots) if (mate !== self && this.sees(self, mate)) this.take(self, mate, time);
    }
  }

  private sees(self: Robot, mate: Robot): boolean {
    const { fov, minRange, maxRange } = self.profile.sighting;
    const [a, b] = [self.driver, mate.driver];
    const range = Math.hypot(b.x - a.x, b.y - a.y);
    if (range < minRange || range > maxRange) return false;
    if (Math.abs(wrapAngle(a.headingTo(b.x, b.y) - a.yaw)) > fov / 2) return false;
    return this.ground.canSee(a.x, a.y, b.x, b.y) && this.random.chance(this.options.detection);
  }

  private take(self: Robot, mate: Robot, time: number): void {
    const { bearingSigma, rangeSigma, headingSigma } = this.options;
    const [a, b] = [self.driver, mate.driver];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const range = Math.hypot(dx, dy);
    const far = range / REFERENCE;
    this.sigmas[0] = Math.max(LEAST, rangeSigma * far * range);
    this.sigmas[1] = Math.max(LEAST, bearingSigma * range);
    this.sigmas[2] = Math.max(LEAST, headingSigma * far * far * far);
    for (let k = 0; k < 3; k++) this.noise[k] = this.random.normal(this.sigmas[k]);
    this.estimate.measure(self.index, mate.index, dx, dy, this.sigmas, this.noise);
    this.count++;
    self.sight(mate.id, time, b.x, b.y);
    mate.health.observedAt = time;
  }
}
