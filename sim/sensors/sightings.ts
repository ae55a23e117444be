import type { Random } from '../../base/random.ts';
import { between, compose, exp, type Pose, planarPose, rotationMatrix, yawOf } from '../../base/se3.ts';
import type { CameraFrame, PeerSighting } from '../../base/sensors.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { Cylinder, Obstacles } from '../geometry/obstacles.ts';
import { FACES, PLATE } from '../markers/board.ts';
import { BOARD_CELLS } from '../markers/codes.ts';
import type { SightingOptions } from '../options.ts';

/**
 * A marker is read while a cell of it covers so many pixels, and such a share of the motion blur; the chance falls from
 * certain to none over so wide a band of ranges about that. Measured on rendered images, as is all that follows: `bench markers`.
 */
const READABLE = 1.5;
const BLUR_SHARE = 0.72;
const BAND = 0.15;
/** Range at which the options say how large errors are, metres. */
const REFERENCE = 5;
/** Roll and pitch are known better than the heading, since all robots stand on one floor. */
const TILT = 0.5;
/** Least σ, metres or radians. */
const LEAST = 1e-3;
const HEIGHTS = [...new Set(FACES.map(({ height }) => height))];

export interface Teammate {
  readonly id: number;
  readonly sceneFromBody: Pose;
  readonly cylinder: Cylinder;
  /** m/s along its heading and rad/s. */
  readonly velocity: { readonly linear: number; readonly angular: number };
}

/** A sighting, and whom it really shows: the second is for the evaluator alone. */
export interface TrueSighting {
  readonly sighting: PeerSighting;
  readonly actual: number;
}

/** How a robot knows its teammates when it sees them. */
export interface Spotter {
  /**
   * @param team everyone alive, this robot included, by rising id; @param ids of the whole team, alive or not
   * @param frame what its camera has just delivered
   */
  look(self: Teammate, team: readonly Teammate[], ids: readonly number[], frame: CameraFrame): TrueSighting[];
}

/**
 * The `features` fidelity: who can be seen is told by the scene, how well by the options, whose defaults are what the
 * `images` fidelity's detector does.
 */
export class PeerDetector implements Spotter {
  private readonly profile: RobotProfile;
  private readonly options: SightingOptions;
  private readonly obstacles: Obstacles;
  private readonly random: Random;
  private readonly exposure: number;

  /** @param exposure seconds that the camera's shutter is open */
  constructor(
    profile: RobotProfile,
    options: SightingOptions,
    obstacles: Obstacles,
    exposure: number,
    random: Random,
  ) {
    this.profile = profile;
    this.exposure = exposure;
    this.options = options;
    this.obstacles = obstacles;
    this.random = random;
  }

  look(self: Teammate, team: readonly Teammate[], ids: readonly number[]): TrueSighting[] {
    const eye = compose(self.sceneFromBody, this.profile.rig.bodyFromCamera);
    const seen: TrueSighting[] = [];
    for (const mate of team) {
      if (mate.id === self.id) continue;
      const bodyFromPeer = between(self.sceneFromBody, mate.sceneFromBody);
      if (!this.inView(bodyFromPeer) || this.isHidden(eye, self, mate)) continue;
      if (!this.random.chance(this.chanceToRead(self, bodyFromPeer))) continue;
      seen.push({ sighting: this.measure(bodyFromPeer, mate.id, self.id, ids), actual: mate.id });
    }
    return seen;
  }

  private inView(bodyFromPeer: Pose): boolean {
    const { fov, minRange, maxRange } = this.profile.sighting;
    const range = rangeOf(bodyFromPeer);
    const bearing = Math.atan2(bodyFromPeer[1], bodyFromPeer[0]);
    return range >= minRange && range <= maxRange && Math.abs(bearing) <= fov / 2;
  }

  /** Whether neither of a teammate's plates can be seen. */
  private isHidden(eye: Pose, self: Teammate, mate: Teammate): boolean {
    const [x, y] = mate.sceneFromBody;
    this.obstacles.focus(eye[0], eye[1], this.profile.sighting.maxRange, [self.cylinder, mate.cylinder]);
    return HEIGHTS.every((height) => this.obstacles.blocked(eye[0], eye[1], eye[2], x, y, height));
  }

