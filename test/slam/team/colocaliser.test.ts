import { describe, expect, it } from 'vitest';
import { Colocaliser } from '../../../slam/team/colocaliser.ts';
import { WheelRecord } from '../../../slam/team/wheel-record.ts';
import {
  CALIBRATION_SIGMAS,
  type DrivenTeam,
  driveTeam,
  type MadeSighting,
  NOISE,
  STEP_S,
  type TeamShape,
  WHEELS,
} from './driven-team.ts';

const SHAPE: TeamShape = { seed: 'colocaliser', robots: 3, seconds: 120, seers: [0] };

function begin({ robots }: DrivenTeam) {
  const filter = new Colocaliser({
    starts: robots.map(({ truth }) => truth[0]),
    startSigma: { position: 0.001, yaw: 0.001 },
    wheels: WHEELS,
    calibration: { common: [0, 0, 0], own: CALIBRATION_SIGMAS },
    sightings: NOISE,
  });
  const records = robots.map(({ commands }) => new WheelRecord(commands, 0));
  const times = robots.map(() => 0);
  const driveTo = (time: number) => {
    records.forEach((record, robot) => {
      record.drive(times[robot], time, filter.wayOf(robot));
      times[robot] = time;
    });
  };
  return { filter, driveTo };
}

/** Drives a team through its sightings. @returns position errors of each robot at its sightings, and the filter */
function follow(team: DrivenTeam, sightings: readonly MadeSighting[] = team.sightings) {
  const { filter, driveTo } = begin(team);
  const errors = team.robots.map((): number[] => []);
  const surprises: number[] = [];
  const normalised: number[] = [];
  for (const { time, observer, subject, range, bearing } of sightings) {
    driveTo(time);
    const weighed = filter.weigh(observer, subject, { range, bearing });
    surprises.push(weighed.chi2);
    weighed.apply();
    const [x, y] = filter.poseOf(observer);
    const truth = team.robots[observer].truth[Math.round(time / STEP_S)];
    const [ex, ey] = [x - truth[0], y - truth[1]];
    errors[observer].push(Math.hypot(ex, ey));
    const [xx, xy, , , yy] = filter.covarianceOf(observer);
    normalised.push((yy * ex * ex - 2 * xy * ex * ey + xx * ey * ey) / (xx * yy - xy * xy));
  }
  return { filter, errors, surprises, normalised };
}

