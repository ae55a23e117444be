import { recordWorld, type WorldRecord } from '../agents/recorded-world.ts';
import { compose, type Pose } from '../base/se3.ts';
import { POLICIES } from '../rl/policies.ts';
import { evaluate } from '../scenarios/evaluate/metrics.ts';
import { fromPoses } from '../scenarios/evaluate/trajectory.ts';
import { runScenario } from '../scenarios/run.ts';
import type { Scenario } from '../scenarios/schema.ts';
import type { Trajectory } from '../slam/trajectory.ts';
import { type Bench, type BenchContext, fixed } from './bench.ts';
import { scenarioOf } from './scenarios.ts';

const DURATION = 240;

/** One robot where there is plenty to see, and in bare corridors: the SLAM against wheels alone. */
export const textureBench: Bench = {
  name: 'texture',
  about:
    'one robot in good texture (ATE ≤ 0.10 m over ≥ 60 m) and in bare corridors (it drifts or gets lost)',
  async run(context) {
    const rows: (string | number)[][] = [];
    for (const seed of [1, 2, 3]) {
      const office = await scenarioOf(context, 'office');
      const textured: Scenario = { ...office, appearance: { ...office.appearance, bare: 0, repeated: 0 } };
      rows.push(await measure(context, 'textured office', textured, seed));
      rows.push(await measure(context, 'bare corridors', await scenarioOf(context, 'corridors'), seed));
    }
    return { head: ['where', 'seed', 'driven m', 'ATE m', 'wheels alone m', 'blind or lost s'], rows };
  },
};

async function measure(context: BenchContext, where: string, scenario: Scenario, seed: number) {
  context.say(`texture: ${where}, seed ${seed}`);
  let record: WorldRecord | undefined;
  const { metrics, agents } = await runScenario({
    scenario,
    where,
    kernels: context.kernels,
    seed,
    policy: 'independent',
    allocator: POLICIES.independent,
    agents: 1,
    duration: DURATION,
    between(world) {
      const recorded = recordWorld(world);
      record = recorded.record;
      return recorded.world;
    },
    onTick: () => !context.stop.aborted,
  });
  const [{ truth }] = agents;
  return [
    where,
    seed,
    fixed(lengthOf(truth), 0),
    fixed(metrics.agents[0].ateRmse, 3),
    fixed(wheelsAlone(record!, truth), 3),
    fixed(metrics.team.timeLostS, 1),
  ];
}

function lengthOf({ poses }: Trajectory): number {
  let length = 0;
  for (let i = 7; i < poses.length; i += 7)
    length += Math.hypot(poses[i] - poses[i - 7], poses[i + 1] - poses[i - 6]);
  return length;
}

/** ATE of wheel odometry summed up, aligned as the SLAM's is. */
function wheelsAlone({ profiles, steps }: WorldRecord, truth: Trajectory): number {
  let pose: Pose = profiles[0].start!;
  const poses: number[] = [];
  const times: number[] = [];
  for (const { packets } of steps) {
    for (const { time, odometry } of packets) {
      pose = compose(pose, odometry.delta);
      times.push(time);
      poses.push(...pose);
    }
  }
  return evaluate([fromPoses(times, poses)], [fromPoses(truth.times, truth.poses)], 'se3').ape.translation
    .rmse;
}
