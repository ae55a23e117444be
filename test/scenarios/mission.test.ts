import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { MissionEvent } from '../../agents/events.ts';
import { Mission } from '../../agents/mission.ts';
import { RecordedWorld, recordWorld, type WorldRecord } from '../../agents/recorded-world.ts';
import { Random } from '../../base/random.ts';
import { planarPose } from '../../base/se3.ts';
import { readKernels } from '../../bin/resources.ts';
import { POLICIES } from '../../rl/policies.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { hashOf, type RunOptions, type RunResult, runScenario } from '../../scenarios/run.ts';
import { GroundTruth } from '../../sim/truth.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { Slam } from '../../slam/slam.ts';

const WHERE = 'scenarios/office.yaml';
const scenario = parseScenario(readFileSync(WHERE, 'utf8'), WHERE);
const DURATION = 21;
let kernels: Kernels;
let first: RunResult;
let record: WorldRecord;
const events: MissionEvent[] = [];

function run(options: Partial<RunOptions> = {}): Promise<RunResult> {
  return runScenario({
    scenario,
    where: WHERE,
    kernels,
    seed: 1,
    policy: 'random',
    allocator: POLICIES.random,
    agents: 2,
    duration: DURATION,
    ...options,
  });
}

beforeAll(async () => {
  kernels = await readKernels();
  first = await run({
    between(world) {
      const recorded = recordWorld(world);
      record = recorded.record;
      return recorded.world;
    },
    listener: (event) => events.push(event),
  });
});

describe('a mission', () => {
  it('tracks, maps and tells', () => {
    const { metrics, agents, points } = first;
    expect(metrics.durationS).toBeCloseTo(DURATION);
    expect(metrics.team.coverage).toBeGreaterThan(0.02);
    for (const agent of metrics.agents) {
      expect(agent.framesTracked + agent.framesLost).toBe(10 * DURATION);
      expect(agent.framesTracked).toBeGreaterThan(9 * DURATION);
      expect(agent.ateRmse).toBeLessThan(0.1);
      expect(agent.taskS.map + agent.taskS.observe).toBeCloseTo(DURATION, 0);
    }
    expect(agents[0].trajectory.times).toHaveLength(10 * DURATION);
    const mapped = metrics.agents.reduce((sum, { mapPoints }) => sum + mapPoints, 0);
    const shared = points.robots.reduce((sum, robots) => sum + robots, 0);
    expect(shared).toBe(mapped);
    expect(points.robots.length).toBeLessThanOrEqual(mapped);
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['start', 'scene']);
    const told = new Set(events.map(({ type }) => type));
    for (const type of ['start', 'scene', 'pose', 'map', 'task', 'scan', 'plan', 'truth', 'metrics', 'end'])
      expect(told).toContain(type);
  });

  it("keeps mission time, whatever the robots' own clocks show", () => {
    const onTick = (time: number) => expect(10 * time).toBeCloseTo(Math.round(10 * time), 6);
    for (const { packets, time } of record.steps)
      for (const packet of packets) expect(Math.abs(packet.time - time)).toBeGreaterThan(1e-4);
    for (const event of events) onTick(event.time);
    for (const { time } of first.decisions) onTick(time);
  });

  it('is the same again with the same seed, and another with another', async () => {
    expect((await run()).metrics.hash).toBe(first.metrics.hash);
    expect((await run({ seed: 2 })).metrics.hash).not.toBe(first.metrics.hash);
  });

  it('is the same when the truth is scrambled: no robot ever sees it', async () => {
    const random = new Random('scrambled');
    const scrambled = vi
      .spyOn(GroundTruth.prototype, 'sceneFromBody')
      .mockImplementation(() =>
        planarPose(random.uniform(1, 20), random.uniform(1, 20), random.uniform(-3, 3)),
      );
    const { metrics } = await run();
    expect(scrambled).toHaveBeenCalled();
    scrambled.mockRestore();
    expect(metrics.hash).toBe(first.metrics.hash);
    expect(metrics.team.ateRmse).not.toBe(first.metrics.team.ateRmse);
  });

  it('is the same when only what the robots sensed and heard is played to them', async () => {
    const mission = new Mission({
      world: new RecordedWorld(structuredClone(record)),
      kernels,
      allocator: (_agent, random) => POLICIES.random(random),
      random: new Random(1).fork('mission'),
      scenario: scenario.name,
      policy: 'random',
      seed: 1,
      duration: DURATION,
      epoch: scenario.decision.epoch,
    });
    await mission.run();
    expect(hashOf(mission)).toBe(first.metrics.hash);
  });

  it('goes on without a robot that vanishes, and keeps what that one had', async () => {
    const team = { ...scenario.team, robots: [{}, { diesAt: 4 }] };
    const texts: string[] = [];
    const { metrics, agents } = await run({
      scenario: { ...scenario, team },
      duration: 9,
      listener: (event) => event.type === 'log' && texts.push(event.text),
    });
    expect(texts).toEqual(['robot 1 has fallen silent']);
    expect(agents.map(({ trajectory }) => trajectory.times.length)).toEqual([90, 40]);
    expect(metrics.agents[1].mapPoints).toBeGreaterThan(100);
  });

  it('bills what is spent on watching, ways included, and stops it when the budget is used up', async () => {
    const seconds = ({ metrics }: RunResult) => metrics.agents.map(({ taskS }) => taskS.observe);
    const free = seconds(first);
    expect(first.metrics.team.observeS).toBeCloseTo(free[0] + free[1]);
    const most = Math.max(...free);
    expect(most).toBeGreaterThan(3);
    const decision = { ...scenario.decision, observeBudget: 2 };
    const thrifty = await run({ scenario: { ...scenario, decision } });
    for (const spent of seconds(thrifty)) expect(spent).toBeLessThan(2.1);
    expect(thrifty.decisions.filter(({ reason }) => reason === 'budget').length).toBeGreaterThan(0);
  });

  it('can be stopped, and keeps what it has', async () => {
    const finish = vi.spyOn(Slam.prototype, 'finish');
    const { metrics, agents } = await run({ onTick: ({ time }) => time < 5 });
    expect(finish).toHaveBeenCalledTimes(2);
    finish.mockRestore();
    expect(metrics.durationS).toBeCloseTo(5);
    expect(agents[0].trajectory.times).toHaveLength(50);
  });
});

