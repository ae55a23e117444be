import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { between, log, type Pose, planarPose } from '../../../base/se3.ts';
import { pictureOf, SHOT } from '../../../bench/markers/picture.ts';
import { boardsOf, MARKED_ROBOTS } from '../../../sim/markers/board.ts';
import { BoardSpotter } from '../../../sim/markers/sightings.ts';
import { profile } from '../worlds.ts';

const { rig } = profile(0);
const spotter = new BoardSpotter(rig);
const TEAM = [0, 1, 2, 3];

function look(robots: readonly (readonly [number, Pose])[], self = 0, team: readonly number[] = TEAM) {
  const worn = robots.map(([id, bodyFromPeer]) => ({ bodyFromPeer, boards: boardsOf(id) }));
  const grey = pictureOf(worn, { rig, ...SHOT }, new Random(`markers/${robots.length}`));
  return spotter.look({ width: rig.width, height: rig.height, grey }, self, team);
}

describe('a teammate wearing boards', () => {
  it('is recognised, and measured in the body frame to a centimetre', () => {
    for (const yaw of [0.6, 2.2, -2.5, -0.9]) {
      const pose = planarPose(2.2, -0.3, yaw);
      const [sighting, ...others] = look([[3, pose]]);
      expect(others).toEqual([]);
      expect(sighting.peer).toBe(3);
      const error = log(between(pose, sighting.bodyFromPeer));
      for (let i = 0; i < 6; i++) expect(Math.abs(error[i])).toBeLessThan(0.01);
    }
  });

  it('is told from another beside it', () => {
    const [left, right] = [planarPose(3, 0.7, 0.4), planarPose(2.6, -0.6, 2)];
    const seen = look([
      [2, left],
      [1, right],
    ]);
    expect(seen.map(({ peer }) => peer)).toEqual([1, 2]);
    expect(seen[0].bodyFromPeer[1]).toBeCloseTo(-0.6, 1);
    expect(seen[1].bodyFromPeer[1]).toBeCloseTo(0.7, 1);
  });

  it('is dropped if it is oneself, or of no team one knows', () => {
    expect(look([[3, planarPose(2, 0, 1)]], 3)).toEqual([]);
    expect(look([[3, planarPose(2, 0, 1)]], 0, [0, 1])).toEqual([]);
  });

  it('is not seen where there is none', () => {
    expect(look([])).toEqual([]);
  });
});

describe('boards', () => {
  it('are there for so many robots and no more', () => {
    expect(boardsOf(MARKED_ROBOTS - 1)).toHaveLength(4);
    expect(() => boardsOf(MARKED_ROBOTS)).toThrow(/0…145, not for robot 146/);
  });
});