  private chanceToRead(self: Teammate, bodyFromPeer: Pose): number {
    const { fx } = this.profile.rig;
    const blur = fx * Math.abs(self.velocity.angular) * this.exposure;
    const reach = (fx * PLATE) / BOARD_CELLS / Math.max(READABLE, BLUR_SHARE * blur);
    const readable = (1 + BAND - rangeOf(bodyFromPeer) / reach) / (2 * BAND);
    return this.options.detection * Math.max(0, Math.min(1, readable));
  }

  private measure(bodyFromPeer: Pose, actual: number, self: number, ids: readonly number[]): PeerSighting {
    const noise = new Float64Array(6);
    const sigmas = this.sigmas(bodyFromPeer);
    const peerFromSight = sightAxes(bodyFromPeer);
    const along = sigmas.map((sigma) => this.random.normal(sigma));
    for (let i = 0; i < 3; i++) {
      for (let k = 0; k < 3; k++) noise[i] += peerFromSight[3 * i + k] * along[k];
      noise[3 + i] = along[3 + i];
    }
    const image = this.isMirrored(bodyFromPeer) ? mirrored(bodyFromPeer) : bodyFromPeer;
    const measured = compose(image, exp(noise));
    const others = ids.filter((id) => id !== actual && id !== self);
    const mistaken = this.random.chance(this.options.wrongIdentity) && others.length > 0;
    return {
      peer: mistaken ? this.random.pick(others) : actual,
      bodyFromPeer: measured,
      covariance: covarianceOf(this.sigmas(measured), sightAxes(measured)),
    };
  }

  /** What is seen of one plate alone has a mirror image, which far away looks the same. */
  private isMirrored(bodyFromPeer: Pose): boolean {
    const share = rangeOf(bodyFromPeer) / this.profile.sighting.maxRange;
    return this.random.chance(this.options.mirror * share * share * share * share);
  }

  /**
   * σ along, left of and above the line of sight (metres), and of roll, pitch and heading (radians): a range by the size of a
   * plate errs by the square of it, a slant by its foreshortening by the cube.
   */
  private sigmas(bodyFromPeer: Pose): number[] {
    const { bearingSigma, rangeSigma, headingSigma } = this.options;
    const range = rangeOf(bodyFromPeer);
    const far = range / REFERENCE;
    const heading = headingSigma * far * far * far;
    const across = bearingSigma * range;
    const sigmas = [rangeSigma * far * range, across, across, TILT * heading, TILT * heading, heading];
    return sigmas.map((sigma) => Math.max(LEAST, sigma));
  }
}

/** Over the floor, metres. */
function rangeOf([x, y]: Pose): number {
  return Math.sqrt(x * x + y * y);
}

/** The peer as it would stand if the plate it shows were slanted the other way: turned twice its slant about itself. */
function mirrored(bodyFromPeer: Pose): Pose {
  const quarter = Math.PI / 2;
  const slant = yawOf(bodyFromPeer) - Math.atan2(bodyFromPeer[1], bodyFromPeer[0]);
  const least = slant - quarter * Math.round(slant / quarter);
  return compose(bodyFromPeer, planarPose(0, 0, -2 * least));
}

/** Rotation, row-major, from the axes of the line of sight (along, left, up) to the peer's. */
function sightAxes(bodyFromPeer: Pose): Float64Array {
  const r = rotationMatrix(bodyFromPeer);
  const [x, y] = bodyFromPeer;
  const range = Math.sqrt(x * x + y * y) || 1;
  const [c, s] = [x / range, y / range];
  const out = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    out[3 * i] = r[i] * c + r[3 + i] * s;
    out[3 * i + 1] = -r[i] * s + r[3 + i] * c;
    out[3 * i + 2] = r[6 + i];
  }
  return out;
}

function covarianceOf(sigmas: readonly number[], peerFromSight: Float64Array): Float64Array {
  const covariance = new Float64Array(36);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 3; k++) {
        covariance[6 * i + j] += peerFromSight[3 * i + k] * peerFromSight[3 * j + k] * sigmas[k] * sigmas[k];
      }
    }
    covariance[7 * (i + 3)] = sigmas[3 + i] * sigmas[3 + i];
  }
  return covariance;
}