describe('a branch of a mission', () => {
  const branch = (task: RunResult['decisions'][number]['decision']['task']) => {
    const { time, agent } = turn();
    return run({ overrides: [{ time, agent, task }] });
  };
  /** A decision of robot 1 in the middle. */
  const turn = () => first.decisions.find(({ agent, time }) => agent === 1 && time > 9)!;
  const tasks = ({ decisions }: RunResult) =>
    decisions.map(({ time, agent, decision }) => ({ time, agent, task: decision.task }));

  it('with the decision that was taken anyway is the mission itself', async () => {
    const again = await branch(turn().decision.task);
    expect(tasks(again)).toEqual(tasks(first));
    expect(again.agents[1].trajectory).toEqual(first.agents[1].trajectory);
  });

  it('with another is the same up to there, different after it, and always the same', async () => {
    const other =
      turn().decision.task.kind === 'map'
        ? ({ kind: 'observe', peer: 0 } as const)
        : ({ kind: 'map' } as const);
    const [a, b] = [await branch(other), await branch(other)];
    expect(b.metrics.hash).toBe(a.metrics.hash);
    const at = first.decisions.indexOf(turn());
    expect(tasks(a).slice(0, at)).toEqual(tasks(first).slice(0, at));
    expect(tasks(a)[at].task).toEqual(other);
    const before = Math.round(10 * turn().time);
    const online = (result: RunResult) => result.agents[1].truth.poses.slice(0, 7 * before);
    expect(online(a)).toEqual(online(first));
    expect(a.agents[1].truth.poses).not.toEqual(first.agents[1].truth.poses);
  });
});
