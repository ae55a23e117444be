import type { Agent } from '../agents/agent.ts';
import type { MissionListener } from '../agents/events.ts';
import { Mission } from '../agents/mission.ts';
import type { DecisionRecord, Override } from '../agents/tasks.ts';
import type { Allocator } from '../base/allocation.ts';
import { InputError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { World } from '../base/world.ts';
import type { RenderKernels } from '../sim/render/load.ts';
import { SimWorld } from '../sim/world.ts';
import type { Kernels } from '../slam/kernels/kernels.ts';
import type { FusedPoints } from '../slam/team/fused-points.ts';
import type { Trajectory } from '../slam/trajectory.ts';
import { digest, feedSlam } from './digest.ts';
import { Evaluator } from './evaluate/evaluator.ts';
import type { RescueCount } from './evaluate/rescues.ts';
import { quantile } from './metrics.ts';
import type { Scenario } from './schema.ts';
import { simOptions } from './sim-options.ts';
import { teamMap } from './team-map.ts';

export interface RunOptions {
  readonly scenario: Scenario;
  /** The scenario's file, for messages. */
  readonly where: string;
  readonly kernels: Kernels;
  /** Given: cameras deliver images drawn with it (fidelity `images`) instead of features. */
  readonly render?: RenderKernels;
  readonly seed: number;
  readonly policy: string;
  /** Makes one robot's allocator from its own random stream. */
  readonly allocator: (random: Random) => Allocator;
  /** Instead of what the scenario says. */
  readonly agents?: number;
  readonly duration?: number;
  /** False: nobody recognises a teammate. */
  readonly relative?: boolean;
  /** A branch: decisions put in the policy's place. */
  readonly overrides?: readonly Override[];
  readonly listener?: MissionListener;
  /** Called once everything is set up and nothing has moved: the place to prepare for results. */
  readonly onReady?: () => Promise<void>;
  /** Hears after each tick, and may ask to stop by returning false. */
  readonly onTick?: (progress: RunProgress) => boolean | Promise<boolean>;
  /** Puts something between the simulated world and the team, such as a recorder. */
  readonly between?: (world: World) => World;
}

export interface RunProgress {
  /** Mission time, seconds. */
  readonly time: number;
  readonly frames: number;
  readonly framesTracked: number;
  /** Of all robots together. */
  readonly keyframes: number;
  readonly mapPoints: number;
  /** Share of the reachable surface seen. */
  readonly coverage: number;
}

/** `metrics.json`: metres, seconds; null where there is nothing to measure. In `statistical` a frame is a tick. */
export interface RunMetrics {
  readonly scenario: string;
  readonly seed: number;
  readonly policy: string;
  readonly fidelity: 'features' | 'images' | 'statistical';
  readonly durationS: number;
  /** More than `durationS` where the mission was stopped before its end. */
  readonly plannedS: number;
  readonly wallS: number;
  readonly realTimeFactor: number;
  /** Digest of every pose, decision and map point. */
  readonly hash: string;
  readonly team: {
    readonly agents: number;
    /** One alignment for the whole team, every true pose scored. */
    readonly ateRmse: number | null;
    readonly coverage: number;
    readonly accurateCoverage: number;
    readonly accurateCoverageAuc: number;
    /** Share of map points nowhere near a surface. */
    readonly ghosts: number | null;
    readonly timeLostS: number;
    /** Robot-seconds spent in `observe`, ways included: what a budget limits. */
    readonly observeS: number;
    readonly relativeObservations: number;
    readonly bytesSent: number | null;
    readonly bytesByKind: Readonly<Record<string, number>>;
    /** Robots whose map is in the first robot's frame by the end: only they are in `ateRmse`. */
    readonly framesJoined: number;
    /** Robots that had lost their way without finding it by themselves, those of them a teammate brought back, and how long that took. */
    readonly rescues: RescueCount | null;
  };
  readonly agents: readonly AgentMetrics[];
}

export interface AgentMetrics {
  readonly id: number;
  /** Under the agent's own SE(3) alignment. */
  readonly ateRmse: number | null;
  readonly rpeTrans: number | null;
  readonly framesTracked: number;
  readonly framesLost: number;
  readonly keyframes: number;
  readonly mapPoints: number;
  readonly trackMs: { readonly median: number; readonly p95: number } | null;
  readonly taskS: { readonly map: number; readonly observe: number };
}

export interface RunResult {
  readonly metrics: RunMetrics;
  readonly decisions: readonly DecisionRecord[];
  readonly agents: readonly {
    readonly id: number;
    /** Every pose as the map finally has it, and the truth at the same times, team frame. */
    readonly trajectory: Trajectory;
    readonly truth: Trajectory;
  }[];
  /** The map points of the team, those that several robots share once. */
  readonly points: FusedPoints;
}

/**
 * One mission in a simulated world, held against the truth.
 * @throws InputError where the scenario cannot be set up
 */
export async function runScenario(options: RunOptions): Promise<RunResult> {
  const { world, evaluator, mission, tally } = setUp(options);
  await options.onReady?.();
  const started = performance.now();
  await mission.run(async () => {
    await breathe();
    return options.onTick?.(progressOf(mission, evaluator)) ?? true;
  });
  requireUsed(options.overrides ?? [], mission.decisions(), mission.time);
  const wallS = (performance.now() - started) / 1000;
  const evaluation = evaluator.finish();
  const { agents: errors, cells: _, teamAte, ...shares } = evaluation;
  const bytesByKind = sumByKind(mission.agents.map(({ profile }) => world.link.bytesSent(profile.id)));
  const metrics: RunMetrics = {
    scenario: options.scenario.name,
    seed: options.seed,
    policy: options.policy,
    fidelity: options.render ? 'images' : 'features',
    durationS: round(mission.time),
    plannedS: options.duration ?? options.scenario.duration,
    wallS,
    realTimeFactor: mission.time / wallS,
    hash: hashOf(mission),
    team: {
      agents: mission.agents.length,
      ateRmse: finite(teamAte),
      ...shares,
      ghosts: finite(shares.ghosts),
      observeS: round(mission.agents.reduce((sum, { tasks }) => sum + tasks.spent.observe, 0)),
      relativeObservations: tally.sightings,
      bytesSent: Object.values(bytesByKind).reduce((sum, bytes) => sum + bytes, 0),
      bytesByKind,
    },
    agents: mission.agents.map((agent, i) => metricsOf(agent, errors[i])),
  };
  return {
    metrics,
    decisions: mission.decisions(),
    agents: mission.agents.map(({ profile }, i) => ({
      id: profile.id,
      trajectory: errors[i].trajectory,
      truth: errors[i].truth,
    })),
    points: teamMap(mission.agents),
  };
}

function sumByKind(sent: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const kinds of sent) for (const [kind, bytes] of kinds) sums[kind] = (sums[kind] ?? 0) + bytes;
  return Object.fromEntries(Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A mission about to begin, in its world, with its judge. @throws InputError where the scenario cannot be set up */
export function setUp(options: RunOptions) {
  const { scenario, seed, listener, where, agents } = options;
  const sim = simOptions(scenario, { seed, agents, where });
  const world = new SimWorld({ ...sim, strangers: options.relative === false }, options.render);
  const duration = options.duration ?? scenario.duration;
  const evaluator = new Evaluator({
    scene: sim.scene,
    truth: world.truth,
    agents: world.bodies.map(({ profile }) => profile),
    duration,
    rangeSigma: scenario.noise.camera.depthSigma,
    emit: listener,
  });
  const tally = { sightings: 0 };
  const mission = new Mission({
    world: options.between?.(world) ?? world,
    kernels: options.kernels,
    allocator: (_agent, random) => options.allocator(random),
    random: new Random(seed).fork('mission'),
    scenario: scenario.name,
    policy: options.policy,
    seed,
    duration,
    features: scenario.noise.camera.maxFeatures,
    epoch: scenario.decision.epoch,
    observeBudget: scenario.decision.observeBudget,
    overrides: options.overrides,
    listener(event) {
      if (event.type === 'sighting') tally.sightings++;
      listener?.(event);
      evaluator.listener(event);
    },
  });
  return { world, evaluator, mission, tally };
}

function progressOf(mission: Mission, { coverage }: Evaluator): RunProgress {
  const sum = (count: (agent: Agent) => number) =>
    mission.agents.reduce((total, agent) => total + count(agent), 0);
  const framesTracked = sum(({ frames }) => frames.tracked);
  return {
    time: mission.time,
    frames: framesTracked + sum(({ frames }) => frames.lost),
    framesTracked,
    keyframes: sum(({ slam }) => slam.map.keyframeCount),
    mapPoints: sum(({ slam }) => slam.map.pointCount),
    coverage,
  };
}

/** A mission in one word: every decision, pose and map point. */
export function hashOf(mission: Mission): string {
  return digest((update) => {
    for (const { agent, time, reason, decision } of mission.decisions())
      update(JSON.stringify([agent, time, reason, decision.task]));
    for (const { slam } of mission.agents) feedSlam(slam, update);
  });
}

function metricsOf(agent: Agent, errors: { ateRmse: number; rpeTrans: number }): AgentMetrics {
  const { profile, frames, slam, trackMs, tasks } = agent;
  return {
    id: profile.id,
    ateRmse: finite(errors.ateRmse),
    rpeTrans: finite(errors.rpeTrans),
    framesTracked: frames.tracked,
    framesLost: frames.lost,
    keyframes: slam.map.keyframeCount,
    mapPoints: slam.map.pointCount,
    trackMs: { median: quantile(trackMs, 0.5), p95: quantile(trackMs, 0.95) },
    taskS: { map: round(tasks.spent.map), observe: round(tasks.spent.observe) },
  };
}

/** Lets sockets and signals be served between two ticks. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A branch that never branched would pass for one that made no difference. @throws InputError naming the override */
export function requireUsed(
  overrides: readonly Override[],
  all: readonly DecisionRecord[],
  missionTime: number,
): void {
  const decisions = all.filter(({ reason }) => reason === 'override');
  const unused = overrides.find(
    ({ agent, time }) =>
      time <= missionTime && !decisions.some((d) => d.agent === agent && Math.abs(d.time - time) < 1e-6),
  );
  if (!unused) return;
  const times = all.filter(({ agent }) => agent === unused.agent).map(({ time }) => round(time));
  const has = times.length > 0 ? `it decided at ${times.join(', ')} s` : 'there is no such robot';
  throw new InputError(`override at ${unused.time} s`, `robot ${unused.agent} took no decision then; ${has}`);
}

/** Sums of ticks, without the last bits of their errors. */
function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** JSON has no NaN. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
