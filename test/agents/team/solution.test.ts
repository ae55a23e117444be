import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../agents/radio/bytes.ts';
import {
  type AgentSolution,
  decodeSolution,
  encodeSolution,
  SolutionKeeper,
  type SolutionMessage,
  SolutionTeller,
} from '../../../agents/team/solution.ts';
import { Random } from '../../../base/random.ts';
import { distance, planarPose } from '../../../base/se3.ts';
import { Crew } from './crew.ts';
import { covarianceOf, randomPose } from './entries.ts';
import { STORM } from './links.ts';

const random = new Random('solution');
const covariance = covarianceOf(random);

/** A straight trajectory of nodes 3, 6, 9 …, pushed sideways by `aside` metres from node `from` on. */
function solutionFor(agent: number, nodes: number, aside = 0, from = 0): AgentSolution {
  const poses = new Map(
    Array.from({ length: nodes }, (_, i) => [
      3 * i,
      planarPose(0.3 * i, 3 * i >= from ? aside : 0, 0.01 * i),
    ]),
  );
  return { agent, frame: 0, poses, covariance };
}

describe('a solution as bytes', () => {
  const message: SolutionMessage = {
    solver: 1,
    version: 70_000,
    agent: 2,
    frame: 0,
    isWhole: true,
    poses: new Map([5, 900, 6].map((index) => [index, randomPose(random)])),
    covariance,
  };

  it('is carried whole, the frame of the team too', () => {
    for (const frame of [0, -1]) {
      const bytes = encodeSolution({ ...message, frame });
      const back = decodeSolution(new ByteReader(bytes), new Set([0, 1, 2]));
      const { poses, covariance: _, ...rest } = back;
      expect(rest).toEqual({ solver: 1, version: 70_000, agent: 2, frame, isWhole: true });
      expect([...poses.keys()]).toEqual([5, 6, 900]);
      for (const [index, pose] of poses) expect(distance(pose, message.poses.get(index)!)).toBeLessThan(1e-5);
      expect(back.covariance[7]).toBeCloseTo(covariance[7], 4);
    }
  });

  it('takes 22 bytes a node', () => {
    const many = { ...message, poses: solutionFor(2, 500).poses };
    expect(encodeSolution(many).length / 500).toBeLessThan(22.5);
  });
});

describe('who solves', () => {
  const told = (message: SolutionMessage | undefined) => [...(message?.poses.keys() ?? [])];

  it('tells a robot what has changed since that robot last said what it has', () => {
    const teller = new SolutionTeller(0);
    const first = teller.messageFor(solutionFor(2, 4))!;
    expect([first.isWhole, told(first)]).toEqual([true, [0, 3, 6, 9]]);
    expect(told(teller.messageFor(solutionFor(2, 4)))).toEqual([0, 3, 6, 9]);
    teller.acknowledge(2, { solver: 0, version: first.version });
    expect(teller.messageFor(solutionFor(2, 4))).toBeUndefined();
    expect(teller.messageFor(solutionFor(2, 4, 0.004))).toBeUndefined();
    const second = teller.messageFor(solutionFor(2, 5, 0.006, 6))!;
    expect([second.isWhole, told(second)]).toEqual([false, [6, 9, 12]]);
    expect(told(teller.messageFor(solutionFor(2, 5, 0.006, 6)))).toEqual([6, 9, 12]);
    teller.acknowledge(2, { solver: 0, version: second.version });
    expect(teller.messageFor(solutionFor(2, 5, 0.006, 6))).toBeUndefined();
  });

  it('does not let what crept away in small steps go untold', () => {
    const teller = new SolutionTeller(0);
    const first = teller.messageFor(solutionFor(2, 2))!;
    teller.acknowledge(2, { solver: 0, version: first.version });
    expect(teller.messageFor(solutionFor(2, 2, 0.003))).toBeUndefined();
    expect(told(teller.messageFor(solutionFor(2, 2, 0.006)))).toEqual([0, 3]);
  });

  it('forgets what it told before it told all anew', () => {
    const teller = new SolutionTeller(0);
    const acknowledged = (solution: AgentSolution) => {
      const message = teller.messageFor(solution)!;
      teller.acknowledge(2, { solver: 0, version: message.version });
      return told(message);
    };
    acknowledged(solutionFor(2, 3));
    expect(acknowledged({ ...solutionFor(2, 2), frame: -1 })).toEqual([0, 3]);
    expect(acknowledged({ ...solutionFor(2, 3), frame: -1 })).toEqual([6]);
  });

  it('tells everything anew to a robot that has listened to another, and after a change of frame', () => {
    const teller = new SolutionTeller(1);
    const first = teller.messageFor(solutionFor(2, 3))!;
    teller.acknowledge(2, { solver: 1, version: first.version });
    expect(teller.messageFor({ ...solutionFor(2, 3), frame: -1 })?.isWhole).toBe(true);
    teller.acknowledge(2, { solver: 0, version: 9 });
    expect(teller.messageFor(solutionFor(2, 3))?.isWhole).toBe(true);
  });
});

