import { describe, expect, it } from 'vitest';
import type { MetricsEvent, MissionEvent, SceneEvent, TruthEvent } from '../../agents/events.ts';
import { type Pose, planarPose } from '../../base/se3.ts';
import { Evaluator } from '../../scenarios/evaluate/evaluator.ts';
import type { MapChanges } from '../../slam/types.ts';
import { box, changes, type Place, poseEvent, ROOM_CELLS, robots, scanInRoom, squareRoom } from './room.ts';

/** The first robot starts at (2, 2) heading along +y: the team frame. */
const ORIGIN: Place = [2, 2, Math.PI / 2];

/** From the scene to the team frame. */
function inTeam([x, y, yaw]: Place): Place {
  return [y - 2, 2 - x, yaw - Math.PI / 2];
}

function mission({
  team = 1,
  duration = 10,
  starts = [ORIGIN] as Place[],
  solids = [] as ReturnType<typeof box>[],
} = {}) {
  const truth = starts.map((start) => planarPose(...start));
  const heard: MissionEvent[] = [];
  const evaluator = new Evaluator({
    scene: squareRoom(...solids),
    truth: { sceneFromBody: (agent) => truth[agent] },
    agents: robots(team),
    duration,
    emit: (event) => heard.push(event),
  });
  const tell = evaluator.listener;
  return {
    evaluator,
    heard,
    tell,
    /** A robot stands somewhere, thinks it is `off` from there (team frame), and looks around. */
    look(time: number, agent: number, place: Place, off: Place = [0, 0, 0], more = {}, fov?: number): void {
      truth[agent] = planarPose(...place);
      const [x, y, yaw] = inTeam(place);
      tell(poseEvent(time, agent, [x + off[0], y + off[1], yaw + off[2]], more));
      tell(scanInRoom(time, agent, place, fov));
    },
    map(time: number, agent: number, what: MapChanges): void {
      tell({ type: 'map', time, agent, changes: what });
    },
  };
}

const at = (x: number, y: number): Pose => planarPose(x, y, 0);

