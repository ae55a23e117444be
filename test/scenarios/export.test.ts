import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { exp } from '../../base/se3.ts';
import { fromPoses, parseTrajectory } from '../../scenarios/evaluate/trajectory.ts';
import { TRAJECTORY_FORMATS, type TrajectoryFormat, toEuroc, toKitti } from '../../scenarios/export.ts';

/** Seconds since 1970, as cameras stamp, and since the start, as KITTI has them. */
const STARTS = [1_305_031_229.5, 0];

function motion(start: number) {
  const random = new Random('export');
  const times = Float64Array.from({ length: 20 }, (_, i) => start + 0.1 * i);
  const poses = new Float64Array(7 * times.length);
  for (let i = 0; i < times.length; i++)
    poses.set(exp(Array.from({ length: 6 }, () => random.uniform(-1.5, 1.5))), 7 * i);
  return { times, poses };
}

describe('exported trajectories', () => {
  for (const format of Object.keys(TRAJECTORY_FORMATS) as TrajectoryFormat[]) {
    it(`in ${format} are read back as they were`, () => {
      for (const start of STARTS) {
        const { times, poses } = motion(start);
        const read = parseTrajectory(TRAJECTORY_FORMATS[format].write(times, poses), format);
        const { matrices } = fromPoses(times, poses);
        read.matrices.forEach((value, i) => {
          expect(Math.abs(value - matrices[i])).toBeLessThan(1e-6);
        });
        const stamps = format === 'kitti' ? times.map((_, i) => i) : times;
        read.times.forEach((time, i) => {
          expect(Math.abs(time - stamps[i])).toBeLessThan(1e-6);
        });
      }
    });
  }

  it('have the columns other programs expect', () => {
    const pose = [1, 2, 3, 0, 0, Math.SQRT1_2, Math.SQRT1_2];
    expect(toEuroc([1_403_636_579.76355], pose).split('\n')).toEqual([
      '#timestamp [ns],p_x [m],p_y [m],p_z [m],q_w [],q_x [],q_y [],q_z []',
      expect.stringMatching(
        /^14036365797635\d{5},1\.0000000,2\.0000000,3\.0000000,0\.7071068,0\.0000000,0\.0000000,0\.7071068$/,
      ),
      '',
    ]);
    const row = toKitti([0], pose).trim().split(' ').map(Number);
    [0, -1, 0, 1, 1, 0, 0, 2, 0, 0, 1, 3].forEach((value, i) => {
      expect(row[i]).toBeCloseTo(value, 9);
    });
  });
});
