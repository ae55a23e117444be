import { describe, expect, it } from 'vitest';
import { readKernels } from '../../../bin/resources.ts';
import { Colocaliser } from '../../../slam/team/colocaliser.ts';
import { type PastSighting, TeamSmoother } from '../../../slam/team/team-smoother.ts';
import { IDEAL_WHEELS } from '../../../slam/team/wheel-increment.ts';
import { WheelRecord } from '../../../slam/team/wheel-record.ts';
import {
  CALIBRATION_SIGMAS,
  type DrivenTeam,
  driveTeam,
  NOISE,
  STEP_S,
  type TeamShape,
  WHEELS,
} from './driven-team.ts';

const kernels = await readKernels();
const MODEL = {
  wheels: WHEELS,
  calibration: { common: [0, 0, 0], own: CALIBRATION_SIGMAS },
  startSigma: { position: 0.001, yaw: 0.001 },
  sightings: NOISE,
};
const SHAPE: TeamShape = { seed: 'smoother', robots: 3, seconds: 120, seers: [0] };

function smooth({ robots }: DrivenTeam, sightings: readonly PastSighting[]): TeamSmoother {
  const driven = robots.map(({ commands, truth }) => ({
    start: truth[0],
    startTime: 0,
    commands,
    calibration: IDEAL_WHEELS,
  }));
  return new TeamSmoother(driven, sightings, { ...MODEL, kernels, delay: 0 });
}

/** What the joint filter thought on the way, for which what was seen is not always whom it was taken for. */
function past({ robots, sightings }: DrivenTeam, wrongEvery = Number.POSITIVE_INFINITY): PastSighting[] {
  const filter = new Colocaliser({ ...MODEL, starts: robots.map(({ truth }) => truth[0]) });
  const records = robots.map(({ commands }) => new WheelRecord(commands, 0));
  let now = 0;
  return sightings.map((sighting, k) => {
    const { time, observer, subject } = sighting;
    records.forEach((record, robot) => {
      record.drive(now, time, filter.wayOf(robot));
    });
    now = time;
    const peer = 'robot' in subject ? subject.robot : undefined;
    const taken =
      peer !== undefined && k % wrongEvery === 0 ? { robot: robots.length - observer - peer } : subject;
    filter.weigh(observer, taken, sighting).apply();
    const poseOfPeer = 'robot' in taken ? filter.poseOf(taken.robot) : undefined;
    return { ...sighting, subject: taken, thought: [filter.poseOf(observer), poseOfPeer] };
  });
}

function rmse(team: DrivenTeam, smoother: TeamSmoother, robot: number): number {
  const { truth } = team.robots[robot];
  const poses = smoother.posesAt(
    robot,
    Float64Array.from(truth, (_, k) => k * STEP_S),
  );
  const squares = truth.map(
    ([x, y], k) => (poses[3 * k] - x) * (poses[3 * k] - x) + (poses[3 * k + 1] - y) * (poses[3 * k + 1] - y),
  );
  return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
}

describe('a team in hindsight', () => {
  const team = driveTeam(SHAPE);

  it('was where its landmarks and teammates say, between sightings too, though its wheels are off', () => {
    const smoother = smooth(team, past(team));
    const reckoned = smooth(team, []);
    for (const robot of [0, 1, 2]) {
      expect(rmse(team, smoother, robot)).toBeLessThan(0.1);
      expect(rmse(team, reckoned, robot)).toBeGreaterThan(0.2);
    }
  });

  it('finds what wheels make of what they are told', () => {
    const long = driveTeam({ ...SHAPE, seconds: 240 });
    const smoother = smooth(long, past(long));
    const off = long.robots.map(({ calibration }) => Math.abs(calibration[0] - IDEAL_WHEELS[0]));
    expect(Math.max(...off)).toBeGreaterThan(0.05);
    long.robots.forEach(({ calibration }, robot) => {
      expect(Math.abs(smoother.calibrationOf(robot)[0] - calibration[0])).toBeLessThan(0.04);
    });
  });

  it('has no use for what one robot took for another', () => {
    // One of these seeds ended far off where the graph began by dead reckoning.
    for (const seed of ['c', 'f']) {
      const made = driveTeam({ ...SHAPE, seed });
      const [right, wrong] = [past(made), past(made, 5)];
      const changed = wrong.filter(({ subject }, k) => subject !== right[k].subject);
      expect(changed.length).toBeGreaterThan(30);
      const [clean, dirty] = [smooth(made, right), smooth(made, wrong)];
      for (const robot of [0, 1, 2])
        expect(rmse(made, dirty, robot)).toBeLessThan(1.2 * rmse(made, clean, robot) + 0.01);
    }
  });

  it('goes by wheels after the last sighting, from where that left it', () => {
    const until = 60;
    const smoother = smooth(
      team,
      past(team).filter(({ time }) => time < until),
    );
    const times = Float64Array.from({ length: 20 }, (_, k) => until - 1 + k / 10);
    const poses = smoother.posesAt(0, times);
    for (let k = 1; k < times.length; k++) {
      const step = Math.hypot(poses[3 * k] - poses[3 * k - 3], poses[3 * k + 1] - poses[3 * k - 2]);
      expect(step).toBeGreaterThan(0.008);
      expect(step).toBeLessThan(0.03);
    }
  });
});
