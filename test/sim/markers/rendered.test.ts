import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { between, log, type Pose, planarPose } from '../../../base/se3.ts';
import { median } from '../../../scenarios/statistics.ts';
import { boardsOf } from '../../../sim/markers/board.ts';
import { inverse6 } from '../../../sim/markers/normal-equations.ts';
import { BoardSpotter } from '../../../sim/markers/sightings.ts';
import { cylinder, Picture } from '../pictures.ts';
import { box, hall, profile } from '../worlds.ts';

const { rig } = profile(0);
const spotter = new BoardSpotter(rig);
const TEAM = [0, 1, 2, 3];
const [X, Y] = [2, 5];

/** What a robot at (X, Y), looking along x, makes of another that wears the boards of robot 3. */
function newLooker(solids: Parameters<typeof hall>[0] = []) {
  const mate = cylinder(0, 0, { height: 0.45, radius: 0.22 });
  const picture = new Picture(hall(solids), [mate], { rig, boards: [boardsOf(3)] });
  const body = picture.staged.cylinders[0];
  return (selfFromMate: Pose, { self = 0, team = TEAM, seed = 1 } = {}) => {
    const [x, y] = [X + selfFromMate[0], Y + selfFromMate[1]];
    const yaw = 2 * Math.atan2(selfFromMate[5], selfFromMate[6]);
    picture.renderer.place(body, x, y, Math.cos(yaw), Math.sin(yaw), 0, 0, true);
    picture.draw(X, Y, 0);
    const grey = picture.renderer.readGrey(0.94, 1.5, seed);
    return spotter.look({ width: rig.width, height: rig.height, grey }, self, team);
  };
}

describe('boards in rendered images', () => {
  const look = newLooker();

  it('tell who stands three metres away, and how, whichever way it looks', () => {
    for (const yaw of [0.3, 1.1, 1.9, 2.7, -0.5, -1.3, -2.1, -2.9]) {
      const pose = planarPose(3, 0.4, yaw);
      const seen = look(pose);
      expect(seen.map(({ peer }) => peer)).toEqual([3]);
      const error = log(between(pose, seen[0].bodyFromPeer));
      for (let i = 0; i < 6; i++) expect(Math.abs(error[i])).toBeLessThan(0.02);
    }
  });

  it('are read with errors as the covariance says', () => {
    const random = new Random('markers/rendered');
    const squares: number[] = [];
    for (let n = 0; n < 80; n++) {
      const pose = planarPose(random.uniform(1.8, 6), random.uniform(-0.8, 0.8), random.uniform(-3.1, 3.1));
      for (const { bodyFromPeer, covariance } of look(pose, { seed: n })) {
        const error = log(between(pose, bodyFromPeer));
        const information = inverse6(covariance) ?? new Float64Array(36);
        squares.push(information.reduce((sum, w, i) => sum + w * error[Math.floor(i / 6)] * error[i % 6], 0));
      }
    }
    expect(squares.length).toBeGreaterThan(70);
    // The median of χ² with six degrees of freedom is 5.3.
    expect(median(squares)).toBeGreaterThan(2);
    expect(median(squares)).toBeLessThan(11);
  });

  it('are dropped if they are oneself’s, or of no team one knows', () => {
    const pose = planarPose(3, 0, 1);
    expect(look(pose, { self: 3 })).toEqual([]);
    expect(look(pose, { team: [0, 1] })).toEqual([]);
  });

  it('are hidden by a wall before them, and not by one behind', () => {
    const pose = planarPose(3, 0, 1);
    expect(newLooker([box('wall', X + 1.5, Y, 0.06, 1, 2.7)])(pose)).toEqual([]);
    expect(newLooker([box('wall', X + 4.5, Y, 0.06, 1, 2.7)])(pose)).toHaveLength(1);
  });
});