describe('who is told', () => {
  const message = (version: number, changes: Partial<SolutionMessage> = {}): SolutionMessage => ({
    ...solutionFor(2, 2, version),
    solver: 0,
    version,
    isWhole: true,
    ...changes,
  });

  it('keeps the newest of its leader; late, doubled and others change nothing', () => {
    const keeper = new SolutionKeeper();
    expect(keeper.hear(message(2), 0)).toBe(true);
    expect(keeper.hear(message(2), 0)).toBe(false);
    expect(keeper.hear(message(1), 0)).toBe(false);
    expect(keeper.hear(message(5, { solver: 1 }), 0)).toBe(false);
    expect(keeper.latest?.version).toBe(2);
    expect(keeper.hear(message(5, { solver: 1 }), 1)).toBe(true);
    expect(keeper.hear(message(1), 0)).toBe(false);
    expect(keeper.hear(message(3), 0)).toBe(true);
  });

  it('puts changes onto what it has, and has no use for changes to what it has not', () => {
    const keeper = new SolutionKeeper();
    const change = message(3, { isWhole: false, poses: new Map([[3, planarPose(7, 7, 0)]]) });
    expect(keeper.hear(change, 0)).toBe(false);
    keeper.hear(message(2), 0);
    expect(keeper.hear(change, 0)).toBe(true);
    expect([...keeper.latest!.poses].map(([index, [x]]) => [index, x])).toEqual([
      [0, 0],
      [3, 7],
    ]);
  });
});

describe('solutions of a team', () => {
  /** The leader has something new for each every two seconds. */
  const solving =
    (aside: (time: number) => number) => (radio: Crew['radios'][number], id: number, time: number) => {
      if (radio.leader !== id || Math.round(10 * time) % 20 !== 0) return;
      radio.publish(radio.living.map((agent) => solutionFor(agent, Math.ceil(time), aside(time))));
    };
  const asidesOf = (crew: Crew, id: number) =>
    [...crew.radios[id].solution!.poses.values()].map(([, y]) => y);

  it('reach everyone, as newest and whole, in a storm', () => {
    const crew = new Crew(4, STORM);
    crew.run(
      40,
      solving((time) => 0.01 * time),
    );
    crew.run(10);
    for (const id of [1, 2, 3]) {
      const { solution } = crew.radios[id];
      expect(solution).toMatchObject({ solver: 0, agent: id });
      expect(solution!.poses.size).toBe(40);
      for (const y of asidesOf(crew, id)) expect(y).toBeCloseTo(0.4, 5);
    }
    expect(crew.radios[0].solution).toBeUndefined();
  });

  it('cost little while nothing moves', () => {
    const crew = new Crew(3);
    crew.run(
      40,
      solving(() => 0),
    );
    const perNode = crew.link.bytesSent(0).get('solution')! / (2 * 40);
    expect(perNode).toBeLessThan(90);
    const before = crew.link.bytesSent(0).get('solution')!;
    crew.run(10);
    expect(crew.link.bytesSent(0).get('solution')! - before).toBeLessThan(500);
  });

  it('reach robots that hear the leader only through others', () => {
    const crew = new Crew(4);
    crew.link.reaches = (from, to) => Math.abs(from - to) === 1;
    crew.run(
      20,
      solving(() => 0.5),
    );
    crew.run(6);
    for (const id of [1, 2, 3]) expect(crew.radios[id].solution).toMatchObject({ solver: 0, agent: id });
    expect(asidesOf(crew, 3)).toHaveLength(20);
    const before = crew.link.bytesSent(1).get('solution')!;
    crew.run(10);
    expect(crew.link.bytesSent(1).get('solution')! - before).toBe(0);
  });

  it('come from the next when the leader has died, and from the first again when it returns', () => {
    const crew = new Crew(3);
    const solve = solving((time) => (time > 10 && time < 20 ? 1 : 0));
    crew.run(10, solve);
    crew.link.reaches = (from, to) => from > 0 && to > 0;
    crew.run(9.5, solve);
    expect(crew.radios[2].solution?.solver).toBe(1);
    expect(asidesOf(crew, 2)).toContain(1);
    crew.link.reaches = () => true;
    crew.run(8, solve);
    expect(crew.radios[2].solution?.solver).toBe(0);
    expect(asidesOf(crew, 2)).not.toContain(1);
  });
});
