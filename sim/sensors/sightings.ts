import type { Random } from '../../base/random.ts';
import { between, compose, exp, type Pose, rotationMatrix } from '../../base/se3.ts';
import type { CameraFrame, PeerSighting } from '../../base/sensors.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { Cylinder, Obstacles } from '../geometry/obstacles.ts';
import { MAST_FOOT, PLATE } from '../markers/board.ts';
import type { SightingOptions } from '../options.ts';

/** Height of the middle of the boards that a robot wears, metres. */
const MARKER_HEIGHT = MAST_FOOT + PLATE;
/** Roll and pitch of a marker are known worse than nothing but better than its heading is, on a level floor. */
const TILT = 0.5;

export interface Teammate {
  readonly id: number;
  readonly sceneFromBody: Pose;
  readonly cylinder: Cylinder;
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
 * The `features` fidelity: who can be seen is told by the scene, how well by the options, whose defaults are what the detector of
 * the `images` fidelity does (`peerslam bench markers`).
 */
export class PeerDetector implements Spotter {
  private readonly profile: RobotProfile;
  private readonly options: SightingOptions;
  private readonly obstacles: Obstacles;
  private readonly random: Random;

  constructor(profile: RobotProfile, options: SightingOptions, obstacles: Obstacles, random: Random) {
    this.profile = profile;
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
      if (!this.random.chance(this.options.detection)) continue;
      seen.push({ sighting: this.measure(bodyFromPeer, mate.id, self.id, ids), actual: mate.id });
    }
    return seen;
  }

  private inView([x, y]: Pose): boolean {
    const { fov, minRange, maxRange } = this.profile.sighting;
    const range = Math.sqrt(x * x + y * y);
    return range >= minRange && range <= maxRange && Math.abs(Math.atan2(y, x)) <= fov / 2;
  }

  private isHidden(eye: Pose, self: Teammate, mate: Teammate): boolean {
    const [x, y] = mate.sceneFromBody;
    this.obstacles.focus(eye[0], eye[1], this.profile.sighting.maxRange, [self.cylinder, mate.cylinder]);
    return this.obstacles.blocked(eye[0], eye[1], eye[2], x, y, MARKER_HEIGHT);
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
    const measured = compose(bodyFromPeer, exp(noise));
    const others = ids.filter((id) => id !== actual && id !== self);
    const mistaken = this.random.chance(this.options.wrongIdentity) && others.length > 0;
    return {
      peer: mistaken ? this.random.pick(others) : actual,
      bodyFromPeer: measured,
      covariance: covarianceOf(this.sigmas(measured), sightAxes(measured)),
    };
  }

  /** σ along, left of and above the line of sight (metres), and of roll, pitch and heading (radians). */
  private sigmas(bodyFromPeer: Pose): number[] {
    const { bearingSigma, rangeSigma, headingSigma } = this.options;
    const [x, y] = bodyFromPeer;
    const range = Math.sqrt(x * x + y * y);
    const offAxis = Math.abs(Math.atan2(y, x)) / (this.profile.sighting.fov / 2);
    const oblique = 1 + 0.5 * Math.min(1.5, offAxis);
    const heading = headingSigma * (0.5 + 0.5 * range) * oblique;
    const across = Math.max(1e-3, bearingSigma * range * oblique);
    const tilt = Math.max(1e-3, TILT * heading);
    return [Math.max(1e-3, rangeSigma * range), across, across, tilt, tilt, Math.max(1e-3, heading)];
  }
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
