import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { compose, exp, type Pose, planarPose } from '../../base/se3.ts';
import { alignmentOf } from '../../scenarios/evaluate/align.ts';
import { evaluate, type Statistics } from '../../scenarios/evaluate/metrics.ts';
import {
  associate,
  fromPoses,
  ofOther,
  parseTrajectory,
  type Trajectory,
} from '../../scenarios/evaluate/trajectory.ts';
import { dataFolder, hasData } from '../data.ts';

const folder = join(dataFolder, 'trajectories');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

const PAIRS: Record<string, [string, string]> = {
  'KITTI_00_ORB vs KITTI_00_gt': ['KITTI_00_ORB.txt', 'KITTI_00_gt.txt'],
  'fr2_desk_ORB vs gt': ['fr2_desk_ORB.txt', 'fr2_desk_groundtruth.txt'],
  'fr1_xyz rgbdslam vs gt': ['freiburg1_xyz-rgbdslam.txt', 'freiburg1_xyz-groundtruth.txt'],
  'fr1_xyz ORB_kf_mono vs gt': ['freiburg1_xyz-ORB_kf_mono.txt', 'freiburg1_xyz-groundtruth.txt'],
};

describe.skipIf(!hasData('trajectories'))("evo's figures", () => {
  const reference = hasData('trajectories') ? JSON.parse(read('reference_metrics.json')) : {};

  for (const [name, [estimateFile, truthFile]] of Object.entries(PAIRS)) {
    for (const alignment of ['none', 'se3', 'sim3'] as const) {
      it(`${name}, ${alignment}: to 1e-6 relative`, () => {
        const estimate = parseTrajectory(read(estimateFile), estimateFile);
        const result = evaluate([estimate], [parseTrajectory(read(truthFile), truthFile)], alignment);
        const expected = reference[name];
        expect(result.pairs).toBe(expected.n_matched);
        if (alignment !== 'none') expectRelative(result.scale, expected.scale[alignment], 'scale');
        compare(result.ape.translation, expected[`ape_trans_${alignment}`], 'ape translation');
        compare(result.ape.rotationDeg, expected[`ape_rot_deg_${alignment}`], 'ape rotation');
        if (alignment === 'se3') return;
        compare(result.rpe.perFrame.translation, expected[`rpe_trans_delta1frame_${alignment}`], 'rpe frame');
        compare(
          result.rpe.perFrame.rotationDeg,
          expected[`rpe_rot_deg_delta1frame_${alignment}`],
          'rpe frame rotation',
        );
        compare(result.rpe.per1m.translation, expected[`rpe_trans_delta1m_${alignment}`], 'rpe 1 m');
        compare(
          result.rpe.per1m.rotationDeg,
          expected[`rpe_rot_deg_delta1m_${alignment}`],
          'rpe 1 m rotation',
        );
      });
    }
  }

  function compare(ours: Statistics, theirs: Statistics, what: string): void {
    for (const key of ['rmse', 'mean', 'median', 'std', 'min', 'max'] as const) {
      expectRelative(ours[key], theirs[key], `${what} ${key}`);
    }
  }

  function expectRelative(ours: number, theirs: number, what: string): void {
    const tolerance = Math.max(1e-6 * Math.abs(theirs), 1e-9);
    expect(Math.abs(ours - theirs), `${what}: ${ours} against ${theirs}`).toBeLessThanOrEqual(tolerance);
  }
});

function wander(random: Random, count: number, offset = 0): Trajectory {
  const poses: Pose[] = [planarPose(offset, 0, 0)];
  for (let i = 1; i < count; i++) {
    poses.push(compose(poses[i - 1], exp([0.1, 0, 0, 0, random.normal(0.05), random.normal(0.2)])));
  }
  return fromPoses(
    poses.map((_, i) => i * 0.1),
    poses.flatMap((pose) => [...pose]),
  );
}

