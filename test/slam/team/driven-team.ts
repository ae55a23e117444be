import { Random } from '../../../base/random.ts';
import type { PlanarPose, Subject } from '../../../slam/team/colocaliser.ts';
import type { RangeBearingNoise } from '../../../slam/team/range-bearing.ts';
import type { WheelNoise } from '../../../slam/team/wheel-increment.ts';
import type { WheelCommands } from '../../../slam/team/wheel-record.ts';

/** A made-up team on a plane, whose wheels do not quite do as they are told. */
export interface DrivenTeam {
  readonly robots: readonly {
    readonly commands: WheelCommands;
    /** By `CALIBRATION`. */
    readonly calibration: readonly number[];
    /** Where it is after each step of `STEP_S`; the first at 0 s. */
    readonly truth: readonly PlanarPose[];
  }[];
  readonly landmarks: readonly { readonly x: number; readonly y: number }[];
  readonly sightings: readonly MadeSighting[];
}

export interface MadeSighting {
  readonly time: number;
  readonly observer: number;
  readonly subject: Subject;
  readonly range: number;
  readonly bearing: number;
}

export const STEP_S = 0.1;
export const WHEELS: WheelNoise = { ahead: 0.02, sideways: 0.005, turn: 0.03 };
export const NOISE: RangeBearingNoise = { range: 0.05, rangePerMetre: 0.02, bearing: 0.02, sideways: 0.02 };
export const CALIBRATION_SIGMAS = [0.08, 0.08, 0.08];
const REACH = 4;
const HALF_VIEW = 0.6;

export interface TeamShape {
  readonly seed: string;
  readonly robots: number;
  readonly seconds: number;
  /** Who sees landmarks. */
  readonly seers: readonly number[];
}

export function driveTeam({ seed, robots: count, seconds, seers }: TeamShape): DrivenTeam {
  const random = new Random(seed);
  const landmarks = Array.from({ length: 8 }, (_, k) => ({
    x: 4 * Math.cos(k * 0.785),
    y: 4 * Math.sin(k * 0.785),
  }));
  const steps = Math.round(seconds / STEP_S);
  const robots = Array.from({ length: count }, (_, robot) => {
    const own = random.fork(`robot${robot}`);
    const calibration = CALIBRATION_SIGMAS.map((sigma, k) => (k < 2 ? 1 : 0) + own.normal(sigma));
    const commands = commandsOf(own, steps);
    return { commands, calibration, truth: drive(own, commands, calibration, robot) };
  });
  const sightings: MadeSighting[] = [];
  const noise = random.fork('sightings');
  for (let step = 5; step < steps; step += 5) {
    for (let observer = 0; observer < count; observer++) {
      const [x, y, yaw] = robots[observer].truth[step];
      const see = (subject: Subject, sx: number, sy: number) => {
        const distance = Math.hypot(sx - x, sy - y);
        const bearing = Math.atan2(sy - y, sx - x) - yaw;
        const wrapped = Math.atan2(Math.sin(bearing), Math.cos(bearing));
        if (distance > REACH || distance < 0.3 || Math.abs(wrapped) > HALF_VIEW) return;
        const rangeSigma = Math.hypot(NOISE.range, NOISE.rangePerMetre * distance);
        const bearingSigma = Math.hypot(NOISE.bearing, NOISE.sideways / distance);
        const range = distance + noise.normal(rangeSigma);
        sightings.push({
          time: step * STEP_S,
          observer,
          subject,
          range,
          bearing: wrapped + noise.normal(bearingSigma),
        });
      };
      robots.forEach(({ truth }, robot) => {
        if (robot !== observer) see({ robot }, truth[step][0], truth[step][1]);
      });
      if (seers.includes(observer)) for (const place of landmarks) see(place, place.x, place.y);
    }
  }
  return { robots, landmarks, sightings };
}

/** Curves of a few seconds. */
function commandsOf(random: Random, steps: number): WheelCommands {
  const times = new Float64Array(steps + 1);
  const forward = new Float64Array(steps + 1);
  const turning = new Float64Array(steps + 1);
  let curve = 0;
  for (let k = 0; k <= steps; k++) {
    if (k % 40 === 0) curve = random.uniform(0.05, 0.4);
    times[k] = k * STEP_S;
    forward[k] = 0.15;
    turning[k] = curve;
  }
  return { times, forward, turning };
}

function drive(
  random: Random,
  { forward, turning }: WheelCommands,
  [distance, turn, veer]: readonly number[],
  robot: number,
): PlanarPose[] {
  let [x, y, yaw] = [2 * Math.cos(1.3 * robot), 2 * Math.sin(1.3 * robot), 1.3 * robot + 1];
  const truth: PlanarPose[] = [[x, y, yaw]];
  const root = Math.sqrt(STEP_S);
  for (let k = 0; k + 1 < forward.length; k++) {
    const turned = (turn * turning[k] + veer * forward[k]) * STEP_S + random.normal(WHEELS.turn * root);
    const ahead = distance * forward[k] * STEP_S + random.normal(WHEELS.ahead * root);
    const aside = random.normal(WHEELS.sideways * root);
    const [c, s] = [Math.cos(yaw + turned / 2), Math.sin(yaw + turned / 2)];
    x += ahead * c - aside * s;
    y += ahead * s + aside * c;
    yaw += turned;
    truth.push([x, y, yaw]);
  }
  return truth;
}
