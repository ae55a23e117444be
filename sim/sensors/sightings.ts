import type { Random } from '../../base/random.ts';
import { between, compose, exp, type Pose, planarPose, rotationMatrix, wrapAngle } from '../../base/se3.ts';
import type { CameraFrame, PeerSighting } from '../../base/sensors.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { Cylinder, Obstacles } from '../geometry/obstacles.ts';
import { FACES, MAST_FOOT, PLATE } from '../markers/board.ts';
import type { SightingOptions } from '../options.ts';

/** Height of the boards' centre, metres. */
const MARKER_HEIGHT = MAST_FOOT + PLATE;
/** Roll and pitch are known better than heading is, on a level floor. */
const TILT = 0.3;
/** Markers cease to be legible between these shares of their reach. */
const FADING = [0.85, 1.15] as const;

export interface Teammate {
  readonly id: number;
  readonly sceneFromBody: Pose;
  readonly cylinder: Cylinder;
  /** rad/s. */
  readonly turnRate: number;
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
      if (!this.random.chance(this.options.detection * this.legibility(bodyFromPeer, self.turnRate)))
        continue;
      seen.push({ sighting: this.measure(bodyFromPeer, mate.id, self.id, ids), actual: mate.id });
    }
    return seen;
  }

  private inView([x, y]: Pose): boolean {
    const { fov, minRange, maxRange } = this.profile.sighting;
    const range = Math.sqrt(x * x + y * y);
    return range >= minRange && range <= maxRange && Math.abs(Math.atan2(y, x)) <= fov / 2;
  }

  /** 0…1: a cell of a marker shrinks with range, and turning smears it by the same pixels at any. */
  private legibility([x, y]: Pose, turnRate: number): number {
    const { reach, smear } = this.options;
    const share = Math.sqrt(x * x + y * y) * (1 / reach + smear * Math.abs(turnRate));
    const [full, none] = FADING;
    return Math.max(0, Math.min(1, (none - share) / (none - full)));
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
    const taken = this.random.chance(this.options.mirrored) ? mirrorImage(bodyFromPeer) : bodyFromPeer;
    const measured = compose(taken, exp(noise));
    const others = ids.filter((id) => id !== actual && id !== self);
    const mistaken = this.random.chance(this.options.wrongIdentity) && others.length > 0;
    return {
      peer: mistaken ? this.random.pick(others) : actual,
      bodyFromPeer: measured,
      covariance: covarianceOf(this.sigmas(measured), sightAxes(measured)),
    };
  }

  /**
   * σ along, left of and above the line of sight (metres), and of roll, pitch and heading (radians). A corner's error in
   * pixels moves the bearing by the same at any range; size and slant are told by a picture that shrinks with range.
   */
  private sigmas([x, y]: Pose): number[] {
    const { bearingSigma, rangeSigma, headingSigma } = this.options;
    const range = Math.sqrt(x * x + y * y);
    const across = Math.max(1e-3, bearingSigma * range);
    const heading = Math.max(1e-3, headingSigma * range * range);
    const tilt = Math.max(1e-3, TILT * heading);
    return [Math.max(1e-3, rangeSigma * range * range), across, across, tilt, tilt, heading];
  }
}

/** A robot whose nearest face is seen at the same slant to the other side. */
function mirrorImage(bodyFromPeer: Pose): Pose {
  const r = rotationMatrix(bodyFromPeer);
  const [x, y] = bodyFromPeer;
  const yaw = Math.atan2(r[3], r[0]);
  const back = Math.atan2(-y, -x);
  const slants = FACES.map(({ heading }) => wrapAngle(yaw + heading - back));
  const slant = slants.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a));
  return planarPose(x, y, yaw - 2 * slant);
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