function moved(trajectory: Trajectory, by: Pose): Trajectory {
  const motion = fromPoses([0], by).matrices;
  const matrices = new Float64Array(trajectory.matrices.length);
  for (let i = 0; i < matrices.length; i += 12) {
    for (let r = 0; r < 3; r++) {
      for (let c = 0; c < 4; c++) {
        matrices[i + 4 * r + c] = c === 3 ? motion[4 * r + 3] : 0;
        for (let k = 0; k < 3; k++)
          matrices[i + 4 * r + c] += motion[4 * r + k] * trajectory.matrices[i + 4 * k + c];
      }
    }
  }
  return { times: trajectory.times, matrices };
}

describe('evaluation', () => {
  it('of a team takes one alignment for all: a robot off by itself is seen', () => {
    const random = new Random('team');
    const truths = [wander(random, 80), wander(random, 80, 5)];
    const together = truths.map((truth) => moved(truth, planarPose(3, -2, 1)));
    expect(evaluate(together, truths, 'se3').ape.translation.rmse).toBeLessThan(1e-9);
    const apart = [together[0], moved(truths[1], planarPose(3, 0, 1))];
    expect(evaluate(apart, truths, 'se3').ape.translation.rmse).toBeGreaterThan(0.3);
    expect(evaluate([apart[1]], [truths[1]], 'se3').ape.translation.rmse).toBeLessThan(1e-9);
  });

  it('recovers rotation, translation and scale', () => {
    const truth = wander(new Random('sim3'), 60);
    const estimate = moved(truth, exp([1, 2, 3, 0.5, -1, 2]));
    for (let i = 0; i < estimate.matrices.length; i += 4) estimate.matrices[i + 3] *= 0.5;
    expect(alignmentOf([estimate], [truth], 'sim3').scale).toBeCloseTo(2, 9);
    expect(evaluate([estimate], [truth], 'sim3').ape.translation.max).toBeLessThan(1e-9);
  });

  it('pairs only poses near in time', () => {
    const truth = wander(new Random('times'), 50);
    const late = { ...truth, times: truth.times.map((time) => time + 0.02) };
    expect(associate(late, truth).truth.times.length).toBe(0);
    expect(() => evaluate([late], [truth], 'none')).toThrow(/within 0.01 s/);
    expect(associate(late, truth, 0.03).truth.times.length).toBe(50);
  });

  it('reads EuRoC states: nanoseconds, and the quaternion with w first', () => {
    const state = '1403636580838555648,1,2,3,0.5,0.5,0.5,-0.5';
    const tum = parseTrajectory('1403636580.838555648 1 2 3 0.5 0.5 -0.5 0.5', 'tum');
    for (const text of [state, `#timestamp, p_x, …\n${state},0,0,0,0,0,0,0,0,0\n`]) {
      const euroc = parseTrajectory(text, 'data.csv');
      expect([...euroc.matrices]).toEqual([...tum.matrices].map((value) => expect.closeTo(value, 12)));
      expect(euroc.times[0]).toBeCloseTo(tum.times[0], 6);
    }
  });

  it('tells the motion of a body that rides along', () => {
    const body = planarPose(1, 2, 0.7);
    const riding = exp([0.1, -0.2, 0.3, 0.4, 0.5, -0.6]);
    const moved = ofOther(fromPoses([0], body), riding);
    const expected = fromPoses([0], compose(body, riding));
    expect([...moved.matrices]).toEqual([...expected.matrices].map((value) => expect.closeTo(value, 12)));
  });

  it('names file and line of what it cannot read', () => {
    const bad: [string, RegExp][] = [
      ['1 0 0 0 0 0 0 1\n2 0 0 0 0 0 1', /f:2/],
      ['1 0 0 0 0 0 0 1\n0.9 0 0 0 0 0 0 1', /f:2: time 0.9 goes back from 1/],
      ['1 0 0 0 0 0 0 0', /f:1: the quaternion is zero/],
      ['# nothing', /holds no poses/],
      ['1 0 0 x 0 0 0 1', /f:1/],
    ];
    for (const [text, message] of bad) {
      expect(() => parseTrajectory(text, 'f')).toThrow(InputError);
      expect(() => parseTrajectory(text, 'f')).toThrow(message);
    }
  });
});
