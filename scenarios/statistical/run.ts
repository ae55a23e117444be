import type { DecisionRecord, Override } from '../../agents/tasks.ts';
import type { Allocator } from '../../base/allocation.ts';
import type { Random } from '../../base/random.ts';
import { digest } from '../digest.ts';
import { type AgentMetrics, type RunMetrics, requireUsed } from '../run.ts';
import type { Scenario } from '../schema.ts';
import { simOptions } from '../sim-options.ts';
import { StatisticalMission } from './mission.ts';
import type { Robot } from './robot.ts';
import { Site } from './site.ts';
import type { Tables } from './tables.ts';

/** As those of `runScenario`, but for what only missions with frames have. */
export interface StatisticalRunOptions {
  readonly scenario: Scenario;
  /** The scenario's file, for messages. */
  readonly where: string;
  readonly tables: Tables;
  readonly seed: number;
  readonly policy: string;
  readonly allocator: (random: Random) => Allocator;
  readonly agents?: number;
  readonly duration?: number;
  readonly relative?: boolean;
  readonly overrides?: readonly Override[];
}

export interface StatisticalResult {
  readonly metrics: RunMetrics;
  readonly decisions: readonly DecisionRecord[];
}

/**
 * One mission without frames.
 * @throws InputError where the scenario cannot be set up
 */
export function runStatistical(options: StatisticalRunOptions): StatisticalResult {
  const { scenario, where, tables, seed, policy, agents, relative, overrides = [] } = options;
  const duration = options.duration ?? scenario.duration;
  const { epoch, observeBudget = Infinity } = scenario.decision;
  const site = new Site(simOptions(scenario, { seed, agents, where }));
  const started = performance.now();
  const mission = new StatisticalMission({
    site,
    tables,
    seed,
    allocator: (_agent, random) => options.allocator(random),
    duration,
    task: { epoch, observeBudget, overrides },
    relative,
  });
  mission.run();
  requireUsed(overrides, mission.decisions(), mission.time);
  const wallS = (performance.now() - started) / 1000;
  const { robots, sightings } = mission;
  const metrics: RunMetrics = {
    scenario: scenario.name,
    seed,
    policy,
    fidelity: 'statistical',
    durationS: mission.time,
    plannedS: duration,
    wallS,
    realTimeFactor: mission.time / wallS,
    hash: hashOf(mission),
    team: {
      agents: robots.length,
      ...mission.score(),
      ghosts: null,
      relativeObservations: sightings.count,
      bytesSent: null,
      bytesByKind: {},
      framesJoined: robots.length,
      rescues: null,
    },
    agents: robots.map(metricsOf),
  };
  return { metrics, decisions: mission.decisions() };
}

function metricsOf({ id, health, tasks }: Robot): AgentMetrics {
  return {
    id,
    ateRmse: null,
    rpeTrans: null,
    framesTracked: health.ticks.tracked,
    framesLost: health.ticks.lost,
    keyframes: health.keyframes,
    mapPoints: Math.round(health.mapPoints),
    trackMs: null,
    taskS: { ...tasks.spent },
  };
}

/** A mission in one word: every decision, and where everything ended. */
function hashOf(mission: StatisticalMission): string {
  return digest((update) => {
    for (const { agent, time, reason, decision } of mission.decisions())
      update(JSON.stringify([agent, time, reason, decision.task]));
    update(JSON.stringify(mission.score()));
    for (const { driver } of mission.robots) update(JSON.stringify([driver.x, driver.y, driver.yaw]));
  });
}