describe('coverage', () => {
  it('of perfect poses is accurate as far as it goes', () => {
    const all = mission();
    all.look(1, 0, [3, 3, 0.3]);
    const everything = all.evaluator.finish();
    expect(everything.cells).toBe(ROOM_CELLS);
    expect(everything.coverage).toBe(1);
    expect(everything.accurateCoverage).toBe(1);

    const part = mission();
    part.look(1, 0, [3, 3, 0], [0, 0, 0], {}, Math.PI / 2);
    const quarter = part.evaluator.finish();
    expect(quarter.coverage).toBeCloseTo(0.25, 1);
    expect(quarter.accurateCoverage).toBe(quarter.coverage);
  });

  it('is not accurate where the agent thinks it is 20 cm off, or turned', () => {
    const moved = mission();
    moved.look(1, 0, [3, 3, 0], [0.2, 0, 0]);
    const result = moved.evaluator.finish();
    expect(result.coverage).toBe(1);
    expect(result.accurateCoverage).toBe(0);

    // 0.03 rad moves what is 3 m away by 9 cm, what is farther by more.
    const turned = mission();
    turned.look(1, 0, [3, 3, 0], [0, 0, 0.03]);
    const { accurateCoverage } = turned.evaluator.finish();
    expect(accurateCoverage).toBeGreaterThan(0.3);
    expect(accurateCoverage).toBeLessThan(0.7);
  });

  it('counts errors of height and tilt as well: the same physical points', () => {
    const risen = mission();
    const pose = planarPose(...inTeam([3, 3, 0]), 0.15);
    risen.look(1, 0, [3, 3, 0], [0, 0, 0], { worldFromBody: pose, keyframeFromBody: pose });
    expect(risen.evaluator.finish().accurateCoverage).toBe(0);
  });

  it('recovers when its keyframe is moved to where it belongs', () => {
    const { look, map, evaluator } = mission();
    const wrong = at(1.2, -1);
    map(1, 0, changes({ added: [[5, wrong]] }));
    look(1, 0, [3, 3, 0], [0.2, 0, 0], { referenceKeyframe: 5, keyframePose: wrong });
    map(3, 0, changes({ moved: [[5, at(1, -1)]] }));
    expect(evaluator.finish().accurateCoverage).toBe(1);
  });

  it('hangs on the nearest keyframe left when its own is removed, and again on the next', () => {
    const { look, map, evaluator } = mission();
    const [a, b, c] = [at(1.2, 0), at(2.2, 0), at(9, 9)];
    map(
      1,
      0,
      changes({
        added: [
          [1, a],
          [2, b],
          [3, c],
        ],
      }),
    );
    look(1, 0, [3, 3, 0], [0.2, 0, 0], { referenceKeyframe: 1, keyframePose: a });
    // Removed in the same change that moves the one it hangs on from then on.
    map(2, 0, changes({ removed: [1], moved: [[2, at(2.3, 0)]] }));
    map(3, 0, changes({ removed: [2] }));
    map(4, 0, changes({ moved: [[3, at(8.7, 9)]] }));
    expect(evaluator.finish().accurateCoverage).toBe(1);
  });

  it('takes the view its agent was surest of, within an agent and among agents', () => {
    const views = (sure: number, unsure: number) => {
      const { look, evaluator } = mission({ team: 2, starts: [ORIGIN, [4, 4, 0]] });
      look(1, 0, [3, 3, 0], [0, 0, 0], { positionSigma: sure });
      look(2, 0, [3, 3, 0], [0.3, 0, 0], { positionSigma: 0.2 });
      look(3, 1, [3, 3, 0], [0.3, 0, 0], { positionSigma: unsure });
      return evaluator.finish().accurateCoverage;
    };
    expect(views(0.05, 0.1)).toBe(1);
    expect(views(0.1, 0.05)).toBe(0);
  });

  it('prefers the near view to the far one, whose range is noisier', () => {
    const { look, evaluator } = mission();
    look(1, 0, [5.7, 3, 0], [0.2, 0, 0]);
    look(2, 0, [0.3, 3, 0]);
    // What is nearer to the second place than to the first.
    expect(evaluator.finish().accurateCoverage).toBeCloseTo(0.5, 1);
  });

  it('is not had from what stands in front of a wall', () => {
    const { tell, look, evaluator } = mission();
    look(1, 0, [3, 3, 0], [0, 0, 0], {}, 0.001);
    const scan = scanInRoom(1, 0, [3, 3, 0]);
    tell({ ...scan, ranges: scan.ranges.map((range) => range - 0.5) });
    expect(evaluator.finish().coverage).toBe(0);
  });

  it('needs the pose of the moment of the scan', () => {
    const { tell, evaluator } = mission();
    tell(poseEvent(1, 0, inTeam([3, 3, 0])));
    tell(scanInRoom(1.1, 0, [3, 3, 0]));
    expect(evaluator.finish().coverage).toBe(0);
  });

  it('has as its area the mean over the planned time', () => {
    const { look, tell, evaluator } = mission({ duration: 10 });
    look(2.5, 0, [3, 3, 0]);
    tell({ type: 'end', time: 10, reason: 'finished' });
    // 0 at 2 s, 1 from 3 s on.
    expect(evaluator.finish().accurateCoverageAuc).toBeCloseTo(0.75, 12);
  });

  it('of a mission cut short has nothing for the rest', () => {
    const { look, tell, evaluator } = mission({ duration: 20 });
    look(2.5, 0, [3, 3, 0]);
    tell({ type: 'end', time: 10, reason: 'stopped' });
    expect(evaluator.finish().accurateCoverageAuc).toBeCloseTo(7.5 / 20, 12);
  });
});

