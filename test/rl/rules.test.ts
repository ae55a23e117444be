import { describe, expect, it } from 'vitest';
import type { AgentReport, AllocationView, Task } from '../../base/allocation.ts';
import { UNKNOWN_HEALTH } from '../../base/allocation.ts';
import { Random } from '../../base/random.ts';
import { allowedChoices } from '../../rl/observation/allowed.ts';
import { PARAMETERS, POLICIES } from '../../rl/policies.ts';
import { map, observe, report, seen, viewOf, viewsOf } from './reports.ts';

const lost = { state: 'lost', positionSigma: 1.5 } as const;
const idle = { frontier: 0 };
const RULES = ['greedy-information', 'auction', 'lookahead', 'linear'] as const;

const decideView = (name: string, view: AllocationView, parameters?: object): Task =>
  POLICIES[name](new Random(1), parameters).decide(view).task;
const tasksOf = (name: string, team: readonly AgentReport[], more?: Partial<AllocationView>): Task[] =>
  viewsOf(team, more).map((view) => decideView(name, view));

/** A team drawn at random, in all states and tasks, as one of it sees it. */
function draw(random: Random): AllocationView {
  const size = 2 + random.int(7);
  const team = Array.from({ length: size }, (_, agent) => {
    const other = random.int(size);
    return report(agent, random.uniform(0, 25), {
      y: random.uniform(0, 25),
      state: random.pick(['tracking', 'tracking', 'blind', 'lost'] as const),
      positionSigma: random.chance(0.1) ? Number.NaN : random.uniform(0.01, 2),
      trackedShare: random.uniform(),
      frontier: random.uniform(0, 6),
      time: random.chance(0.1) ? 60 : random.uniform(90, 100),
      task: random.chance(0.3) && other !== agent ? observe(other) : map,
      taskAge: random.uniform(0, 40),
      ...(random.chance(0.1) && { x: Number.NaN, y: Number.NaN }),
    });
  });
  const [self, ...peers] = random.shuffle([...team]);
  const pairs = peers
    .filter(() => random.chance(0.5))
    .map(({ agent }) => seen(self.agent, agent, random.uniform(0, 90)));
  const budgetLeft = random.pick([0, 5, 30, Infinity]);
  return viewOf(
    { ...self, time: 100 },
    peers.sort((a, b) => a.agent - b.agent),
    {
      pairs,
      budgetLeft,
      remaining: random.uniform(0, 200),
    },
  );
}

describe.each(RULES)('%s', (name) => {
  it('goes to one that is lost, near, and leaves the well localised alone', () => {
    expect(tasksOf(name, [report(0, 0, idle), report(1, 6, lost)])).toEqual([observe(1), map]);
    expect(tasksOf(name, [report(0, 0), report(1, 6)])).toEqual([map, map]);
  });

  it('sends one robot and no two to each in need, whoever works it out', () => {
    const team = [
      report(0, 0, idle),
      report(1, 4, lost),
      report(2, 30, lost),
      report(3, 26, idle),
      report(4, 12, idle),
    ];
    expect(tasksOf(name, team)).toEqual([observe(1), map, map, observe(2), map]);
  });

  it('keeps to the masks, whatever it is shown', () => {
    const random = new Random(`masks of ${name}`);
    let watches = 0;
    for (let trial = 0; trial < 800; trial++) {
      const view = draw(random);
      const task = decideView(name, view);
      expect(allowedChoices(view)).toContainEqual(task);
      if (task.kind === 'observe') {
        watches++;
        const peer = view.peers.find(({ agent }) => agent === task.peer)!;
        expect(peer.x).not.toBeNaN();
        expect(peer.time).toBeGreaterThan(70);
        expect(view.self.state).not.toBe('lost');
      }
    }
    expect(watches).toBeGreaterThan(5);
  });

  it('does not set out for what it has no time or budget left for', () => {
    const [self, peer] = [report(0, 0, idle), report(1, 9, lost)];
    expect(decideView(name, viewOf(self, [peer]))).toEqual(observe(1));
    expect(decideView(name, viewOf(self, [peer], { remaining: 20 }))).toEqual(map);
    expect(decideView(name, viewOf(self, [peer], { budgetLeft: 20 }))).toEqual(map);
  });

  it('lets another go whose budget lasts when its own does not', () => {
    const policy = POLICIES[name](new Random(1));
    // Robot 1 has watched all the time so far, and so has nothing left of the 95 s.
    const spent = (time: number) => report(1, 8, { ...idle, time, task: observe(0), taskAge: time });
    const far = (time: number) => report(2, -2, { ...idle, time });
    policy.decide(viewOf(far(90), [spent(90), report(3, 5, { time: 90 })], { budgetLeft: 95 }));
    const done = { ...spent(100), task: map, taskAge: 5 };
    const needy = report(3, 5, lost);
    expect(policy.decide(viewOf(far(100), [done, needy], { budgetLeft: 95 })).task).toEqual(observe(3));
  });

  it('gives the same answer in any order of the peers, and tells what each choice is worth', () => {
    const random = new Random(`order of ${name}`);
    for (let trial = 0; trial < 50; trial++) {
      const view = draw(random);
      const shuffled = { ...view, peers: random.shuffle([...view.peers]), pairs: [...view.pairs].reverse() };
      const [a, b] = [view, shuffled].map((each) => POLICIES[name](new Random(1)).decide(each));
      expect(b).toEqual(a);
      expect(a.values![0]).toEqual({ task: map, value: 0 });
      for (const { value } of a.values!) expect(value).not.toBeNaN();
    }
  });

  it('has defaults within their ranges and refuses others', () => {
    for (const [parameter, { low, high, default: usual }] of Object.entries(PARAMETERS[name])) {
      expect(usual).toBeGreaterThanOrEqual(low);
      expect(usual).toBeLessThanOrEqual(high);
      expect(() => POLICIES[name](new Random(1), { [parameter]: high + 1 })).toThrow(
        `${parameter} is ${high + 1}`,
      );
    }
    expect(() => POLICIES[name](new Random(1), { nonsense: 1 })).toThrow(/there is no nonsense; there are/);
  });
});

