import { Mission } from '../agents/mission.ts';
import type { TrackingState } from '../base/allocation.ts';
import { Random } from '../base/random.ts';
import { between, compose, inverse, type Pose } from '../base/se3.ts';
import { POLICIES } from '../rl/policies.ts';
import { quantile } from '../scenarios/metrics.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { simOptions } from '../scenarios/sim-options.ts';
import { bootstrap, mean, median } from '../scenarios/statistics.ts';
import type { BareArea } from '../sim/scene.ts';
import { SimWorld } from '../sim/world.ts';
import { positionSigma } from '../slam/optimize/covariance.ts';
import type { Slam } from '../slam/slam.ts';
import { type Bench, type BenchContext, fixed } from './bench.ts';
import { scenarioOf } from './scenarios.ts';

const SCENARIOS = ['office', 'corridors', 'rescue'];
const DURATION = 150;
/** Seconds between two samples of each robot. */
const INTERVAL = 1;
/** What χ² of two degrees of freedom stays under in 95 of 100 cases. */
const BOUND_95 = 5.991;
const EPSILON = 1e-6;

/** How far a robot was off, once, and how far it thought it might be. */
export interface Sample {
  readonly isBare: boolean;
  readonly isBlind: boolean;
  /** Metres, on the floor; `sigma` as robots report it. */
  readonly error: number;
  readonly sigma: number;
  /** Squared error over its covariance, on the floor: 2 on average where the covariance is honest. */
  readonly nees: number;
}

/** Whether what a SLAM believes of its own error, relative to the team's anchor, can be believed. */
export const neesBench: Bench = {
  name: 'nees',
  about: `consistency of the covariance that robots report relative to the team's anchor, sampled once a second over missions of ${DURATION} s: NEES a dimension is 1 where it is honest, more where a SLAM believes itself too much`,
  async run(context) {
    const rows: (string | number)[][] = [];
    for (const name of SCENARIOS) {
      const scenario = await scenarioOf(context, name);
      const missions: Sample[][] = [];
      for (let seed = 1; seed <= context.seeds && !context.stop.aborted; seed++) {
        missions.push(await sampleMission(context, scenario, seed));
        context.say(`nees: ${name}, seed ${seed}`);
      }
      rows.push(
        rowOf(name, 'textured places', missions, ({ isBare }) => !isBare),
        rowOf(name, 'bare places', missions, ({ isBare }) => isBare),
        rowOf(name, 'blind, wherever', missions, ({ isBlind }) => isBlind),
      );
    }
    const head = ['scenario', 'where', 'samples', 'error m, median, 95 %', 'σ m, median'];
    return { head: [...head, 'NEES a dimension', '95 % interval', 'in the 95 % ellipse %'], rows };
  },
};

function rowOf(
  scenario: string,
  where: string,
  missions: readonly (readonly Sample[])[],
  counts: (sample: Sample) => boolean,
): (string | number)[] {
  const chosen = missions.map((samples) => samples.filter(counts));
  const all = chosen.flat();
  const sums = chosen.map((samples) => ({
    count: samples.length,
    nees: sum(samples.map(({ nees }) => nees)),
  }));
  const { value, low, high } = bootstrap(
    sums,
    (drawn) => sum(drawn.map(({ nees }) => nees)) / sum(drawn.map(({ count }) => 2 * count)),
    new Random(`bench/nees/${scenario}/${where}`),
  );
  const errors = all.map(({ error }) => error);
  const inside = mean(all.map(({ nees }) => (nees <= BOUND_95 ? 100 : 0)));
  return [
    scenario,
    where,
    all.length,
    `${fixed(median(errors), 3)}, ${fixed(quantile(errors, 0.95), 3)}`,
    fixed(median(all.map(({ sigma }) => sigma)), 3),
    fixed(value, 2),
    `${fixed(low, 2)} … ${fixed(high, 2)}`,
    fixed(inside, 1),
  ];
}

/** A mission without a policy; what comes by chance is used, as under every policy. */
async function sampleMission(
  { kernels, stop }: BenchContext,
  scenario: Scenario,
  seed: number,
): Promise<Sample[]> {
  const sim = simOptions(scenario, { seed, where: scenario.name });
  const world = new SimWorld(sim);
  const { truth } = world;
  const teamFromScene = inverse(truth.sceneFromBody(world.bodies[0].profile.id));
  const states = new Map<number, TrackingState>();
  const mission = new Mission({
    world,
    kernels,
    allocator: (_agent, random) => POLICIES.independent(random),
    random: new Random(seed).fork('mission'),
    scenario: scenario.name,
    policy: 'independent',
    seed,
    duration: DURATION,
    epoch: scenario.decision.epoch,
    listener(event) {
      if (event.type === 'pose') states.set(event.agent, event.state);
    },
  });
  const samples: Sample[] = [];
  let due = INTERVAL;
  await mission.run(() => {
    if (mission.time < due - EPSILON) return !stop.aborted;
    due += INTERVAL;
    for (const agent of mission.agents) {
      const sceneFromBody = truth.sceneFromBody(agent.profile.id);
      const isBare = sim.scene.bareAreas.some((area) => holds(area, sceneFromBody));
      const isBlind = states.get(agent.profile.id) !== 'tracking';
      samples.push({ isBare, isBlind, ...sampleOf(agent.slam, compose(teamFromScene, sceneFromBody)) });
    }
    return !stop.aborted;
  });
  return samples;
}

function sampleOf({ whereabouts }: Slam, teamFromBody: Pose): Omit<Sample, 'isBare' | 'isBlind'> {
  const { worldFromBody, covariance } = whereabouts;
  const [x, y] = between(worldFromBody, teamFromBody);
  return {
    error: Math.sqrt(x * x + y * y),
    sigma: positionSigma(covariance),
    nees: planarNees(x, y, covariance),
  };
}

/** Normalised squared error of a position on the floor. @param covariance 6×6, of which the first two rows count */
export function planarNees(x: number, y: number, covariance: Float64Array): number {
  const [a, b, c] = [covariance[0], covariance[1], covariance[7]];
  return (c * x * x - 2 * b * x * y + a * y * y) / (a * c - b * b);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function holds({ minX, minY, maxX, maxY }: BareArea, [x, y]: Pose): boolean {
  return x >= minX && x <= maxX && y >= minY && y <= maxY;
}