describe('team error', () => {
  const four: Place[] = [
    [1, 1, 0],
    [5, 1, 0],
  ];

  it('is one alignment over the whole team', () => {
    const { look, evaluator } = mission({ team: 2, starts: [ORIGIN, [4, 4, 0]] });
    // Apart by 4 m, told as 4.4 m: each is 0.2 m off under the best alignment, and right on its own.
    look(1, 0, four[0]);
    look(1, 1, four[1], [0, -0.4, 0]);
    const result = evaluator.finish();
    expect(result.teamAte).toBeCloseTo(0.2, 9);
    expect(result.agents[1].ateRmse).toBeCloseTo(0, 9);
  });

  it('scores poses as the map has them at the end, whether lost or not', () => {
    const { look, map, evaluator } = mission({ team: 2, starts: [ORIGIN, [4, 4, 0]] });
    const wrong = at(0, -0.4);
    look(1, 0, four[0]);
    map(1, 1, changes({ added: [[0, wrong]] }));
    look(1, 1, four[1], [0, -0.4, 0], { keyframePose: wrong, state: 'lost' });
    map(2, 1, changes({ moved: [[0, at(0, 0)]] }));
    const { teamAte, agents } = evaluator.finish();
    expect(teamAte).toBeCloseTo(0, 9);
    const { trajectory, truth } = agents[1];
    for (let k = 0; k < 7; k++) expect(trajectory.poses[k]).toBeCloseTo(truth.poses[k], 9);
  });

  it('sums the time that robots are lost or blind', () => {
    const { look, evaluator } = mission({ team: 2, starts: [ORIGIN, [4, 4, 0]] });
    (['tracking', 'blind', 'lost', 'tracking', 'initialising'] as const).forEach((state, i) => {
      look(0.1 * (i + 1), 0, four[0], [0, 0, 0], { state });
      look(0.1 * (i + 1), 1, four[1], [0, 0, 0], { state: 'lost' });
    });
    const { timeLostS, agents } = evaluator.finish();
    expect(agents.map((agent) => agent.timeLostS)).toEqual([expect.closeTo(0.2, 9), expect.closeTo(0.5, 9)]);
    expect(timeLostS).toBeCloseTo(0.7, 9);
  });
});

describe('ghosts', () => {
  it('are mapped points nowhere near floor, ceiling, wall or thing', () => {
    const { map, evaluator } = mission({ solids: [box({ x: 4, y: 4, hx: 0.3, hy: 0.3 })] });
    // Team frame; the middle of the room is at (1, −1), the box at (2, −2).
    const near = [
      [1, -1, 0.1],
      [1, -1, 2.4],
      [-1.9, 0, 1.2],
      [2, -2, 1.1],
    ] as const;
    map(1, 0, changes({ points: [...near, [1, -1, 1.2], [2, -2, 1.4], [1, -1, -1], [9, 9, 0]] }));
    expect(evaluator.finish().ghosts).toBe(4 / 8);
  });
});

describe('what the evaluator tells', () => {
  it('is the scene in the team frame, the truth with each pose, and metrics every second', () => {
    const { look, tell, heard } = mission();
    tell({ type: 'start', time: 0, scenario: 's', policy: 'p', seed: 1, duration: 10, agents: robots(1) });
    for (let i = 1; i <= 35; i++) look(i / 10, 0, [3, 3, 0]);
    const [scene] = heard.filter((event) => event.type === 'scene') as SceneEvent[];
    expect(scene.bounds.minX).toBeCloseTo(-2.1, 9);
    expect(scene.bounds.maxY).toBeCloseTo(2.1, 9);
    // The wall y = −0.05, centre (3, −0.05) in the scene.
    expect([...scene.boxes.slice(0, 3)]).toEqual([
      expect.closeTo(-2.05, 5),
      expect.closeTo(-1, 5),
      expect.closeTo(1.25, 5),
    ]);
    const truths = heard.filter((event) => event.type === 'truth') as TruthEvent[];
    expect(truths).toHaveLength(35);
    expect([...truths[0].worldFromBody.slice(0, 2)]).toEqual([expect.closeTo(1, 9), expect.closeTo(-1, 9)]);
    const metrics = heard.filter((event) => event.type === 'metrics') as MetricsEvent[];
    expect(metrics.map(({ time }) => time)).toEqual([1, 2, 3]);
    expect(metrics[0].teamAte).toBeCloseTo(0, 9);
    expect(metrics[0].coverage).toBe(1);
  });
});