describe.each(['greedy-information', 'auction', 'lookahead'])('%s, which trusts covariances,', (name) => {
  it('goes to whom it helps most, not to whom is nearest', () => {
    const view = viewOf(report(0, 0, idle), [report(1, 5, { positionSigma: 0.1 }), report(2, -8, lost)]);
    expect(decideView(name, view)).toEqual(observe(2));
  });

  it('does not go to one that it has just seen', () => {
    const [view] = viewsOf([report(0, 0), report(1, 6, lost), report(2, 14, { frontier: 40 })]);
    const brief = { dark: 0, drift: 0.0003 };
    expect(decideView(name, view, brief)).toEqual(observe(1));
    expect(decideView(name, { ...view, pairs: [seen(0, 1, 2)] }, brief)).toEqual(map);
  });

  it('does not have the blind lead the blind', () => {
    const unsure = { ...idle, positionSigma: 1.5 };
    const tasks = tasksOf(name, [report(0, 0, unsure), report(1, 6, unsure)], {
      pairs: [seen(0, 1, 1)],
    });
    expect(tasks).toEqual([map, map]);
  });

  it('has the surer one go, unless both may', () => {
    const team = [report(0, 0, { positionSigma: 0.8 }), report(1, 5, idle)];
    expect(tasksOf(name, team)).toEqual([map, observe(0)]);
    // Who is lost to itself would win most by looking at one that knows its place.
    const free = viewsOf([team[0], report(1, 5)]).map((view) => decideView(name, view, { surer: 2 }));
    expect(free.filter(({ kind }) => kind === 'observe')).toHaveLength(1);
  });
});

describe('auction', () => {
  it('gives watches away so that all together win most, where each greedily would not', () => {
    // Robot 0 is nearest to both in need; robot 3 can only reach one of them.
    const team = [
      report(0, 0, idle),
      report(1, 5, { ...lost, frontier: 0 }),
      report(2, -8, { ...lost, frontier: 0 }),
      report(3, 13, idle),
    ];
    const parameters = { patience: 30 };
    const [first, , , last] = viewsOf(team).map((view) => decideView('auction', view, parameters));
    expect([first, last]).toEqual([observe(2), observe(1)]);
  });
});

describe('lookahead', () => {
  it('waits for one to come out of the dark instead of going too early', () => {
    const view = viewOf(report(0, 0), [report(1, 4, { state: 'lost', positionSigma: 1 })]);
    const settings = { drift: 0.002, dark: 40, past: 100, window: 120 };
    expect(decideView('lookahead', view, { ...settings, epochs: 1 })).toEqual(observe(1));
    expect(decideView('lookahead', view, { ...settings, epochs: 4 })).toEqual(map);
  });

  it('does not spend a short budget on little', () => {
    const view = viewOf(report(0, 0, idle), [report(1, 8, { ...lost, ...idle })]);
    expect(decideView('lookahead', view)).toEqual(observe(1));
    expect(decideView('lookahead', { ...view, budgetLeft: 25 }, { thrift: 5 })).toEqual(map);
  });
});

describe('linear', () => {
  it('reads what the covariance does not tell', () => {
    const sure = report(1, 4, { trackedShare: 0.1, health: { ...UNKNOWN_HEALTH, sinceObserved: 50 } });
    const parameters = { gain: 0, untracked: 1, unobserved: 0, bias: -0.5, plenty: 0, peerPlenty: 0 };
    const decide = (peer: AgentReport) => decideView('linear', viewOf(report(0, 0), [peer]), parameters);
    expect(decide(sure)).toEqual(observe(1));
    expect(decide({ ...sure, trackedShare: 0.9 })).toEqual(map);
  });
});