const rms = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the joint filter of a team', () => {
  it('helps those who see no landmark by those who do, and knows how sure it is', () => {
    const seeds = ['a', 'b', 'c', 'd', 'e', 'f'];
    const together = seeds.map((seed) => follow(driveTeam({ ...SHAPE, seed })));
    const alone = seeds.map((seed) => {
      const team = driveTeam({ ...SHAPE, seed });
      return follow(
        team,
        team.sightings.filter(({ observer, subject }) => observer === 0 && !('robot' in subject)),
      );
    });
    expect(mean(together.map(({ errors }) => rms(errors[0])))).toBeLessThan(0.1);
    for (const robot of [1, 2]) {
      expect(mean(together.map(({ errors }) => rms(errors[robot])))).toBeLessThan(0.2);
    }
    // What landmarks tell of a robot alone is less than what it is told with its teammates' help.
    expect(mean(together.map(({ errors }) => rms(errors[0])))).toBeLessThan(
      mean(alone.map(({ errors }) => rms(errors[0]))),
    );
    // Squared errors by their own covariance: 2 in the mean, where both are right and all is linear.
    const nees = mean(together.flatMap(({ normalised }) => normalised));
    expect(nees).toBeGreaterThan(1.2);
    expect(nees).toBeLessThan(3);
    // And what is measured surprises as much as it should.
    const nis = mean(together.flatMap(({ surprises }) => surprises));
    expect(nis).toBeGreaterThan(1.6);
    expect(nis).toBeLessThan(2.4);
  });

  it('finds the calibration of wheels on the way, of those who see landmarks and of those who are seen', () => {
    const team = driveTeam({ ...SHAPE, seconds: 240 });
    const { filter } = follow(team);
    team.robots.forEach(({ calibration }, robot) => {
      const found = filter.calibrationOf(robot);
      expect(Math.abs(found[0] - calibration[0])).toBeLessThan(0.04);
      // Turning and veering look alike on curves that differ little; together they are known.
      const turning = (c: ArrayLike<number>) => 0.22 * c[1] + 0.15 * c[2];
      expect(Math.abs(turning(found) - turning(calibration))).toBeLessThan(0.008);
    });
  });

  it('lets robots of one make learn from each other’s wheels, those that nobody sees too', () => {
    const found = [true, false].map((shared) => {
      const filter = new Colocaliser({
        starts: [
          [0, 0, 0],
          [0, 5, 0],
        ],
        startSigma: { position: 0.001, yaw: 0.001 },
        wheels: WHEELS,
        calibration: shared
          ? { common: [0.1, 0, 0], own: [0.02, 0.02, 0.02] }
          : { common: [0, 0, 0], own: [0.1, 0.02, 0.02] },
        sightings: NOISE,
      });
      // Told to go 2 m, robot 0 has gone 1.8 m: the landmark ahead says so.
      filter.wayOf(0).roll(0.1, 0, 20);
      for (let k = 0; k < 20; k++) filter.weigh(0, { x: 3, y: 0 }, { range: 1.2, bearing: 0 }).apply();
      return [filter.calibrationOf(0)[0], filter.calibrationOf(1)[0]];
    });
    const [[own, other], [alone, unheard]] = found;
    expect(own).toBeLessThan(0.95);
    expect(alone).toBeLessThan(0.95);
    expect(other).toBeCloseTo(own, 2);
    expect(unheard).toBe(1);
  });

  it('is led little astray by what one robot took for another', () => {
    const team = driveTeam(SHAPE);
    const wrong = team.sightings.map((sighting, k) =>
      'robot' in sighting.subject && k % 12 === 0
        ? { ...sighting, subject: { robot: 3 - sighting.observer - sighting.subject.robot } }
        : sighting,
    );
    const changed = wrong.filter((sighting, k) => sighting !== team.sightings[k]);
    expect(changed.length).toBeGreaterThan(10);
    const clean = rms(follow(team).errors.flat());
    expect(rms(follow(team, wrong).errors.flat())).toBeLessThan(2 * clean);
  });

  it('says by how much a sighting would lower the variances, and changes nothing until told', () => {
    const team = driveTeam(SHAPE);
    const { filter, driveTo } = begin(team);
    const traceOf = () =>
      team.robots
        .map((_, robot) => filter.covarianceOf(robot))
        .reduce((sum, covariance) => sum + covariance[0] + covariance[4], 0);
    for (const { time, observer, subject, range, bearing } of team.sightings.slice(0, 60)) {
      driveTo(time);
      const weighed = filter.weigh(observer, subject, { range, bearing });
      const before = traceOf();
      const pose = filter.poseOf(observer);
      expect(weighed.gain).toBeGreaterThan(0);
      filter.weigh(observer, subject, { range, bearing });
      expect(traceOf()).toBeCloseTo(before, 12);
      expect(filter.poseOf(observer)).toEqual(pose);
      weighed.apply();
      expect(before - traceOf()).toBeCloseTo(weighed.gain, 10);
    }
  });

  it('does not mind how far off its first guess is where ranges and bearings are bent', () => {
    const start = { position: 1, yaw: 0.001 };
    const filter = new Colocaliser({
      starts: [[0.8, 0.6, 0]],
      startSigma: start,
      wheels: WHEELS,
      calibration: { common: [0, 0, 0], own: CALIBRATION_SIGMAS },
      sightings: NOISE,
    });
    // Truly at the origin, with a landmark close ahead.
    filter.weigh(0, { x: 1, y: 0 }, { range: 1, bearing: 0 }).apply();
    const [x, y] = filter.poseOf(0);
    expect(Math.hypot(x, y)).toBeLessThan(0.02);
  });
});
